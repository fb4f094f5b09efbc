"""What a pair has reached, each told once: a fold over the record, never a chain.

The first month, the fifth and the tenth meeting held, every promise of a term kept.
Nothing is lost when something falls through, and nothing is told of what was not
reached: a milestone has no opposite.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scheduler.agreement import Agreement, AgreementState
from scheduler.cadence import add_months
from scheduler.consistency import Outcome, Record, to_date
from scheduler.endings import Ending
from scheduler.evidence import EvidenceKind
from scheduler.letters import Facts, Milestone
from scheduler.localtime import midnight, zone
from scheduler.monthly import outlook
from scheduler.timespan import Span

_NUMBERS = ((5, Milestone.FIFTH), (10, Milestone.TENTH))
#: Versions whose term can come to its end; a replaced one's goes on in the next.
_LASTING = frozenset({AgreementState.IN_FORCE, AgreementState.ENDED})


@dataclass(frozen=True, slots=True)
class Reached:
    """One milestone, when it was reached, and the stretch it looks back on."""

    milestone: Milestone
    at: datetime
    window: Span
    #: The meeting that made the number full.
    meeting: Span | None = None
    #: Tells two terms apart.
    about: str = ""

    @property
    def name(self) -> str:
        """The same milestone has the same name, whenever it is looked for."""
        return "/".join(filter(None, (self.milestone.value, self.about)))


def reached(
    record: Record, agreements: Iterable[Agreement], now: datetime
) -> tuple[Reached, ...]:
    """Every milestone up to now, or whose day is already known, in order."""
    if not record.series:
        return ()
    found = [*_meetings(record, now), *_terms(record, agreements, now)]
    return tuple(sorted(found, key=lambda r: (r.at, r.name)))


def milestone_facts(record: Record, told: Reached, now: datetime) -> Facts:
    """Everything that the letter on a milestone says."""
    report = record.report(told.window, now)
    held = _held(record, now)
    counts = (
        ("meetings", len(held)),
        ("minutes", sum(_minutes(span) for _, span in held)),
        ("repaired", report.count(Outcome.REPAIRED)),
        ("promises kept", report.rates.promises_kept.numerator),
    )
    return replace(
        outlook(record, now),
        milestone=told.milestone,
        meeting=told.meeting,
        window=told.window,
        counts=counts,
    )


def _meetings(record: Record, now: datetime) -> Iterator[Reached]:
    held, began = _held(record, now), to_date(record.series, now)
    if not held or began is None:
        return
    where = zone(record.series[0].zone)
    first = began.start.astimezone(where).date()
    month = max(midnight(_month_after(first), where), held[0][0])
    yield Reached(Milestone.FIRST_MONTH, month, began)
    for number, milestone in _NUMBERS:
        if len(held) >= number:
            at, _ = held[number - 1]
            meeting = max(span for _, span in held[:number])
            yield Reached(milestone, at, began, meeting)


def _terms(
    record: Record, agreements: Iterable[Agreement], now: datetime
) -> Iterator[Reached]:
    where = zone(record.series[-1].zone)
    for one in agreements:
        end = midnight(one.terms.last_day + timedelta(days=1), where)
        if one.state not in _LASTING or end > now:
            continue
        term = Span(midnight(one.terms.first_day, where), end)
        kept = record.report(term, now).rates.promises_kept
        if kept.denominator and kept.numerator == kept.denominator:
            yield Reached(Milestone.PROMISES, end, term, about=one.id)


def _held(record: Record, now: datetime) -> list[tuple[datetime, Span]]:
    """The meetings held, each with the instant at which one of them said so first."""
    found = [
        (
            min(r.at for r in answers if r.kind is EvidenceKind.SAID_MET),
            seen.meeting.span,
        )
        for seen in record.seen().values()
        if seen.meeting.span and seen.ending(now) is Ending.HELD
        for answers in [seen.answers().values()]
    ]
    return sorted(found)


def _minutes(span: Span) -> int:
    return round(span.length / timedelta(minutes=1))


def _month_after(first: date) -> date:
    """The same day of the next month, or its last one."""
    last = add_months(first, 2) - timedelta(days=1)
    return min(add_months(first, 1) + timedelta(days=first.day - 1), last)
