"""Whole histories of a pair, drawn by a seed: everything evidence can say of them.

What a history holds is decided here in the words of evidence; where a meeting stands
follows from it. `plain` puts the same history into the words of the oracle.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from scheduler.cadence import MONTHLY, Cadence, Period, periods
from scheduler.consistency import Record, Report
from scheduler.evidence import Evidence, EvidenceKind, SourceKind, instant_of, stamp
from scheduler.ids import AgreementId, EvidenceId, PairId, PersonId, SeriesId, Uid
from scheduler.series import Meeting, MeetingKey, MeetingState, Series
from scheduler.timespan import Span
from tests.scheduler.figures_oracle import Figures, History, Owed, Told, Turn

PAIR = PairId("pair")
MENTOR, MENTEE = PersonId("ida"), PersonId("leyla")
NOTICES = {
    AgreementId("v1"): timedelta(hours=24),
    AgreementId("v2"): timedelta(hours=48),
}
LIVES_IN = {MENTOR: "Europe/Berlin", MENTEE: "America/New_York"}
ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Europe/Dublin",
    "America/Santiago",
)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
CALENDARS = ("calendar-of-ida", "calendar-of-leyla", "mail-of-leyla")
Kind = EvidenceKind
#: What can become of a promise.
_TURNS = (
    (),
    (Kind.PROMISE_KEPT,),
    (Kind.PROMISE_RELEASED,),
    (Kind.PROMISE_MOVED, Kind.PROMISE_KEPT),
    (Kind.PROMISE_MOVED, Kind.PROMISE_MOVED, Kind.PROMISE_RELEASED),
    (Kind.PROMISE_KEPT, Kind.PROMISE_MOVED),
)


@dataclass(frozen=True)
class Lived:
    """A pair's record, and the time that it is."""

    record: Record
    now: datetime

    def report(self, window: Span) -> Report:
        """What the service says."""
        return self.record.report(window, self.now)

    def figures(self, window: Span) -> Figures:
        """What the page says, worked out by the oracle."""
        return plain(self.record, self.now).figures((window.start, window.end))

    def whole(self) -> Span:
        """A window that holds everything."""
        return Span(datetime(2025, 1, 1, tzinfo=UTC), datetime(2029, 1, 1, tzinfo=UTC))

    def with_rows(self, rows: Iterable[Evidence]) -> Lived:
        """The same pair with other evidence; its meetings stand where that says."""
        return lived(self.record.series, tuple(rows), self.now)


def lived(series: Iterable[Series], rows: tuple[Evidence, ...], now: datetime) -> Lived:
    """A record of what was seen by `now`, meetings standing where they were put."""
    known = tuple(row for row in rows if row.seen_at <= now)
    placed = tuple(_standing(one, known) for one in series)
    return Lived(Record(PAIR, placed, known, notices=NOTICES, zones=LIVES_IN), now)


def _standing(series: Series, rows: tuple[Evidence, ...]) -> Series:
    starts: dict[str, datetime] = {}
    for row in sorted(rows, key=lambda r: (r.at, r.id)):
        to = instant_of(row.detail)
        if row.kind in {Kind.BOOKED, Kind.MOVED} and to:
            starts[row.about] = to
    meetings = []
    for one in series.meetings:
        start = starts.get(str(one.key))
        if one.state is MeetingState.UNPLACED or (start is None and one.key.n == 0):
            meetings.append(one)
        elif start:
            meetings.append(replace(one, span=Span(start, start + series.length)))
    return replace(series, meetings=tuple(meetings))


def plain(record: Record, now: datetime) -> History:
    """The same history as the oracle wants to hear it."""
    notices = record.notices or {}
    turns, meetings = [], []
    for series in record.series:
        where = ZoneInfo(series.zone)
        for k, period in enumerate(series.periods):
            start, end = (
                datetime.combine(day, time(), where).astimezone(UTC)
                for day in (period.first, period.until)
            )
            turns.append(Turn(series.id, k, start, end))
        meetings += [
            Owed(
                str(m.key),
                series.id,
                m.period,
                m.key.n,
                m.key.original_start,
                series.length,
                notices.get(series.agreement, 24 * HOUR),
                has_time=m.span is not None,
            )
            for m in series.meetings
        ]
    zones = record.zones or {}
    rows = [_told(row, zones) for row in record.rows]
    return History.of(turns, meetings, rows, now, record.series[-1].zone)


def _told(row: Evidence, zones: Mapping[PersonId, str]) -> Told:
    since, _, until = row.detail.rpartition("/")
    is_promise = row.kind.value.startswith("promise")
    return Told(
        row.at,
        row.id,
        row.about,
        row.kind.value,
        row.source.value,
        str(row.by),
        instant_of(until),
        since=instant_of(since),
        day=date.fromisoformat(row.detail) if is_promise and row.detail else None,
        zone=zones.get(row.by, "UTC") if row.by else "UTC",
    )


def drawn(seed: int) -> Lived:
    """The history with this number."""
    return _Drawing(chance(seed)).history()


def chance(seed: int) -> random.Random:
    """Chance to draw from, the same each time."""
    return random.Random(seed)  # noqa: S311 - the same on purpose


@dataclass
class _Drawing:
    chance: random.Random
    rows: list[Evidence] = field(default_factory=list)

    def history(self) -> Lived:
        pick = self.chance
        zone = pick.choice(ZONES)
        cadence = pick.choice((Cadence("week"), Cadence("week", 2), MONTHLY))
        first = date(2026, 1, 1) + pick.randrange(400) * DAY
        old = self._series("s", "v1", zone, cadence, first, pick.randint(1, 8))
        series = [old]
        if pick.random() < 0.3:
            begins = old.periods[-1].until
            zone = pick.choice((zone, pick.choice(ZONES)))
            series.append(self._series("t", "v2", zone, cadence, begins, 3))
        start = series[0].first
        end = datetime.combine(series[-1].periods[-1].until, time(), UTC)
        self._pauses(start, end)
        self._promises(start, end)
        self._outages(start, end)
        now = start + pick.random() * (end + 60 * DAY - start)
        if pick.random() < 0.4:
            now = end + 60 * DAY
        pick.shuffle(self.rows)
        return lived(series, tuple(self.rows), now.replace(microsecond=0))

    def row(
        self,
        kind: EvidenceKind,
        about: object,
        at: datetime,
        source: SourceKind | None = None,
        *,
        by: PersonId | None = None,
        to: datetime | None = None,
        detail: str = "",
    ) -> None:
        at = at.replace(microsecond=0)
        source = source or self.chance.choice([*SourceKind])
        seen = at + self.chance.choice((0, 0, 1, 90)) * MINUTE
        name = EvidenceId(f"{self.chance.getrandbits(64):016x}")
        detail = stamp(to) if to else detail
        one = Evidence(name, PAIR, str(about), kind, at, seen, source, by, detail)
        self.rows += [one] * self.chance.choice((1, 1, 1, 2))

    def someone(self) -> PersonId:
        return self.chance.choice((MENTOR, MENTEE))

    def _series(
        self,
        name: str,
        version: str,
        zone: str,
        cadence: Cadence,
        first: date,
        count: int,
    ) -> Series:
        turns = periods(cadence, first, count)
        at = time(self.chance.choice((1, 2, 9, 15, 20)), self.chance.choice((0, 30)))
        minutes = self.chance.choice((45, 60))
        series = Series(
            SeriesId(name),
            PAIR,
            AgreementId(version),
            Uid(f"{name}@troth.test"),
            zone=zone,
            anchor=MENTOR,
            minutes=minutes,
            cadence=cadence,
            rrule="",
            first=self._start(turns[0], at, zone),
            periods=turns,
            meetings=(),
        )
        meetings: list[Meeting] = []
        for turn in turns:
            meetings += self._turn(series, turn, self._start(turn, at, zone))
        meetings.sort(key=lambda m: m.key)
        return replace(series, meetings=tuple(meetings))

    def _start(self, turn: Period, at: time, zone: str) -> datetime:
        day = turn.first + self.chance.randrange((turn.until - turn.first).days) * DAY
        return datetime.combine(day, at, ZoneInfo(zone)).astimezone(UTC)

    def _turn(self, series: Series, turn: Period, start: datetime) -> list[Meeting]:
        own = Meeting(
            MeetingKey(series.id, start), turn.index, Span(start, start + series.length)
        )
        if self.chance.random() < 0.08:
            own = replace(own, span=None, state=MeetingState.UNPLACED)
            if self.chance.random() < 0.3:
                self.row(Kind.SKIPPED, own.key, start + self._near(), SourceKind.PAGE)
        else:
            since = start - 40 * DAY
            self.row(Kind.BOOKED, own.key, since, SourceKind.TROTH, to=start)
            self._fate(own, start, series.length, since)
        return [own, *self._replacements(series, own, start)]

    def _replacements(
        self, series: Series, own: Meeting, start: datetime
    ) -> list[Meeting]:
        found = []
        for n in range(1, 1 + self.chance.choice((0, 0, 0, 1, 1, 2))):
            there = start + self.chance.choice((1, 2, 3, 26)) * n * DAY
            key = MeetingKey(series.id, own.key.original_start, n)
            span = Span(there, there + series.length)
            uid = Uid(f"{key}@troth.test")
            found.append(Meeting(key, own.period, span, uid=uid))
            since = there - self.chance.choice((2, 9)) * DAY
            self.row(Kind.BOOKED, key, since, to=there, by=MENTOR)
            self.row(Kind.REPLACED_BY, own.key, since)
            self._fate(found[-1], there, series.length, since)
        return found

    def _near(self) -> timedelta:
        """Some time before or after, often on the edge of a notice."""
        hours = self.chance.choice((0, -1, 1, -24, -48, -72, -100, -200, 20, 100))
        return hours * HOUR + self.chance.choice((0, 0, -1, 1)) * MINUTE

    def _fate(
        self, one: Meeting, start: datetime, length: timedelta, since: datetime
    ) -> None:
        """What happens to it after it was booked, at `since`."""
        pick = self.chance
        for _ in range(pick.choice((0, 0, 0, 1, 2))):
            at = max(since, start + self._near())
            start += pick.choice((-30, -3, 3, 24, 50)) * HOUR
            self.row(Kind.MOVED, one.key, at, by=self.someone(), to=start)
        if pick.random() < 0.35:
            fell = pick.choice((Kind.CANCELLED, Kind.DECLINED))
            at = max(since + HOUR, start + self._near())
            self.row(fell, one.key, at, by=self.someone())
            if pick.random() < 0.1:
                self.row(Kind.BOOKED, one.key, at + HOUR, to=start)
        if pick.random() < 0.15:
            at = max(since + HOUR, start + self._near())
            self.row(Kind.SKIPPED, one.key, at)
        if pick.random() < 0.2:
            self.row(Kind.CLASH, one.key, start + self._near())
            self.row(Kind.ACCEPTED, one.key, start + self._near())
        self._answers(one, start + length)

    def _answers(self, one: Meeting, end: datetime) -> None:
        pick = self.chance
        for _ in range(pick.choice((0, 0, 1, 1, 1, 2, 2, 3, 4))):
            days = pick.choice((0, 0.1, 1, 2, 6, 7, 8, 13, 14, 20, 30, 31))
            kind = pick.choice((Kind.SAID_MET, Kind.SAID_MET, Kind.SAID_NOT_MET))
            self.row(
                kind, one.key, end + days * DAY, SourceKind.PAGE, by=self.someone()
            )

    def _pauses(self, start: datetime, end: datetime) -> None:
        pick = self.chance
        for _ in range(pick.choice((0, 0, 0, 1, 2))):
            at = start + pick.random() * (end - start)
            since = at + pick.choice((0, 0, 4)) * DAY
            until = since + pick.choice((1, 7, 30)) * DAY
            detail = pick.choice((f"{stamp(since)}/{stamp(until)}", stamp(until), ""))
            self.row(Kind.PAUSED, "", at, SourceKind.PAGE, detail=detail)
            if pick.random() < 0.5:
                back = at + pick.choice((1, 5, 20, 60)) * DAY
                self.row(Kind.RESUMED, "", back, SourceKind.PAGE)
        if pick.random() < 0.1:
            self.row(Kind.CLOSED, "", start + pick.random() * (end - start))

    def _promises(self, start: datetime, end: datetime) -> None:
        pick = self.chance
        for n in range(pick.choice((0, 0, 1, 2, 5))):
            at, owner = start + pick.random() * (end - start), self.someone()
            day, about = at.date() + pick.randint(0, 30) * DAY, f"promise-{n}"
            self.row(Kind.PROMISED, about, at, by=owner, detail=str(day))
            for kind in pick.choice(_TURNS):
                at += pick.choice((0.01, 1, 5, 20)) * DAY
                day += pick.choice((-2, 1, 30)) * DAY
                detail = str(day) if kind is Kind.PROMISE_MOVED else ""
                self.row(kind, about, at, by=owner, detail=detail)

    def _outages(self, start: datetime, end: datetime) -> None:
        pick = self.chance
        for _ in range(pick.choice((0, 0, 1, 2, 3, 4))):
            about = pick.choice(CALENDARS)
            since = start - 10 * DAY + pick.random() * (end - start)
            hours = pick.choice((1, 12, 24, 24, 30, 200))
            if pick.random() < 0.9:
                self.row(Kind.CONNECTION_BROKEN, about, since, by=self.someone())
            if pick.random() < 0.85:
                self.row(Kind.CONNECTION_BACK, about, since + hours * HOUR)
