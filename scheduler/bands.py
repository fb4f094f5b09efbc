"""How a pair is doing, as far as its coordinator is told: one of five words.

product.md, What the coordinator sees; the first that fits. What the two say and do is
read as the figures read it, so that the word never knows more than they do.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from scheduler.agreement import Agreement, AgreementState
from scheduler.connections import Connection
from scheduler.consistency import DUE, EndedPeriod, Outcome, Record
from scheduler.pauses import paused_at, rest
from scheduler.people import Pair, Person

#: Nothing booked for this many periods, and a pair needs a hand.
EMPTY_PERIODS = 1.5
#: So many due periods in a row that are owed, and a pair needs a hand.
OWED_PERIODS = 2


class Band(Enum):
    """The words, in the order in which they are tried."""

    BROKEN = "connection broken"
    PAUSED = "paused"
    WAITING = "waiting to start"
    NEEDS_A_HAND = "needs a hand"
    STEADY = "steady"


#: The bands of the pairs that a coordinator may want to write to.
TO_HELP = frozenset({Band.BROKEN, Band.WAITING, Band.NEEDS_A_HAND})


def band_of(
    pair: Pair,
    people: Sequence[Person],
    agreements: Sequence[Agreement],
    record: Record,
    connections: Sequence[Connection],
    now: datetime,
) -> Band | None:
    """The band of a pair; None for one that is closed: those are told apart.

    `connections` are both people's.
    """
    if pair.closed:
        return None
    bounces = any(person.bounced_at for person in people)
    return band(agreements, record, connections, now, bounces=bounces)


def band(
    agreements: Sequence[Agreement],
    record: Record,
    connections: Sequence[Connection],
    now: datetime,
    *,
    bounces: bool = False,
) -> Band:
    """The first band that fits a pair at an instant.

    `bounces`: mail to one of the two comes back.
    """
    if any(connection.is_broken(now) for connection in connections):
        return Band.BROKEN
    if paused_at(record.rows, now):
        return Band.PAUSED
    ruling = [a for a in agreements if a.state is AgreementState.IN_FORCE]
    if not ruling:
        return Band.WAITING
    if bounces or is_owing(record.periods(now)) or _is_empty(ruling[-1], record, now):
        return Band.NEEDS_A_HAND
    return Band.STEADY


def is_owing(periods: Sequence[EndedPeriod]) -> bool:
    """Whether the last two periods that were due are both owed.

    What is not due (skipped, paused, left out, unconfirmed, open) lies between them as
    if it were not there.
    """
    due = [period.outcome for period in periods if period.outcome in DUE]
    return due[-OWED_PERIODS:] == [Outcome.OWED] * OWED_PERIODS


def _is_empty(ruling: Agreement, record: Record, now: datetime) -> bool:
    """Whether nothing stands booked, and nothing has for one and a half periods.

    Counted from the last meeting, from the agreement, or from the end of the last
    pause, whichever came last.
    """
    ends = [m.span.end for s in record.series for m in s.live() if m.span]
    if any(end > now for end in ends):
        return False
    days = 30 if ruling.terms.cadence.unit == "month" else ruling.terms.cadence.days
    rested = [p.end for p in rest(record.rows).pauses if p.end <= now]
    since = max([ruling.in_force_at or now, *ends, *rested])
    return now - since > timedelta(days=days) * EMPTY_PERIODS
