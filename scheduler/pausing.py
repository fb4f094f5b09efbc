"""Pausing and coming back: what a rest takes out, and what it leaves as it is.

product.md, Pause. Either of the two may pause, and either may end it; nobody is named
as the one. A pause changes no figure: what it covers is skipped. Coming back earlier
books nothing new; what lies behind the pause stands.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scheduler.acting import Act, evidence, with_meeting
from scheduler.copies import ours
from scheduler.edits import takes_out
from scheduler.effects import Effect, SendInvite, TakeOutOfCopy
from scheduler.errors import Refused
from scheduler.evidence import Evidence, EvidenceKind, SourceKind, stamp
from scheduler.ids import EvidenceId, PairId
from scheduler.itip import Edition, Revision, ended, taken_out, whole
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.localtime import midnight, zone
from scheduler.offering import closed
from scheduler.outbox import digest
from scheduler.pauses import rest, said
from scheduler.series import (
    Copy,
    LedgerState,
    Meeting,
    MeetingState,
    Offer,
    Route,
    Series,
)
from scheduler.situation import NO_CHANGE, Change, Situation, Told
from scheduler.telling import next_span, row
from scheduler.timespan import Span
from scheduler.withdrawal import Step

_MOMENT = timedelta(microseconds=1)
_RESTS = (EvidenceKind.PAUSED, EvidenceKind.RESUMED, EvidenceKind.CLOSED)
_FALLEN = frozenset({LedgerState.OPEN, LedgerState.BOOKED})


@dataclass(frozen=True, slots=True)
class PauseWish:
    """Until which day a pair wants to rest: on that day they go on.

    It begins on `first`; without it, now.
    """

    until: date
    first: date | None = None


def clock_of(case: Situation) -> str:
    """The zone whose days count: the slot's, or the mentor's before there is one."""
    series = case.view.standing or next(iter(reversed(case.view.series)), None)
    return series.zone if series else case.view.mentor.person.zone


def wished(case: Situation, wish: PauseWish) -> Span:
    """The stretch that a wish means; `Refused` E_PAUSE where it means none.

    While a pause is under way or announced, a wish makes that one longer.
    """
    ruling = case.view.in_force
    if ruling is None or case.pair.closed:
        raise _refused("There are no meetings to pause.", "until")
    where = zone(clock_of(case))
    today = case.now.astimezone(where).date()
    first = wish.first or today
    if first < today:
        raise _refused("A pause begins today or later.", "first")
    if wish.until > ruling.terms.last_day:
        last = ruling.terms.last_day.isoformat()
        raise _refused(f"Your agreement ends on {last}; go on by then.", "until")
    start = case.now if first == today else midnight(first, where)
    end = midnight(wish.until, where)
    if end <= start:
        raise _refused("Choose a day that comes after the pause begins.", "until")
    return _longer(case, Span(start, end))


def _longer(case: Situation, wanted: Span) -> Span:
    known = rest(case.evidence).pause_at(case.now)
    if known is None:
        return wanted
    if wanted.start > known.end:
        raise _refused("A pause stands already; one at a time.", "first")
    if wanted.end < known.end:
        raise _refused("A pause stands that is longer; you can come back now.", "until")
    return Span(max(case.now, min(known.start, wanted.start)), wanted.end)


def _refused(message: str, field: str) -> Refused:
    return Refused("E_PAUSE", message, field=field)


def paused(case: Situation, pause: Span) -> Change:
    """Take every meeting inside a pause out, once; both are told in one letter.

    The same pause twice is one.
    """
    known = rest(case.evidence).pause_at(case.now)
    if known and known.end == pause.end and known.start <= pause.start:
        return NO_CHANGE
    detail = stamp(pause.end) if pause.start <= case.now else said(pause)
    entry = rest_row(case, EvidenceKind.PAUSED, detail)
    change = Change(evidence=(entry,))
    for series in case.view.series:
        change += _rested(case.after(change), series, pause)
    change += _settled(case.after(change))
    taken = sum(
        before.is_live and not after.is_live
        for old, new in zip(
            case.view.series, case.after(change).view.series, strict=True
        )
        for before, after in zip(old.meetings, new.meetings, strict=True)
    )
    after = case.after(change)
    return change + told_of_rest(after, LetterKind.PAUSED, entry, pause, out=taken)


def resumed(case: Situation) -> Change:
    """End the pause under way, or call an announced one off; a repeat does nothing.

    What was taken out stays out, and is skipped for good: nobody's calendar changes.
    """
    pause = rest(case.evidence).pause_at(case.now)
    if pause is None or case.pair.closed:
        return NO_CHANGE
    entry = rest_row(case, EvidenceKind.RESUMED)
    skipped = tuple(
        left_out_row(case, m)
        for m in taken_by(case, pause)
        if m.span and m.span.start >= entry.at
    )
    change = Change(evidence=(entry, *skipped))
    return change + told_of_rest(case.after(change), LetterKind.RESUMED, entry, pause)


def taken_by(case: Situation, pause: Span) -> tuple[Meeting, ...]:
    """The meetings that this pause alone keeps out: nothing else says they fell."""
    return tuple(
        m
        for series in case.view.series
        for m in series.meetings
        if m.state is MeetingState.SKIPPED
        and m.span
        and pause.start <= m.span.start < pause.end
        and not case.about(m.key, EvidenceKind.SKIPPED)
    )


def left_out_row(case: Situation, meeting: Meeting) -> Evidence:
    """That both leave a meeting out, whatever becomes of the pause."""
    act = Act(case.now, SourceKind.TROTH)
    return evidence(case, EvidenceKind.SKIPPED, meeting, act)


def rest_row(case: Situation, kind: EvidenceKind, detail: str = "") -> Evidence:
    """A row about the pair's rest, later than every one of its like before it."""
    return pair_row(kind, case.pair.id, case.evidence, case.now, detail)


def pair_row(
    kind: EvidenceKind,
    pair: PairId,
    rows: Iterable[Evidence],
    now: datetime,
    detail: str = "",
) -> Evidence:
    """The same, from the evidence alone."""
    before = [e for e in rows if e.kind in _RESTS]
    at = max([now, *(e.at + _MOMENT for e in before)])
    name = EvidenceId(digest(kind.value, pair, detail, len(before)))
    return Evidence(name, pair, "", kind, at, at, SourceKind.PAGE, detail=detail)


def _rested(case: Situation, series: Series, pause: Span) -> Change:
    """What a pause takes out of one series."""
    gone = tuple(
        replace(m, state=MeetingState.SKIPPED)
        for m in series.live()
        if m.span and m.span.start > case.now and pause.start <= m.span.start
        if m.span.start < pause.end
    )
    if not gone:
        return NO_CHANGE
    after = with_meeting(series, *gone)
    change = Change(series=after)
    own = tuple(m for m in gone if m.uid is None)
    change += Change(steps=_out_of_series(case.after(change), after, own))
    for meeting in gone:
        if meeting.uid:
            change += Change(steps=takes_out(case.after(change), after, meeting))
    return change + _stood_in(case.after(change), after, gone)


def _out_of_series(
    case: Situation, series: Series, gone: tuple[Meeting, ...]
) -> tuple[Step, ...]:
    """Own dates leave each copy: date by date where Troth writes, else in one mail."""
    steps: list[Step] = []
    if not gone:
        return ()
    first = case.next_revision(series.uid)
    for copy in ours(case.copies_of(series.uid)):
        if copy.route is Route.IMIP:
            steps.append(Step(copy, _by_mail(case, copy, series, gone, first), first))
        else:
            steps += _date_by_date(copy, gone, first, case.now)
    return tuple(steps)


def _by_mail(
    case: Situation,
    copy: Copy,
    series: Series,
    gone: tuple[Meeting, ...],
    at: Revision,
) -> Effect:
    """One message, however many dates: the series without them, or its end."""
    edition = Edition(at, case.two.words(), case.two.guests())
    if not any(m.is_live for m in series.meetings if m.uid is None):
        return SendInvite(copy.person, ended(series, edition))
    if len(gone) == 1:
        whole_object = copy.whole_object
        invite = taken_out(series, gone[0], edition, whole_object=whole_object)
        return SendInvite(copy.person, invite)
    return SendInvite(copy.person, whole(series, edition))


def _date_by_date(
    copy: Copy, gone: Iterable[Meeting], at: Revision, now: datetime
) -> Iterable[Step]:
    for meeting in gone:
        if copy.calendar is None:
            return
        original = meeting.key.original_start
        effect = TakeOutOfCopy(
            copy.person,
            copy.calendar,
            copy.uid,
            original,
            at.sequence,
            at.stamp,
            silent=True,
        )
        yield Step(copy, effect, at)
        at = at.next(now)


def _stood_in(case: Situation, series: Series, gone: tuple[Meeting, ...]) -> Change:
    """Where a replacement rests, its period is left out: a pause leaves nothing owed.

    Otherwise a period that goes on behind the pause would owe what the pause took.
    """
    standing_in = {m.period for m in series.live()}
    rows: list[Evidence] = []
    for meeting in gone:
        own = case.meeting(replace(meeting.key, n=0))
        if meeting.uid is None or own is None or meeting.period in standing_in:
            continue
        if not case.about(own.key, EvidenceKind.SKIPPED):
            rows.append(left_out_row(case, own))
    periods = {m.period for m in gone if m.uid} - standing_in
    return Change(
        evidence=tuple(rows),
        ledger=tuple(
            replace(r, state=LedgerState.SKIPPED)
            for r in case.ledger
            if r.series == series.id and r.period in periods and r.state in _FALLEN
        ),
    )


def _settled(case: Situation) -> Change:
    """Rows of periods that end in the pause are skipped, and their offers are over."""
    rests = rest(case.evidence)
    rows = tuple(
        replace(r, state=LedgerState.SKIPPED)
        for r in case.ledger
        if r.state in _FALLEN
        and r.span.end > case.now
        and rests.pauses_last_day(r.span)
    )
    return Change(ledger=rows, offers=closed(_over(case.after(Change(ledger=rows)))))


def _over(case: Situation) -> tuple[Offer, ...]:
    """Open offers about what rests now, or with times in a pause alone."""
    pauses = rest(case.evidence).pauses
    return tuple(
        offer
        for offer in case.offers
        if offer in case.open_offers(offer.about)
        and (
            _rests(case, offer)
            or all(any(p.start <= t.start < p.end for p in pauses) for t in offer.times)
        )
    )


def _rests(case: Situation, offer: Offer) -> bool:
    """Whether what an offer is about was skipped, or its whole period was."""
    meeting = case.meeting(offer.about)
    if meeting is None:
        return True
    entry = case.ledger_rows.get((offer.about.series, meeting.period))
    is_skipped = entry is not None and entry.state is LedgerState.SKIPPED
    return is_skipped or meeting.state is MeetingState.SKIPPED


def told_of_rest(
    case: Situation,
    kind: LetterKind,
    entry: Evidence,
    pause: Span,
    *,
    out: int = 0,
    back: tuple[Meeting, ...] = (),
) -> Change:
    """The same letter to both; which of them it was is nobody's business."""
    where = zone(clock_of(case))
    first = midnight(pause.start.astimezone(where).date(), where)
    facts = Facts(
        window=Span(first, pause.end),
        next=next_span(case),
        row=row(case),
        counts=(("taken out", out), ("put back", len(back))),
    )
    return Change(
        letters=tuple(
            Told(Letter(kind, one, case.pair.id, facts), entry.id[:12])
            for one in case.pair.both()
        )
    )
