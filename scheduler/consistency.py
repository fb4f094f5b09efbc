"""Consistency: what became of each period, and four rates with their denominators.

product.md, 'How things end, and the four rates'. A fold over evidence: neither the
order of its rows nor their repetition changes a figure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from scheduler.cadence import add_months
from scheduler.endings import Ending, Seen, by_meeting
from scheduler.evidence import Evidence, EvidenceKind, in_order
from scheduler.ids import AgreementId, PairId, PersonId, SeriesId
from scheduler.localtime import midnight, zone
from scheduler.pauses import Rest, rest
from scheduler.series import LedgerRow, Meeting, MeetingKey, MeetingState, Series
from scheduler.timespan import Span, Spans
from scheduler.word import given_words, word_kept

#: A period with this much of an outage in it is not counted.
OUTAGE = timedelta(hours=24)
#: What may still become of a meeting keeps its period open.
_WAITS = frozenset({Ending.AHEAD, Ending.ASKED})
_STANDS = _WAITS | {Ending.HELD}
#: Fewer than this, and a rate is 'not enough yet'.
ENOUGH = 3
#: The minimum notice where a version does not say (product.md, Agreements).
NOTICE = timedelta(hours=24)


class Outcome(Enum):
    """What became of a period, in the order in which the first that fits is taken."""

    OPEN = "open"
    KEPT = "kept"
    REPAIRED = "repaired"
    SKIPPED = "skipped"
    UNCONFIRMED = "unconfirmed"
    LEFT_OUT = "left out"
    OWED = "owed"


#: The outcomes of which a letter says that they were due.
DUE = frozenset({Outcome.KEPT, Outcome.REPAIRED, Outcome.OWED})


@dataclass(frozen=True, slots=True)
class EndedMeeting:
    """One meeting, where it stands now and how it ended."""

    key: MeetingKey
    start: datetime
    ending: Ending


@dataclass(frozen=True, slots=True)
class EndedPeriod:
    """One period, its meetings and its one outcome."""

    series: SeriesId
    index: int
    span: Span
    outcome: Outcome
    meetings: tuple[EndedMeeting, ...] = ()
    #: A pause covers its last day, and nothing was or will be held in it.
    is_paused: bool = False


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate as what it is made of; it is never shown as a bare percentage."""

    numerator: int = 0
    denominator: int = 0

    @property
    def is_enough(self) -> bool:
        """Whether there is enough to speak of; else 'not enough yet'."""
        return self.denominator >= ENOUGH


@dataclass(frozen=True, slots=True)
class Rates:
    """The four rates. There is no total."""

    cadence_kept: Rate
    cancellations_repaired: Rate
    notice_given: Rate
    promises_kept: Rate = Rate()

    def named(self) -> tuple[tuple[str, Rate], ...]:
        """Each with the name that pages, letters and JSON give it."""
        return (
            ("cadence kept", self.cadence_kept),
            ("cancellations repaired", self.cancellations_repaired),
            ("notice given", self.notice_given),
            ("promises kept", self.promises_kept),
        )


@dataclass(frozen=True, slots=True)
class Report:
    """Everything `troth report` prints of one pair, for one window."""

    pair: PairId
    window: Span
    periods: tuple[EndedPeriod, ...]
    rates: Rates
    ledger: tuple[LedgerRow, ...]
    evidence: tuple[Evidence, ...]

    def count(self, outcome: Outcome) -> int:
        """How many periods of the window came out like this."""
        return sum(period.outcome is outcome for period in self.periods)

    def counts(self) -> tuple[tuple[str, int], ...]:
        """What letters say: `due`, then every outcome by its name."""
        due = sum(period.outcome in DUE for period in self.periods)
        return (("due", due), *((one.value, self.count(one)) for one in Outcome))


@dataclass(frozen=True, slots=True)
class Record:
    """What is on record of one pair; `rows` is evidence in any order."""

    pair: PairId
    series: tuple[Series, ...]
    rows: tuple[Evidence, ...]
    ledger: tuple[LedgerRow, ...] = ()
    #: The minimum notice of each version that a series was booked under.
    notices: Mapping[AgreementId, timedelta] | None = None
    #: Where each of the two lives: their promises are over by their own clock.
    zones: Mapping[PersonId, str] | None = None

    def seen(self) -> dict[MeetingKey, Seen]:
        """What was seen of every meeting, by its key."""
        rows = in_order(self.rows)
        about, pauses = by_meeting(rows), rest(rows).spans
        return {
            m.key: Seen(
                m, about.get(str(m.key), ()), pauses, series.span_of(m.period).end
            )
            for series in self.series
            for m in series.meetings
        }

    def periods(self, now: datetime) -> tuple[EndedPeriod, ...]:
        """Every period of every series, oldest first, as things stand at `now`."""
        rows, seen = in_order(self.rows), self.seen()
        rests, outages = rest(rows), _outages(rows, now)
        found = [
            _period(series, index, seen, now, rests, outages)
            for series in self.series
            for index in range(len(series.periods))
        ]
        return tuple(sorted(found, key=lambda p: (p.span, p.series)))

    def report(self, window: Span, now: datetime) -> Report:
        """The figures of one window, as things stand at `now`.

        A period counts in the window in which it ends, one that ends with its last
        instant included; a change by the original start of its meeting; a promise by
        its last agreed date.
        """
        periods = tuple(
            p for p in self.periods(now) if window.start < p.span.end <= window.end
        )
        return Report(
            self.pair,
            window,
            periods,
            self._rates(periods, window, now),
            tuple(sorted(self.ledger, key=lambda row: (row.span, row.series))),
            in_order(self.rows),
        )

    def _rates(
        self, periods: Iterable[EndedPeriod], window: Span, now: datetime
    ) -> Rates:
        outcomes = [p.outcome for p in periods]
        kept = outcomes.count(Outcome.KEPT)
        repaired = outcomes.count(Outcome.REPAIRED)
        owed = outcomes.count(Outcome.OWED)
        return Rates(
            Rate(kept + repaired, kept + repaired + owed),
            Rate(repaired, repaired + owed),
            self._notice(window),
            self._promises(window, now),
        )

    def _notice(self, window: Span) -> Rate:
        seen, notices = self.seen(), self.notices or {}
        changes = [
            seen[m.key].change(notices.get(series.agreement, NOTICE))
            for series in self.series
            for m in series.meetings
            if window.start <= m.key.original_start < window.end
        ]
        return Rate(changes.count(True), len(changes) - changes.count(None))

    def _promises(self, window: Span, now: datetime) -> Rate:
        words = given_words(self.rows, self.zones or {})
        where = zone(self.series[-1].zone if self.series else "UTC")
        return Rate(*word_kept(words, window, now, where))


def month_before(now: datetime, zone_name: str) -> Span:
    """The calendar month before the one it is now in this zone."""
    where = zone(zone_name)
    today = now.astimezone(where).date()
    first, last = add_months(today, -1), add_months(today, 0)
    return Span(midnight(first, where), midnight(last, where))


def to_date(series: Iterable[Series], now: datetime) -> Span | None:
    """The agreement to date: from the first period to the end of the one under way."""
    spans = [s.span_of(n) for s in series for n in range(len(s.periods))]
    begun = [span for span in spans if span.start <= now]
    if not begun:
        return None
    return Span(
        min(span.start for span in begun), max(now, *(span.end for span in begun))
    )


def _period(
    series: Series,
    index: int,
    seen: Mapping[MeetingKey, Seen],
    now: datetime,
    rests: Rest,
    outages: Spans,
) -> EndedPeriod:
    span = series.span_of(index)
    meetings = [m for m in series.meetings if m.period == index]
    endings = {m.key: _ending(m, seen[m.key], now) for m in meetings}
    ended = tuple(
        EndedMeeting(m.key, m.span.start, ending)
        for m in meetings
        if m.span and (ending := endings[m.key])
    )
    own = frozenset(e for key, e in endings.items() if key.n == 0 and e)
    others = frozenset(e for key, e in endings.items() if key.n and e)
    left_out = sum((s.length for s in outages.clipped(span)), start=timedelta())
    outcome = _outcome(
        own,
        others,
        is_over=now >= span.end,
        paused=rests.has_last_day(span),
        outage=left_out,
    )
    is_paused = rests.pauses_last_day(span) and (
        outcome is Outcome.SKIPPED
        or (outcome is Outcome.OPEN and not (own | others) & _STANDS)
    )
    return EndedPeriod(series.id, index, span, outcome, ended, is_paused)


def _ending(meeting: Meeting, seen: Seen, now: datetime) -> Ending | None:
    """How it ended; None for a date that never had a time, unless it was left out."""
    if meeting.state is MeetingState.UNPLACED:
        return Ending.SKIPPED if seen.is_skipped() else None
    return seen.ending(now)


def _outcome(
    own: frozenset[Ending],
    others: frozenset[Ending],
    *,
    is_over: bool,
    paused: bool,
    outage: timedelta,
) -> Outcome:
    """The first line of the table that fits."""
    both = own | others
    fits = (
        (Outcome.OPEN, not is_over or bool(both & _WAITS)),
        (Outcome.KEPT, Ending.HELD in own),
        (Outcome.REPAIRED, Ending.HELD in others),
        (Outcome.SKIPPED, Ending.SKIPPED in own or paused),
        (Outcome.UNCONFIRMED, Ending.UNCONFIRMED in both),
        (Outcome.LEFT_OUT, outage >= OUTAGE),
    )
    return next((outcome for outcome, fit in fits if fit), Outcome.OWED)


def _outages(rows: Iterable[Evidence], now: datetime) -> Spans:
    """When a calendar connection of either was broken."""
    since: dict[str, datetime] = {}
    found: list[Span] = []
    for row in rows:
        if row.kind is EvidenceKind.CONNECTION_BROKEN:
            since.setdefault(row.about, row.at)
        elif row.kind is EvidenceKind.CONNECTION_BACK and row.about in since:
            found += _span(since.pop(row.about), row.at)
    still = [span for at in since.values() for span in _span(at, now)]
    return Spans.of(found + still)


def _span(start: datetime, end: datetime) -> list[Span]:
    return [Span(start, end)] if start < end else []
