"""The figures worked out a second time, from product.md alone.

'How things end, and the four rates', read sentence by sentence: slow and obvious. It
shares no line with the fold that it checks; it takes the periods, the meetings with
their first starts, the evidence, the agreed notice and the time that it is.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FAR = datetime(2200, 1, 1, tzinfo=UTC)
Stretch = tuple[datetime, datetime]


@dataclass(frozen=True)
class Turn:
    """A period: which, of which series, and from when until when."""

    series: str
    index: int
    start: datetime
    end: datetime


@dataclass(frozen=True)
class Told:
    """A row of evidence, in plain words."""

    at: datetime
    id: str
    about: str
    kind: str
    source: str
    by: str
    #: The start a meeting was given, or the end a pause was given.
    to: datetime | None = None
    #: The start a pause was given, where that is not the row itself.
    since: datetime | None = None
    #: The day a promise was given, and where its owner lives.
    day: date | None = None
    zone: str = "UTC"


@dataclass(frozen=True)
class Owed:
    """A meeting: `key` as evidence names it; `n` is 0 for the period's own."""

    key: str
    series: str
    period: int
    n: int
    original: datetime
    length: timedelta
    notice: timedelta
    has_time: bool = True


@dataclass
class Figures:
    """What a report says, in plain words."""

    outcomes: dict[tuple[str, int], str] = field(default_factory=dict)
    endings: dict[str, str] = field(default_factory=dict)
    rates: dict[str, tuple[int, int]] = field(default_factory=dict)


@dataclass
class History:
    """Everything that is known of a pair at an instant."""

    turns: list[Turn]
    meetings: list[Owed]
    rows: list[Told]
    now: datetime
    #: The zone of the anchor, whose months and days a window is made of.
    clock: str

    @classmethod
    def of(
        cls,
        turns: Iterable[Turn],
        meetings: Iterable[Owed],
        evidence: Iterable[Told],
        now: datetime,
        clock: str,
    ) -> History:
        """'The fold sorts by (at, id) and drops equal ids.'"""
        once = {row.id: row for row in evidence}.values()
        rows = sorted(once, key=lambda row: (row.at, row.id))
        return cls([*turns], [*meetings], rows, now, clock)

    def figures(self, window: Stretch) -> Figures:
        """The report for a window; every meeting's ending, in the window or not."""
        found = Figures()
        for one in self.meetings:
            found.endings[one.key] = self.ending(one)
        for turn in self.turns:
            if window[0] < turn.end <= window[1]:
                found.outcomes[turn.series, turn.index] = self.outcome(turn)
        outcomes = [*found.outcomes.values()]
        kept, repaired = outcomes.count("kept"), outcomes.count("repaired")
        owed = outcomes.count("owed")
        found.rates = {
            "cadence kept": (kept + repaired, kept + repaired + owed),
            "cancellations repaired": (repaired, repaired + owed),
            "notice given": self.notice(window),
            "promises kept": self.promises(window),
        }
        return found

    # --- how a meeting ends -----------------------------------------------------

    def about(self, one: Owed) -> list[tuple[Told, datetime]]:
        """The rows about a meeting, each with the start it had when that happened."""
        found, start = [], one.original
        for row in self.rows:
            if row.about == one.key:
                found.append((row, start))
                if row.kind in {"booked", "moved"} and row.to:
                    start = row.to
        return found

    def start(self, one: Owed) -> datetime:
        """Where it stands now."""
        given = [
            row.to for row, _ in self.about(one) if row.kind in {"booked", "moved"}
        ]
        return [one.original, *(to for to in given if to)][-1]

    def is_cancelled(self, one: Owed) -> bool:
        """'Before its start a person deleted, cancelled or declined it.'"""
        gone = False
        for row, start in self.about(one):
            if row.kind == "booked":
                gone = False
            if row.kind in {"cancelled", "declined"} and row.at < start:
                gone = True
        return gone

    def is_skipped(self, one: Owed) -> bool:
        """'... one proposed to leave it out and the other agreed.'

        What fell out is a row of the ledger, which both can leave out as well
        ('skipped') for as long as its period lasts.
        """
        end = next(
            t.end for t in self.turns if (t.series, t.index) == (one.series, one.period)
        )
        fell = not one.has_time or self.is_cancelled(one)
        agreed = False
        for row, start in self.about(one):
            if row.kind == "booked":
                agreed = False
            if row.kind == "skipped" and (row.at < start or (fell and row.at < end)):
                agreed = True
        return agreed

    def is_covered(self, one: Owed) -> bool:
        """'... or a pause or the closing covers it.'"""
        return self.is_paused(self.start(one))

    def answers(self, one: Owed) -> list[Told]:
        """What either said of it, up to 30 days after its end.

        What was said before a meeting was moved was said of another time.
        """
        said: list[Told] = []
        for row, _ in self.about(one):
            if row.kind == "moved":
                said = []
            in_time = row.at <= self.start(one) + one.length + 30 * DAY
            if row.kind in {"said met", "said not met"} and in_time:
                said.append(row)
        return said

    def ending(self, one: Owed) -> str:
        """The first table; an answer that they met changes any other ending."""
        said = {row.by: row.kind for row in self.answers(one)}
        if said and set(said.values()) == {"said met"}:
            return "held"
        if self.is_skipped(one) or self.is_covered(one):
            return "skipped"
        if self.is_cancelled(one):
            return "cancelled"
        return self.unsettled(one) if one.has_time else "no time"

    def unsettled(self, one: Owed) -> str:
        """Neither held nor taken out before its start: what silence makes of it."""
        answers = self.answers(one)
        words = {row.by: row.kind for row in answers}
        end = self.start(one) + one.length
        if self.now < end:
            return "ahead"
        if words and set(words.values()) == {"said not met"}:
            return "missed"
        return "asked" if self.now < self.patience(answers, end) else "unconfirmed"

    def patience(self, said: list[Told], end: datetime) -> datetime:
        """Until when it is asked: 7 days; 7 more once two answers came to differ.

        Never later than twice 7 days after the end (promises.md, I5).
        """
        words: dict[str, str] = {}
        differ: datetime | None = None
        for row in said:
            words[row.by] = row.kind
            if len(set(words.values())) == 1:
                differ = None
            elif differ is None:
                differ = row.at
        return min(differ + 7 * DAY, end + 14 * DAY) if differ else end + 7 * DAY

    # --- what becomes of a period -----------------------------------------------

    def outcome(self, turn: Turn) -> str:
        """The second table: the first line that fits."""
        inside = [
            m
            for m in self.meetings
            if (m.series, m.period) == (turn.series, turn.index)
        ]
        own = [m for m in inside if m.n == 0]
        endings = [self.ending(m) for m in inside]
        if self.now < turn.end or "ahead" in endings or "asked" in endings:
            return "open"
        if any(self.ending(m) == "held" for m in own):
            return "kept"
        if "held" in endings:
            return "repaired"
        last_instant = turn.end - timedelta(microseconds=1)
        if any(self.ending(m) == "skipped" for m in own) or self.is_paused(
            last_instant
        ):
            return "skipped"
        if "unconfirmed" in endings:
            return "unconfirmed"
        return "left out" if self.broken(turn) >= 24 * HOUR else "owed"

    def is_paused(self, at: datetime) -> bool:
        """Whether a pause, or the closing, covers an instant.

        What was said last before it decides: a pause from one day until another, that
        they go on, or that it is over.
        """
        said = [
            row
            for row in self.rows
            if row.kind in {"paused", "resumed", "closed"} and row.at <= at
        ]
        if not said or said[-1].kind == "resumed":
            return False
        last = said[-1]
        return (last.since or last.at) <= at < (last.to or FAR)

    def broken(self, turn: Turn) -> timedelta:
        """How long of a period some connection of either was broken."""
        stretches = [s for about in self.connections() for s in self.outages(about)]
        edges = {turn.start, turn.end}
        edges |= {e for s in stretches for e in s if turn.start < e < turn.end}
        total = timedelta()
        for start, end in pairwise(sorted(edges)):
            if any(since <= start and end <= until for since, until in stretches):
                total += end - start
        return total

    def connections(self) -> set[str]:
        """Everything that ever broke."""
        return {row.about for row in self.rows if row.kind == "connection broken"}

    def outages(self, about: str) -> list[Stretch]:
        """From each break of one connection until it was back, or until now."""
        found: list[Stretch] = []
        since: datetime | None = None
        for row in self.rows:
            if row.about == about and row.kind == "connection broken":
                since = since or row.at
            if row.about == about and row.kind == "connection back" and since:
                found.append((since, row.at))
                since = None
        return [*found, (since, self.now)] if since else found

    # --- the third rate ---------------------------------------------------------

    def notice(self, window: Stretch) -> tuple[int, int]:
        """'Meetings and replacements that a person ... each once', by first change."""
        given = counted = 0
        for one in self.meetings:
            if not window[0] <= one.original < window[1]:
                continue
            for row, start in self.about(one):
                if self.is_change(row) and row.at < start:
                    counted += 1
                    given += start - row.at >= one.notice
                    break
        return given, counted

    def is_change(self, row: Told) -> bool:
        """'Not counted: what both agreed to in Troth (... offered move, close).'"""
        if row.kind in {"cancelled", "declined"}:
            return row.source != "troth"
        return row.kind == "moved" and row.source not in {"troth", "page"}

    # --- the fourth rate --------------------------------------------------------

    def promises(self, window: Stretch) -> tuple[int, int]:
        """'Kept / kept + overdue', each 'by its last agreed date'."""
        kept = overdue = 0
        for about in {row.about for row in self.rows if row.kind == "promised"}:
            story = [row for row in self.rows if row.about == about]
            made = next(n for n, row in enumerate(story) if row.kind == "promised")
            told = story[made:]
            day = [row.day for row in told if row.day][-1]
            if not window[0] <= midnight(day, self.clock) < window[1]:
                continue
            over = midnight(day + DAY, told[0].zone) <= self.now
            last = told[-1].kind
            kept += last == "promise kept"
            overdue += over and last in {"promised", "promise moved"}
        return kept, kept + overdue


def midnight(day: date, zone: str) -> datetime:
    """When a day begins where somebody lives."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)
