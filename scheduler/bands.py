"""How a pair is doing, as far as its coordinator is told: one of five words.

product.md, What the coordinator sees; the first that fits.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import Enum

from scheduler.agreement import Agreement, AgreementState
from scheduler.connections import Connection, Health
from scheduler.series import LedgerRow, LedgerState, Series

#: Nothing booked for this many periods, and a pair needs a hand.
EMPTY_PERIODS = 1.5


class Band(Enum):
    """The words, in the order in which they are tried."""

    BROKEN = "connection broken"
    WAITING = "waiting to start"
    NEEDS_A_HAND = "needs a hand"
    STEADY = "steady"


def band(
    agreements: Sequence[Agreement],
    series: Sequence[Series],
    ledger: Sequence[LedgerRow],
    connections: Sequence[Connection],
    now: datetime,
    *,
    bounces: bool = False,
) -> Band:
    """The first band that fits a pair at an instant.

    `bounces`: mail to one of the two comes back.
    """
    if any(c.is_broken(now) or c.health is Health.NEEDS_CONSENT for c in connections):
        return Band.BROKEN
    ruling = [a for a in agreements if a.state is AgreementState.IN_FORCE]
    if not ruling:
        return Band.WAITING
    since = max(a.in_force_at or now for a in ruling)
    if bounces or _two_owed(ledger) or _is_empty(ruling[-1], series, since, now):
        return Band.NEEDS_A_HAND
    return Band.STEADY


def _two_owed(ledger: Sequence[LedgerRow]) -> bool:
    """Whether the last two fallen periods that are over were never made up for."""
    over = sorted(
        (r for r in ledger if r.state in {LedgerState.OWED, LedgerState.REPLACED}),
        key=lambda row: row.span,
    )
    last = over[-2:]
    follow = len(last) == 2 and last[0].span.end >= last[1].span.start
    return follow and all(row.state is LedgerState.OWED for row in last)


def _is_empty(
    ruling: Agreement, series: Sequence[Series], since: datetime, now: datetime
) -> bool:
    """Whether nothing stands booked, and nothing has for one and a half periods."""
    ends = [m.span.end for s in series for m in s.live() if m.span]
    if any(end > now for end in ends):
        return False
    days = 30 if ruling.terms.cadence.unit == "month" else ruling.terms.cadence.days
    return now - max([*ends, since]) > timedelta(days=days) * EMPTY_PERIODS
