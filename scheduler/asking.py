"""Questions to one person, and what their answer does.

A question is a letter; everything it asks stands in its facts, so that an answer needs
nothing but the letter.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import zip_longest

from scheduler.acting import fell_out, moved
from scheduler.connections import CalendarKind
from scheduler.effects import SendLetter
from scheduler.errors import NotFound, Taken
from scheduler.evidence import SourceKind, stamp
from scheduler.findings import FALLEN, SOURCES, Finding, FindingKind, Grade
from scheduler.ids import PersonId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.outbox import digest
from scheduler.remaking import made_again
from scheduler.replacing import left_out, suits
from scheduler.series import Meeting, MeetingKey, MeetingState
from scheduler.situation import NO_CHANGE, Change, Situation
from scheduler.telling import Letters
from scheduler.timespan import Span

#: Set in the facts of a question that asks to leave a meeting out together.
_LEAVE_OUT = (("leave out", 1),)


def asked(case: Situation, finding: Finding) -> Change:
    """Ask the person whose calendar or mail it seems to come from, once.

    The letter holds the whole question: `answered` reads it back.
    """
    about = zip_longest(finding.keys, finding.spans)
    live = [(m, to) for k, to in about if (m := case.meeting(k)) and m.is_live]
    spans = tuple(m.span for m, _ in live if m.span)
    new = tuple(to for _, to in live if to)
    if not spans or _is_asked(case, finding, spans, new):
        return NO_CHANGE
    facts = Facts(
        meeting=spans[0],
        next=new[0] if new else None,
        moved=spans,
        times=new if len(new) > 1 else (),
        checked_at=finding.at,
    )
    name = digest(finding.kind in FALLEN, *finding.keys, *spans, *finding.spans)[:12]
    letters = Letters(LetterKind.ASK, live[0][0].key, facts, name)
    return Change(letters=letters.to(finding.person, case=case))


def _is_asked(
    case: Situation, finding: Finding, spans: tuple[Span, ...], new: tuple[Span, ...]
) -> bool:
    """Whether they were asked about all of this before: some of it may be over."""
    what = set(zip_longest(spans, new))
    asked = (
        row.effect.letter.facts
        for row in case.letters(LetterKind.ASK, finding.person)
        if isinstance(row.effect, SendLetter)
    )
    return any(what <= set(zip_longest(f.moved, new_times(f))) for f in asked)


def new_times(facts: Facts) -> tuple[Span, ...]:
    """Where the meetings of a question are to be, if it is about that."""
    return facts.times or ((facts.next,) if facts.next else ())


def question(case: Situation, key: MeetingKey, person: PersonId) -> Letter | None:
    """The newest question to this person about a meeting."""
    asked = [
        row.effect.letter
        for row in case.letters(LetterKind.ASK, person)
        if isinstance(row.effect, SendLetter) and row.effect.letter.about == key
    ]
    return asked[-1] if asked else None


def answered(
    case: Situation, key: MeetingKey, person: PersonId, *, yes: bool
) -> Change:
    """What an answer does; 'no' leaves everything as planned. `NotFound`.

    What they deleted all the same, while it was being made, is made again then.
    """
    letter = question(case, key, person)
    if letter is None:
        raise NotFound("question")
    if not yes:
        return made_again(case, key, person)
    facts = letter.facts
    if facts.counts == _LEAVE_OUT:
        return proposed_to_leave_out(case, key, person)
    at = facts.checked_at or case.now
    base = Finding(
        FindingKind.MISSING, Grade.CERTAIN, person, (key,), at, _source(case, person)
    )
    if facts.next:
        _check(case, key, person, facts.next)
        return moved(case, _moves(case, base, facts))
    keys = _keys(case, key, facts)
    kind = FindingKind.SERIES_GONE if len(keys) > 1 else FindingKind.MISSING
    return fell_out(case, replace(base, kind=kind, keys=keys)) if keys else NO_CHANGE


def _moves(case: Situation, base: Finding, facts: Facts) -> Finding:
    """Each meeting that still stands where the question saw it, at its new time."""
    new = dict(zip(facts.moved, new_times(facts), strict=False))
    keys = _keys(case, base.keys[0], facts)
    found = [(key, new[m.span]) for key in keys if (m := case.meeting(key)) and m.span]
    return replace(
        base,
        kind=FindingKind.MOVED,
        keys=tuple(key for key, _ in found) or base.keys,
        spans=tuple(span for _, span in found) or new_times(facts)[:1],
    )


def _check(case: Situation, key: MeetingKey, person: PersonId, span: Span) -> None:
    """`Taken` E_SLOT_TAKEN when a time that was proposed by mail cannot be had."""
    meeting = case.meeting(key)
    if meeting is None or _source(case, person) is not SourceKind.MAIL:
        return
    if not suits(case, meeting, span, person):
        raise Taken(
            "E_SLOT_TAKEN",
            "This time does not suit you both; the meeting stands as planned.",
            field="time",
        )


def _keys(case: Situation, key: MeetingKey, facts: Facts) -> tuple[MeetingKey, ...]:
    """The meetings a question was about that still stand where it saw them."""
    series = case.series_of(key)
    asked = frozenset(facts.moved)
    live = series.live() if series else ()
    return tuple(m.key for m in live if m.span in asked)


def _source(case: Situation, person: PersonId) -> SourceKind:
    """Where it was seen: their feed, or their mail."""
    side = next(s for s in case.view.sides if s.person.id == person)
    kinds = {r.connection.kind for r in side.readings}
    for kind in (CalendarKind.ICS, CalendarKind.GOOGLE):
        if kind in kinds:
            return SOURCES[kind]
    return SourceKind.CALDAV if kinds else SourceKind.MAIL


def proposed_to_leave_out(case: Situation, key: MeetingKey, person: PersonId) -> Change:
    """One person's word to leave a period's meeting out: asked of the other, or done.

    `Taken` E_OFFER_OVER once nothing can be left out any more.
    """
    key = replace(key, n=0)
    series, meeting = case.found(key)
    if meeting.state is MeetingState.SKIPPED:
        return NO_CHANGE
    if not can_be_left_out(case, meeting):
        raise Taken("E_OFFER_OVER", "This meeting can no longer be left out.")
    theirs = question(case, key, person)
    if theirs and theirs.facts.counts == _LEAVE_OUT:
        return left_out(case, key)
    span = meeting.span or Span(key.original_start, key.original_start + series.length)
    facts = Facts(meeting=span, counts=_LEAVE_OUT, checked_at=case.now)
    letters = Letters(LetterKind.ASK, key, facts, f"leave-out/{stamp(span.start)}")
    return Change(letters=letters.to(case.pair.partner(person), case=case))


def can_be_left_out(case: Situation, meeting: Meeting) -> bool:
    """Whether the meeting is still ahead, or fell out in a period not yet over."""
    series = case.series_of(meeting.key)
    if series is None or case.pair.closed:
        return False
    standing = [m for m in series.live() if m.period == meeting.period and m.span]
    if any(m.span and m.span.start <= case.now for m in standing):
        return False
    return bool(standing) or case.now < series.span_of(meeting.period).end
