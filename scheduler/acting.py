"""What follows from what a person did: decisions, each a whole `Change`.

People win: their own deletion is never touched, their own move is stored as it is. What
follows is for the other one: their copy, a row in the ledger, a letter, other times.
No letter says who it was.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from scheduler.connections import Health
from scheduler.copies import standing
from scheduler.edits import moves, takes_out
from scheduler.effects import SendLetter
from scheduler.evidence import Evidence, EvidenceKind, SourceKind, stamp
from scheduler.findings import Finding, FindingKind
from scheduler.ids import EvidenceId, PersonId, Uid
from scheduler.letters import LetterKind
from scheduler.offering import an_offer, closed, other_times
from scheduler.outbox import digest
from scheduler.pauses import paused_at
from scheduler.series import (
    Copy,
    CopyState,
    LedgerRow,
    LedgerState,
    Meeting,
    MeetingKey,
    MeetingState,
    OfferKind,
    Placer,
    Route,
    Series,
)
from scheduler.situation import NO_CHANGE, Change, Situation
from scheduler.telling import Letters, offered, placed
from scheduler.timespan import Span, Spans
from scheduler.withdrawal import Step, Withdrawal


@dataclass(frozen=True, slots=True)
class Act:
    """When something was done, where it was seen, and by whom."""

    at: datetime
    source: SourceKind
    by: PersonId | None = None

    @classmethod
    def of(cls, finding: Finding) -> Act:
        """What a finding saw."""
        return cls(finding.at, finding.source, finding.person)


def evidence(
    case: Situation, kind: EvidenceKind, meeting: Meeting, act: Act, detail: str = ""
) -> Evidence:
    """One row about a meeting, named after what it says and where that stands.

    A change is never older than what was known of the meeting before it: some sources
    stamp with a clock of their own.
    """
    earlier = [e.at for e in case.evidence if e.about == str(meeting.key)]
    no = sum(e.about == str(meeting.key) and e.kind is kind for e in case.evidence)
    return Evidence(
        EvidenceId(digest(kind.value, meeting.key, meeting.span, detail, no)),
        case.pair.id,
        str(meeting.key),
        kind,
        min(case.now, max([act.at, *earlier])),
        case.now,
        act.source,
        by=act.by,
        detail=detail,
    )


def with_meeting(series: Series, *changed: Meeting) -> Series:
    """The series with these meetings instead of those of the same keys, or added."""
    keys = {m.key for m in changed}
    others = (m for m in series.meetings if m.key not in keys)
    return replace(
        series, meetings=tuple(sorted((*others, *changed), key=lambda m: m.key))
    )


def fallen_row(case: Situation, series: Series, period: int) -> LedgerRow:
    """The ledger's row of a period in which nothing stands any more."""
    known = case.ledger_rows.get((series.id, period))
    if known:
        return replace(known, state=LedgerState.OPEN)
    return LedgerRow(
        series.id,
        series.pair,
        period,
        series.span_of(period),
        LedgerState.OPEN,
        opened_at=case.now,
    )


def fell_out(case: Situation, finding: Finding) -> Change:
    """Meetings do not take place: each is cancelled, on record and in the ledger.

    What is already cancelled stays as it is, so that deciding twice changes nothing.
    The two are told by `offer_anew`, as soon as times can be offered.
    """
    series = case.series_of(finding.keys[0])
    meetings = tuple(
        m for key in finding.keys if (m := case.meeting(key)) and m.is_live and m.span
    )
    if series is None or not meetings:
        return NO_CHANGE
    gone = tuple(replace(m, state=MeetingState.CANCELLED) for m in meetings)
    after = with_meeting(series, *gone)
    left = {m.period for m in after.live()}
    change = Change(
        series=after,
        evidence=tuple(_fell(case, finding, m) for m in meetings),
        ledger=tuple(
            fallen_row(case, after, period)
            for period in sorted({m.period for m in meetings} - left)
        ),
        copies=_taken_away(case, series, finding),
        offers=closed(tuple(o for m in meetings for o in case.open_offers(m.key))),
    )
    but = None if _is_left_to_a_guest(case, series, finding) else finding.person
    change += Change(steps=_taken_out(case.after(change), series, gone, but))
    if finding.kind in _AT_ONCE and len(meetings) > 1:
        change += _told_once(case.after(change), gone)
    return change


#: This long before a meeting a pair that rests hears what has come up on top of it.
HEAR_AHEAD = timedelta(days=7)
#: How long a letter with other times waits for a calendar that is being read.
PATIENCE = timedelta(hours=1)
_FELL_KINDS = (
    EvidenceKind.CANCELLED,
    EvidenceKind.DECLINED,
    EvidenceKind.SAID_NOT_MET,
)
#: What is told in one letter, without other times: somebody may want to stop.
_AT_ONCE = frozenset({FindingKind.SERIES_GONE, FindingKind.SHORTENED})


def _fell(case: Situation, finding: Finding, meeting: Meeting) -> Evidence:
    is_declined = meeting.key in finding.declined
    kind = EvidenceKind.DECLINED if is_declined else EvidenceKind.CANCELLED
    return evidence(case, kind, meeting, Act.of(finding))


def _taken_away(case: Situation, series: Series, finding: Finding) -> tuple[Copy, ...]:
    """The person's copies that are no more; the machine never makes them again.

    With an organiser's event their guest's copy is gone, unless they only declined it.
    """
    if _is_left_to_a_guest(case, series, finding):
        return ()
    uids = _uids(series, finding.keys)
    is_whole = finding.kind is FindingKind.SERIES_GONE
    is_missing = finding.kind is FindingKind.MISSING
    both = [c for uid in sorted(uids) for c in standing(case.copies_of(uid))]
    removed = tuple(
        replace(copy, state=CopyState.REMOVED_BY_PERSON)
        for copy in both
        if copy.person == finding.person
        and (
            is_whole or (is_missing and copy.route is not Route.IMIP and copy.missed_at)
        )
    )
    led = {copy.uid for copy in removed if copy.route is Route.WRITTEN}
    guests = (c for c in both if c.route is Route.GUEST and c.uid in led)
    return (*removed, *(replace(c, state=CopyState.ENDED) for c in guests))


def _uids(series: Series, keys: Iterable[MeetingKey]) -> set[Uid]:
    """The objects that hold these meetings."""
    return {m.uid or series.uid for key in keys if (m := series.meeting(key))}


def _is_left_to_a_guest(case: Situation, series: Series, finding: Finding) -> bool:
    """Whether the organiser only said no, which takes nothing out of the event."""
    return any(
        copy.route is Route.GUEST and copy.person != finding.person
        for uid in _uids(series, finding.declined)
        for copy in standing(case.copies_of(uid))
    )


def _taken_out(
    case: Situation, series: Series, gone: tuple[Meeting, ...], but: PersonId | None
) -> tuple[Step, ...]:
    """What happens to the other one's copies: one notice for the rest of a series.

    `series` is as it was before, `case` as it is now.
    """
    own = [m for m in gone if m.uid is None]
    after = case.series_of(gone[0].key)
    first = min((m.key.original_start for m in own), default=None)
    if len(own) < 2 or first is None or after is None or _any_from(after, first):
        return _each(case, after or series, gone, but)
    left = replace(series, meetings=tuple(m for m in series.meetings if not m.uid))
    copies = tuple(c for c in case.copies_of(series.uid) if c.person != but)
    cut = Withdrawal(left, first, copies, case.two, case.effects)
    steps = cut.steps(case.now)
    others = tuple(m for m in gone if m.uid)
    return (*steps, *_each(case.after(Change(steps=steps)), after, others, but))


def _any_from(series: Series, first: datetime) -> bool:
    """Whether a date of the series' own object still stands from here on."""
    return any(m.key.original_start >= first for m in series.live() if m.uid is None)


def _each(
    case: Situation, after: Series, gone: tuple[Meeting, ...], but: PersonId | None
) -> tuple[Step, ...]:
    """Date by date; each message about an object follows the one before."""
    steps: tuple[Step, ...] = ()
    for meeting in gone:
        known = case.after(Change(steps=steps))
        steps += takes_out(known, after, meeting, but=but)
    return steps


def _told_once(case: Situation, gone: tuple[Meeting, ...]) -> Change:
    """The one letter about dates that are gone together.

    The ledger remembers that both were told: no letter follows for each period.
    """
    first = gone[0]
    if first.span is None:
        return NO_CHANGE
    rows = [case.ledger_rows.get((first.key.series, m.period)) for m in gone]
    said = offered(case, first.span, first.key, ())
    said = replace(said, counts=(("fallen", len(gone)),))
    letters = Letters(LetterKind.FELL_OUT, first.key, said, stamp(first.span.start))
    return Change(
        ledger=tuple(replace(r, told_at=case.now) for r in rows if r),
        letters=letters.to(*case.pair.both(), case=case),
    )


def untold(case: Situation) -> tuple[Meeting, ...]:
    """Meetings that fell out and that nobody was written to about.

    While a calendar is about to be read again, the letter waits for it an hour: times
    are offered on what is known alone, and a letter without them helps less.
    """
    told = {
        row.effect.letter.about
        for person in case.pair.both()
        for row in case.letters(LetterKind.FELL_OUT, person)
        if isinstance(row.effect, SendLetter)
    }
    found: list[Meeting] = []
    for row in case.ledger:
        if row.state is not LedgerState.OPEN or row.told_at or case.now >= row.span.end:
            continue
        series = next(s for s in case.view.series if s.id == row.series)
        fallen = [m for m in series.meetings if m.period == row.period and m.span]
        last = max(fallen, key=lambda m: m.key, default=None)
        if last and last.key not in told and not _waits(case, row, last):
            found.append(last)
    return tuple(found)


def _waits(case: Situation, row: LedgerRow, fallen: Meeting) -> bool:
    stale = [c for side in case.view.sides for c in side.stale(case.now)]
    if not stale or any(c.health is Health.NEEDS_CONSENT for c in stale):
        return False
    seen = [e.seen_at for e in case.about(fallen.key, *_FELL_KINDS)]
    return case.now - max([row.opened_at, *seen]) < PATIENCE


def offer_anew(case: Situation, fallen: Meeting) -> Change:
    """Tell both that a meeting fell out, and offer other times for it.

    When a calendar is unknown nothing is offered, and the letter leads to a page that
    looks again.
    """
    series = case.series_of(fallen.key)
    if series is None or fallen.span is None:
        return NO_CHANGE
    times = other_times(case, series, fallen) or ()
    said = offered(case, fallen.span, fallen.key, times)
    letters = Letters(LetterKind.FELL_OUT, fallen.key, said, stamp(fallen.span.start))
    if not times:
        return Change(letters=letters.to(*case.pair.both(), case=case))
    offer = an_offer(case, fallen, OfferKind.REPLACE, times)
    letters = replace(letters, offer=offer.id)
    return Change(offers=(offer,), letters=letters.to(*case.pair.both(), case=case))


def moved(case: Situation, finding: Finding) -> Change:
    """Meetings stand elsewhere now, where a person put them; the other is told once."""
    series = case.series_of(finding.keys[0])
    change = NO_CHANGE
    if series is None:
        return change
    told: list[tuple[Meeting, Span]] = []
    for key, span in zip(finding.keys, finding.spans, strict=True):
        was = case.meeting(key)
        if was is None or not was.is_live or was.span is None or was.span == span:
            continue
        change += _moved(case.after(change), was, was.span, span, finding)
        told.append((was, span))
    if not told:
        return NO_CHANGE
    return change + _told_of_move(case.after(change), told)


def _moved(
    case: Situation, meeting: Meeting, was: Span, span: Span, finding: Finding
) -> Change:
    series = case.series_of(meeting.key)
    if series is None:
        return NO_CHANGE
    act, start = Act.of(finding), stamp(span.start)
    row = evidence(case, EvidenceKind.MOVED, meeting, act, start)
    there = replace(meeting, span=span, placed_by=Placer.PERSON)
    after = with_meeting(series, there)
    change = Change(
        series=after, evidence=(row,), offers=closed(case.open_offers(meeting.key))
    )
    # Whoever says so on a page has it nowhere yet.
    mover = None if finding.source is SourceKind.PAGE else finding.person
    steps = moves(case.after(change), after, there, was, mover)
    return change + Change(steps=steps)


def _told_of_move(case: Situation, told: list[tuple[Meeting, Span]]) -> Change:
    """One letter for everything that was moved; a clash is offered another time."""
    meeting, span = told[0]
    said = replace(
        placed(case, meeting.span, span, meeting.key),
        moved=tuple(span for _, span in told),
    )
    no = len(case.about(meeting.key, EvidenceKind.MOVED))
    letters = Letters(LetterKind.MOVED, meeting.key, said, f"{stamp(span.start)}/{no}")
    change = Change(letters=letters.to(*case.pair.both(), case=case))
    for was, _ in told:
        there = case.meeting(was.key)
        if there and _doubles(case, there, was.span):
            act = Act(case.now, SourceKind.TROTH)
            change += _clash(case.after(change), there, act, "moved")
    return change


def _doubles(case: Situation, meeting: Meeting, was: Span | None) -> bool:
    """Whether it now stands on another meeting that Troth booked for either of them.

    `was` is the time under which the store still counts it among what is booked. What
    their calendars hold beside it is found as any other clash.
    """
    span, old = meeting.span, Spans.of([was] if was else [])
    return span is not None and any(
        (side.booked - old).meets(span) for side in case.view.sides
    )


def clashed(case: Situation, finding: Finding) -> Change:
    """Something is on top of a meeting: offer to move it, once for each thing."""
    meeting = case.meeting(finding.keys[0])
    if meeting is None or not meeting.is_live or _can_wait(case, meeting):
        return NO_CHANGE
    return _clash(case, meeting, Act.of(finding), finding.what)


def _can_wait(case: Situation, meeting: Meeting) -> bool:
    """Whether a pair that rests need not hear of it yet: a later look finds it."""
    is_near = meeting.span is None or meeting.span.start < case.now + HEAR_AHEAD
    return not is_near and paused_at(case.evidence, case.now)


def _clash(case: Situation, meeting: Meeting, act: Act, what: str) -> Change:
    series = case.series_of(meeting.key)
    if series is None or meeting.span is None:
        return NO_CHANGE
    name = EvidenceId(digest("clash", meeting.key, meeting.span, what))
    if any(e.id == name for e in case.evidence):
        return NO_CHANGE
    times = other_times(case, series, meeting)
    if times is None:
        return NO_CHANGE  # a calendar is unknown: look again after its next read
    row = replace(evidence(case, EvidenceKind.CLASH, meeting, act), id=name)
    if not times:
        return Change(evidence=(row,))
    offer = an_offer(case, meeting, OfferKind.MOVE, times)
    said = offered(case, meeting.span, meeting.key, times)
    letters = Letters(LetterKind.CLASH, meeting.key, said, name[:12], offer.id)
    return Change(
        evidence=(row,),
        offers=(offer,),
        letters=letters.to(*case.pair.both(), case=case),
    )
