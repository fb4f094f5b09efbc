"""Questions to one person, and what their answer does.

A question is a letter; everything it asks stands in its facts, so that an answer needs
nothing but the letter.
"""

from __future__ import annotations

from dataclasses import replace

from scheduler.acting import fell_out, moved
from scheduler.connections import CalendarKind
from scheduler.effects import SendLetter
from scheduler.errors import NotFound, Taken
from scheduler.evidence import SourceKind, stamp
from scheduler.findings import Finding, FindingKind, Grade
from scheduler.ids import PersonId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.replacing import left_out, suits
from scheduler.series import Meeting, MeetingKey, MeetingState
from scheduler.situation import NO_CHANGE, Change, Situation
from scheduler.telling import Letters
from scheduler.timespan import Span

#: Set in the facts of a question that asks to leave a meeting out together.
_LEAVE_OUT = (("leave out", 1),)


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
    """What an answer does; 'no' leaves everything as planned. `NotFound`."""
    letter = question(case, key, person)
    if letter is None:
        raise NotFound("question")
    if not yes:
        return NO_CHANGE
    facts = letter.facts
    if facts.counts == _LEAVE_OUT:
        return proposed_to_leave_out(case, key, person)
    at = facts.checked_at or case.now
    base = Finding(
        FindingKind.MISSING, Grade.CERTAIN, person, (key,), at, _source(case, person)
    )
    if facts.next:
        _check(case, key, person, facts.next)
        kind = FindingKind.MOVED
        return moved(case, replace(base, kind=kind, spans=(facts.next,)))
    keys = _keys(case, key, facts)
    kind = FindingKind.SERIES_GONE if len(keys) > 1 else FindingKind.MISSING
    return fell_out(case, replace(base, kind=kind, keys=keys)) if keys else NO_CHANGE


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
    if CalendarKind.ICS in kinds:
        return SourceKind.ICS
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
