"""The weekly count of a programme: bands, and sums of what became of periods.

Counted each Monday at 06:00 in the programme's zone, as things were known then, so that
two looks close together tell nothing about anyone. A group is the pairs of one cadence
that show their figures to the coordinator, or those that do not: the two are counted
apart, since figures that are shown could be subtracted. Pairs that have not begun or
are closed are in no group. The stretch of time is the thirteen fortnights before.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time, timedelta
from itertools import pairwise

from scheduler.bands import Band
from scheduler.consistency import Outcome, Rate, Record, Report
from scheduler.ids import PairId, ProgrammeId
from scheduler.localtime import instant, midnight, zone
from scheduler.timespan import Span

#: When the pairs are counted, on Mondays in the programme's zone.
COUNTED_AT = time(6)
#: How many stretches a snapshot holds, and the days of each.
STRETCHES, STRETCH_DAYS = 13, 14


@dataclass(frozen=True, slots=True)
class Counts:
    """What became of the periods that ended in one stretch, over some pairs."""

    kept: int = 0
    repaired: int = 0
    owed: int = 0
    unconfirmed: int = 0
    #: How many pairs have any of these.
    pairs: int = 0

    def __add__(self, other: Counts) -> Counts:
        return Counts(
            self.kept + other.kept,
            self.repaired + other.repaired,
            self.owed + other.owed,
            self.unconfirmed + other.unconfirmed,
            self.pairs + other.pairs,
        )

    @property
    def held(self) -> int:
        """Periods with a meeting that took place, on its day or on a new one."""
        return self.kept + self.repaired

    @property
    def due(self) -> int:
        """Periods in which a meeting was due; nobody has answered for the others."""
        return self.held + self.owed


@dataclass(frozen=True, slots=True)
class Sum:
    """A rate over some pairs, and how many of them have anything to count."""

    numerator: int = 0
    denominator: int = 0
    pairs: int = 0

    def __add__(self, other: Sum) -> Sum:
        return Sum(
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.pairs + other.pairs,
        )

    @classmethod
    def of(cls, rate: Rate) -> Sum:
        """One pair's rate."""
        return cls(rate.numerator, rate.denominator, int(rate.denominator > 0))


@dataclass(frozen=True, slots=True)
class Group:
    """The sums of one group; the first two rates follow from the stretches."""

    shows: bool
    #: As `str(Cadence)` has it.
    cadence: str
    pairs: int
    stretches: tuple[Counts, ...]
    notice: Sum
    promises: Sum

    def __add__(self, other: Group) -> Group:
        pairs = zip(self.stretches, other.stretches, strict=True)
        return replace(
            self,
            pairs=self.pairs + other.pairs,
            stretches=tuple(mine + theirs for mine, theirs in pairs),
            notice=self.notice + other.notice,
            promises=self.promises + other.promises,
        )


@dataclass(frozen=True, slots=True)
class InBand:
    """How many pairs that show their figures, or do not, are in one band."""

    shows: bool
    band: Band
    pairs: int


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One count of one programme. It is made a page of pairs at a time."""

    programme: ProgrammeId
    as_of: datetime
    bands: tuple[InBand, ...] = ()
    groups: tuple[Group, ...] = ()
    #: The last pair that is in it; None before the first page.
    after: PairId | None = None
    #: Whether every pair is in it.
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Counted:
    """What one pair adds; `report` is over `window`, as of the snapshot."""

    shows: bool
    band: Band
    #: None for a pair that has not begun.
    cadence: str | None
    report: Report


def last_count(now: datetime, zone_name: str) -> datetime:
    """The newest Monday, 06:00, that is not after `now`, in UTC."""
    where = zone(zone_name)
    today = now.astimezone(where).date()
    monday = today - timedelta(days=today.weekday())
    at = instant(monday, COUNTED_AT, where)
    return at if at <= now else instant(monday - timedelta(days=7), COUNTED_AT, where)


def next_count(now: datetime, zone_name: str) -> datetime:
    """The first Monday, 06:00, that is after `now`, in UTC."""
    where = zone(zone_name)
    last = last_count(now, zone_name).astimezone(where).date()
    return instant(last + timedelta(days=7), COUNTED_AT, where)


def stretches(as_of: datetime, zone_name: str) -> tuple[Span, ...]:
    """The thirteen fortnights up to the midnight before a count, oldest first."""
    where = zone(zone_name)
    last = as_of.astimezone(where).date()
    days = [last - timedelta(days=STRETCH_DAYS * n) for n in range(STRETCHES, -1, -1)]
    edges = [midnight(day, where) for day in days]
    return tuple(Span(a, b) for a, b in pairwise(edges))


def window(as_of: datetime, zone_name: str) -> Span:
    """All of the stretches."""
    spans = stretches(as_of, zone_name)
    return Span(spans[0].start, spans[-1].end)


def known_by(record: Record, as_of: datetime) -> Record:
    """A record without what was seen later."""
    return replace(record, rows=tuple(r for r in record.rows if r.seen_at <= as_of))


def counted(
    snapshot: Snapshot, found: Iterable[Counted], spans: tuple[Span, ...]
) -> Snapshot:
    """The snapshot with some pairs more; `after` is for the caller to set."""
    bands = {(one.shows, one.band): one.pairs for one in snapshot.bands}
    groups = {(one.shows, one.cadence): one for one in snapshot.groups}
    for one in found:
        in_band = one.shows, one.band
        bands[in_band] = bands.get(in_band, 0) + 1
        if one.cadence is not None:
            mine = _group(one, one.cadence, spans)
            known = groups.get((mine.shows, mine.cadence))
            groups[mine.shows, mine.cadence] = known + mine if known else mine
    return replace(
        snapshot,
        bands=tuple(InBand(*key, pairs) for key, pairs in bands.items()),
        groups=tuple(groups.values()),
    )


def _group(one: Counted, cadence: str, spans: tuple[Span, ...]) -> Group:
    return Group(
        one.shows,
        cadence,
        1,
        tuple(_counts(one.report, span) for span in spans),
        Sum.of(one.report.rates.notice_given),
        Sum.of(one.report.rates.promises_kept),
    )


def _counts(report: Report, span: Span) -> Counts:
    """A period counts where it ends, one that ends with the last instant included."""
    here = [p.outcome for p in report.periods if span.start < p.span.end <= span.end]
    counts = Counts(
        here.count(Outcome.KEPT),
        here.count(Outcome.REPAIRED),
        here.count(Outcome.OWED),
        here.count(Outcome.UNCONFIRMED),
    )
    return replace(counts, pairs=int(counts.due + counts.unconfirmed > 0))
