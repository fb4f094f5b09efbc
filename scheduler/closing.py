"""Closing a pair: nothing of theirs lies ahead any more, and what was stays on record.

product.md, Leaving and How things end. Anyone may close; the other one and the
coordinator are told without a reason. Their history stays readable and exportable.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta

from scheduler.access import Purpose
from scheduler.agreement import Agreement, AgreementState
from scheduler.booking import left_out, skipped_rows
from scheduler.consistency import Outcome
from scheduler.duties import settled
from scheduler.endings import Ending
from scheduler.evidence import Evidence, EvidenceKind
from scheduler.ids import PairId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.localtime import midnight, zone
from scheduler.offering import closed as over
from scheduler.pausing import clock_of, rest_row
from scheduler.people import Pair, Person
from scheduler.series import LedgerRow, LedgerState, OfferState, Series
from scheduler.situation import NO_CHANGE, Change, Situation, Told
from scheduler.telling import row
from scheduler.timespan import Span
from scheduler.withdrawal import Withdrawal
from scheduler.word import given_words

#: Links that still open something behind a closing: pages to read, letters to stop.
STILL_OPEN = frozenset({Purpose.PAGES, Purpose.AGENDA, Purpose.FEWER, Purpose.CONNECT})
_MOMENT = timedelta(hours=1)
_ENDS_AS = {
    AgreementState.IN_FORCE: AgreementState.ENDED,
    AgreementState.DRAFT: AgreementState.WITHDRAWN,
    AgreementState.PROPOSED: AgreementState.WITHDRAWN,
}


def ended_versions(versions: Iterable[Agreement]) -> tuple[Agreement, ...]:
    """The versions that end with the pair: what ruled, and what was still asked."""
    return tuple(
        replace(v, state=_ENDS_AS[v.state]) for v in versions if v.state in _ENDS_AS
    )


def closing_day(clock: str, now: datetime) -> date:
    """The day on which a pair that closes now was closed, on its slot's clock."""
    return now.astimezone(zone(clock)).date()


def closed(case: Situation) -> Change:
    """Take all that is ahead out of both calendars, and say goodbye to both.

    Closing what is closed changes nothing.
    """
    if case.pair.closed:
        return NO_CHANGE
    entry = rest_row(case, EvidenceKind.CLOSED)
    change = Change(evidence=(entry,))
    for series in case.view.series:
        change += _ended(case.after(change), series)
    known = case.after(change)
    change += Change(
        ledger=_settled(known),
        offers=over(tuple(o for o in known.offers if o.state is OfferState.OPEN)),
    )
    known = case.after(change)
    return change + Change(letters=farewell(case.pair, goodbye(known), entry))


def farewell(pair: Pair, facts: Facts, entry: Evidence) -> tuple[Told, ...]:
    """The same goodbye to both."""
    return tuple(
        Told(Letter(LetterKind.GOODBYE, one, pair.id, facts), entry.id[:12])
        for one in pair.both()
    )


def _ended(case: Situation, series: Series) -> Change:
    """One series without what is still to come; each copy loses it in one go."""
    ahead = any(m.span and m.span.start >= case.now for m in series.live())
    after = left_out(series, case.now)
    if not ahead:
        return Change(series=after) if after != series else NO_CHANGE
    cut = Withdrawal(series, case.now, case.copies, case.two, case.effects, moved=True)
    return Change(
        series=after,
        evidence=skipped_rows(series, case.now),
        steps=cut.steps(case.now),
    )


def _settled(case: Situation) -> tuple[LedgerRow, ...]:
    """No row is left open: what is over is what became of it, the rest is skipped."""
    ended = {(p.series, p.index): p.outcome for p in case.record.periods(case.now)}
    waiting = {LedgerState.OPEN, LedgerState.BOOKED}
    found: list[LedgerRow] = []
    for entry in case.ledger:
        if entry.state not in waiting:
            continue
        outcome = ended.get((entry.series, entry.period), Outcome.SKIPPED)
        is_over = entry.span.end <= case.now
        state = settled(entry, outcome) if is_over else LedgerState.SKIPPED
        found.append(replace(entry, state=state))
    return tuple(r for r in found if r.state not in waiting)


def goodbye(case: Situation) -> Facts:
    """What they did together, from the record alone."""
    record, now = case.record, case.now
    held = sum(s.ending(now) is Ending.HELD for s in record.seen().values())
    words = given_words(record.rows, {p.id: p.zone for p in case.people})
    kept = sum(word.is_kept() for word in words)
    return Facts(
        window=_together(case),
        row=row(case),
        counts=(("held", held), ("promises kept", kept)),
    )


def _together(case: Situation) -> Span:
    """From the day on which their first agreement came into force, to today.

    Both as midnights where the slot's clock is, as letters say days.
    """
    where = zone(clock_of(case))
    began = [v.in_force_at for v in case.view.versions if v.in_force_at]
    first = min(began, default=case.now).astimezone(where).date()
    began_at = midnight(first, where)
    today = midnight(closing_day(clock_of(case), case.now), where)
    return Span(began_at, max(today, began_at + _MOMENT))


def told_coordinator(pair: PairId, people: Iterable[Person], address: str) -> Letter:
    """That a pair has closed: both names, and no reason."""
    names = "\n".join(person.name or person.email for person in people)
    facts = Facts(words=names)
    return Letter(LetterKind.PAIR_CLOSED, None, pair, facts, address=address)
