"""Worlds drawn at random, and what product.md says of them, worked out by hand.

The tables ('How things end, and the four rates') are recomputed from the page alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from scheduler.consistency import (
    Rate,
    Record,
    Report,
)
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import AgreementId
from scheduler.series import Meeting, Series
from scheduler.timespan import Span
from tests.scheduler.pairs import (
    MENTEE,
    MENTOR,
    PAIR,
    a_replacement,
    a_series,
    row,
)

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LATER = datetime(2027, 1, 1, tzinfo=UTC)
CALENDAR = "calendar-of-ida"


@dataclass(frozen=True)
class World:
    """A series and what happened to it, in words of product.md."""

    series: Series
    rows: tuple[Evidence, ...]
    now: datetime

    def record(self) -> Record:
        notices = {AgreementId("v1"): timedelta(hours=24)}
        return Record(PAIR, (self.series,), self.rows, notices=notices)

    def report(self, window: Span | None = None) -> Report:
        window = window or Span(
            datetime(2026, 1, 1, tzinfo=UTC), datetime(2028, 1, 1, tzinfo=UTC)
        )
        return self.record().report(window, self.now)


#: What each fate leaves behind: kind, by whom, days after the end.
SAID = {
    "yes": [(EvidenceKind.SAID_MET, MENTOR, 1)],
    "no": [(EvidenceKind.SAID_NOT_MET, MENTEE, 1)],
    "late yes": [(EvidenceKind.SAID_MET, MENTOR, 20)],
    "too late yes": [(EvidenceKind.SAID_MET, MENTOR, 31)],
    "differ": [
        (EvidenceKind.SAID_MET, MENTOR, 1),
        (EvidenceKind.SAID_NOT_MET, MENTEE, 2),
    ],
    "differ late": [
        (EvidenceKind.SAID_MET, MENTOR, 1),
        (EvidenceKind.SAID_NOT_MET, MENTEE, 20),
    ],
    "agree at last": [
        (EvidenceKind.SAID_NOT_MET, MENTOR, 1),
        (EvidenceKind.SAID_MET, MENTEE, 2),
        (EvidenceKind.SAID_MET, MENTOR, 4),
    ],
}


def told(meeting: Meeting, fate: str, hours_before: int, moved: int) -> list[Evidence]:
    """The rows that one meeting leaves behind."""
    assert meeting.span
    key, start, end = meeting.key, meeting.span.start, meeting.span.end
    was = start - timedelta(hours=moved)
    rows = [row(EvidenceKind.BOOKED, key, was - 30 * DAY, to=was)]
    if moved:
        rows.append(row(EvidenceKind.MOVED, key, was - 60 * HOUR, to=start, by=MENTEE))
    if fate in {"cancelled", "declined", "skipped"}:
        before = start - timedelta(hours=hours_before)
        source = SourceKind.PAGE if fate == "skipped" else SourceKind.CALDAV
        rows.append(row(EvidenceKind(fate), key, before, by=MENTOR, source=source))
    for kind, by, days in SAID.get(fate, []):
        rows.append(row(kind, key, end + days * DAY, by=by))
    return rows


FATES = (
    "cancelled",
    "declined",
    "skipped",
    "yes",
    "no",
    "silence",
    "late yes",
    "too late yes",
    "differ",
    "differ late",
    "agree at last",
)


def notice_by_hand(fate: str, hours_before: int, moved: int) -> tuple[int, int]:
    """The third line of the rates: (given, counted) for one meeting."""
    if moved:
        return 1, 1
    if fate in {"cancelled", "declined"}:
        return int(hours_before >= 24), 1
    return 0, 0


def ending_by_hand(fate: str, end: datetime, now: datetime) -> str:
    """The first table of product.md, by what happened and what time it is."""
    fixed = {"cancelled": "cancelled", "declined": "cancelled", "skipped": "skipped"}
    if fate in fixed:
        return fixed[fate]
    said = {
        "yes": "held",
        "no": "missed",
        "late yes": "held",
        "agree at last": "held",
    }
    if fate in said:  # the worlds hold no rows from after `now`
        return said[fate]
    if now < end:
        return "ahead"
    until = end + {"differ": 9, "differ late": 14}.get(fate, 7) * DAY
    return "asked" if now < until else "unconfirmed"


def outcome_by_hand(
    own: str, others: list[str], *, over: bool, outage: timedelta
) -> str:
    """The second table of product.md: the first line that fits."""
    everything = [own, *others]
    if not over or "ahead" in everything or "asked" in everything:
        return "open"
    if own == "held":
        return "kept"
    if "held" in others:
        return "repaired"
    if own == "skipped":
        return "skipped"
    if "unconfirmed" in everything:
        return "unconfirmed"
    return "left out" if outage >= 24 * HOUR else "owed"


@dataclass(frozen=True)
class Drawn:
    """A world with the fates of each period's meetings, and outages in hours."""

    world: World
    fates: list[tuple[str, list[str]]]
    outages: list[int]
    notice: Rate


@dataclass
class Telling:
    """Fills a world, period by period."""

    draw: st.DrawFn
    series: Series
    rows: list[Evidence] = field(default_factory=list)
    meetings: list[Meeting] = field(default_factory=list)
    changes: list[tuple[int, int]] = field(default_factory=list)

    def own(self, own: Meeting) -> str:
        assert own.span
        fate = self.draw(st.sampled_from(FATES))
        moved = self.draw(st.sampled_from([0, 0, 3, -2]))
        by = moved * HOUR
        here = replace(own, span=Span(own.span.start + by, own.span.end + by))
        return self._add(here, fate, self.draw(st.sampled_from([1, 23, 24, 48])), moved)

    def other(self, own: Meeting, n: int) -> str:
        assert own.span
        start = own.span.start + (3 + n) * DAY
        fate = self.draw(st.sampled_from([f for f in FATES if f != "skipped"]))
        other = a_replacement(self.series, own.period, start, n + 1)
        return self._add(other, fate, self.draw(st.sampled_from([2, 30])), 0)

    def outage(self, own: Meeting) -> int:
        hours = self.draw(st.sampled_from([0, 0, 12, 24, 30]))
        since = self.series.span_of(own.period).start + 40 * HOUR
        if hours:
            back = since + hours * HOUR
            self.rows += [
                row(EvidenceKind.CONNECTION_BROKEN, CALENDAR, since),
                row(EvidenceKind.CONNECTION_BACK, CALENDAR, back),
            ]
        return hours

    def _add(self, meeting: Meeting, fate: str, hours: int, moved: int) -> str:
        self.meetings.append(meeting)
        self.rows += told(meeting, fate, hours, moved)
        self.changes.append(notice_by_hand(fate, hours, moved))
        return fate


@st.composite
def worlds(draw: st.DrawFn) -> Drawn:
    """Any small world."""
    series = a_series(draw(st.integers(1, 5)))
    telling = Telling(draw, series)
    fates, outages = [], []
    for own in series.meetings:
        others = range(draw(st.integers(0, 2)))
        fates.append((telling.own(own), [telling.other(own, n) for n in others]))
        outages.append(telling.outage(own))
    meetings = sorted(telling.meetings, key=lambda m: m.key)
    series = replace(series, meetings=tuple(meetings))
    given_notice = sum(given for given, _ in telling.changes)
    counted = sum(counted for _, counted in telling.changes)
    world = World(series, tuple(telling.rows), LATER)
    return Drawn(world, fates, outages, Rate(given_notice, counted))
