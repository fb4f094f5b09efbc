"""A pair and its series, as tests of noticing, repairing and telling need them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from scheduler.cadence import Cadence, periods
from scheduler.evidence import Evidence, EvidenceKind, SourceKind, stamp
from scheduler.ids import (
    AgreementId,
    EvidenceId,
    PairId,
    PersonId,
    SeriesId,
    Uid,
)
from scheduler.localtime import instant, zone
from scheduler.series import Meeting, MeetingKey, MeetingState, Series
from scheduler.timespan import Span

MENTOR, MENTEE = PersonId("ida"), PersonId("leyla")
PAIR = PairId("pair")
ZONE = "Europe/Berlin"
FORTNIGHT = Cadence("week", 2)
#: A Monday, on which the first period begins; the slot is on Tuesdays at 15:00.
FIRST = date(2026, 3, 2)


def a_series(
    count: int = 6, cadence: Cadence = FORTNIGHT, first: date = FIRST, name: str = "s"
) -> Series:
    """A series on the second day of its periods, at three, for 45 minutes."""
    turns = periods(cadence, first, count)
    starts = [instant(p.first + timedelta(days=1), time(15), zone(ZONE)) for p in turns]
    return Series(
        SeriesId(name),
        PAIR,
        AgreementId("v1"),
        Uid(f"{name}@troth.test"),
        zone=ZONE,
        anchor=MENTEE,
        minutes=45,
        cadence=cadence,
        rrule=f"FREQ=WEEKLY;INTERVAL=2;COUNT={count}",
        first=starts[0],
        periods=turns,
        meetings=tuple(
            Meeting(
                MeetingKey(SeriesId(name), s), n, Span(s, s + timedelta(minutes=45))
            )
            for n, s in enumerate(starts)
        ),
    )


def a_replacement(series: Series, period: int, start: datetime, n: int = 1) -> Meeting:
    """A meeting that takes the place of the one of this period."""
    own = next(m for m in series.meetings if m.period == period and m.key.n == 0)
    return Meeting(
        MeetingKey(series.id, own.key.original_start, n),
        period,
        Span(start, start + series.length),
        MeetingState.LIVE,
        uid=Uid(f"{series.id}-{period}-{n}@troth.test"),
    )


def row(
    kind: EvidenceKind,
    about: object,
    at: datetime,
    *,
    by: PersonId | None = None,
    source: SourceKind = SourceKind.CALDAV,
    to: datetime | None = None,
) -> Evidence:
    """One row of evidence, with an id that follows from what it says."""
    detail = stamp(to) if to else ""
    return Evidence(
        EvidenceId(f"{kind.value}/{about}/{stamp(at)}/{by}/{detail}"),
        PAIR,
        str(about),
        kind,
        at.astimezone(UTC),
        at.astimezone(UTC),
        source,
        by=by,
        detail=detail,
    )
