"""From a plan to what is booked: the series, its ledger, its evidence, its effects."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from scheduler.cadence import Period, periods
from scheduler.evidence import DAY_OFF, Evidence, EvidenceKind, SourceKind, stamp
from scheduler.ids import AgreementId, EvidenceId, PairId, PersonId, SeriesId, Uid
from scheduler.localtime import midnight, zone
from scheduler.outbox import digest
from scheduler.pauses import Rest
from scheduler.series import (
    LedgerRow,
    LedgerState,
    Meeting,
    MeetingKey,
    MeetingState,
    Series,
    SeriesState,
)
from scheduler.slots import Plan, PlannedMeeting
from scheduler.timespan import Span


@dataclass(frozen=True, slots=True)
class Names:
    """What a new series is called, and whose it is."""

    series: SeriesId
    uid: Uid
    pair: PairId
    agreement: AgreementId
    anchor: PersonId


def series_of(plan: Plan, first: date, names: Names) -> Series:
    """The series that a plan becomes; its periods count from `first`."""
    start = plan.slot.first if plan.cadence.unit == "month" else first
    return Series(
        names.series,
        names.pair,
        names.agreement,
        names.uid,
        zone=plan.slot.zone,
        anchor=names.anchor,
        minutes=plan.slot.minutes,
        cadence=plan.cadence,
        rrule=plan.rrule,
        first=plan.slot.start(0, plan.cadence),
        periods=periods(plan.cadence, start, len(plan.meetings)),
        meetings=tuple(_meeting(m, plan, names.series) for m in plan.meetings),
    )


def _meeting(planned: PlannedMeeting, plan: Plan, series: SeriesId) -> Meeting:
    original = plan.slot.start(planned.period, plan.cadence)
    span = None
    if planned.start and planned.end:
        span = Span(planned.start, planned.end)
    return Meeting(
        MeetingKey(series, original),
        planned.period,
        span,
        MeetingState.LIVE if span else MeetingState.UNPLACED,
        checked=planned.checked,
    )


def period_span(series: Series, period: Period) -> Span:
    """The instants of a period, from midnight to midnight where the slot's clock is."""
    where = zone(series.zone)
    return Span(midnight(period.first, where), midnight(period.until, where))


def unplaced_rows(
    series: Series, now: datetime, off: Collection[int] = ()
) -> tuple[LedgerRow, ...]:
    """A row of the ledger for each period that the plan found no time in.

    Those in `off` have nothing but days off: they are skipped by agreement, and owed
    to nobody.
    """
    return tuple(
        LedgerRow(
            series.id,
            series.pair,
            m.period,
            period_span(series, series.periods[m.period]),
            LedgerState.OPEN,
            opened_at=now,
        )
        for m in series.meetings
        if m.state is MeetingState.UNPLACED and m.period not in off
    )


def off_rows(
    series: Series, now: datetime, off: Collection[int]
) -> tuple[Evidence, ...]:
    """One row of evidence for each period that days off leave no time in."""
    return tuple(
        replace(_row(EvidenceKind.SKIPPED, series, m, now), detail=DAY_OFF)
        for m in series.meetings
        if m.state is MeetingState.UNPLACED and m.period in off
    )


def rested(series: Series, rests: Rest) -> frozenset[int]:
    """The periods without a time whose last day, or usual time, lies in a pause."""
    return frozenset(
        m.period
        for m in series.meetings
        if m.state is MeetingState.UNPLACED
        and (
            rests.pauses_last_day(series.span_of(m.period))
            or any(p.start <= m.key.original_start < p.end for p in rests.pauses)
        )
    )


def rested_rows(
    series: Series, now: datetime, periods: Collection[int]
) -> tuple[Evidence, ...]:
    """One row of evidence for each period that a pause leaves no time in."""
    return tuple(
        _row(EvidenceKind.SKIPPED, series, m, now)
        for m in series.meetings
        if m.state is MeetingState.UNPLACED and m.period in periods
    )


def booked_rows(series: Series, now: datetime) -> tuple[Evidence, ...]:
    """One row of evidence for each meeting that has a time."""
    live = series.live()
    return tuple(
        replace(
            _row(EvidenceKind.BOOKED, series, m, now),
            detail=stamp(m.span.start) if m.span else "",
        )
        for m in live
    )


def skipped_rows(series: Series, before: datetime) -> tuple[Evidence, ...]:
    """One row for each meeting that `left_out` leaves out."""
    return tuple(
        _row(EvidenceKind.SKIPPED, series, m, before)
        for m in series.live()
        if m.span and m.span.start >= before
    )


def _row(
    kind: EvidenceKind, series: Series, meeting: Meeting, now: datetime
) -> Evidence:
    return Evidence(
        EvidenceId(digest(kind.value, meeting.key, meeting.span)),
        series.pair,
        str(meeting.key),
        kind,
        now,
        now,
        SourceKind.TROTH,
    )


def begins(series: Series, first: date) -> datetime:
    """The instant at which a day begins where the series' slot has its clock."""
    return midnight(first, zone(series.zone))


def is_untouched(series: Series, before: datetime) -> bool:
    """Whether all of its meetings lie behind an instant: it can change as a whole."""
    return all(m.span and m.span.start >= before for m in series.live())


def cut(series: Series, before: datetime) -> Series:
    """What stays of a series when another one holds the periods from then on.

    The periods behind the cut were never owed by this one, and leave no trace in it.
    """
    where = zone(series.zone)
    kept = tuple(p for p in series.periods if midnight(p.first, where) < before)
    standing = tuple(m for m in series.meetings if m.period < len(kept))
    return replace(series, periods=kept, meetings=standing, state=SeriesState.ENDED)


def left_out(series: Series, before: datetime) -> Series:
    """A series ended by agreement: what was still to come is skipped, and on record."""
    return replace(
        series,
        meetings=tuple(
            replace(m, state=MeetingState.SKIPPED)
            if m.is_live and m.span and m.span.start >= before
            else m
            for m in series.meetings
        ),
        state=SeriesState.ENDED,
    )


def settled(row: LedgerRow) -> LedgerRow:
    """A row of a period that is not owed any more, since both agreed otherwise."""
    return replace(row, state=LedgerState.SKIPPED)


def uids(series: Iterable[Series]) -> frozenset[Uid]:
    """The objects that these series and their replacements are made of."""
    return frozenset(
        uid for s in series for uid in (s.uid, *(m.uid for m in s.meetings if m.uid))
    )
