"""The audit, sealed day by day: whoever changes a row later is found out.

The digest of a day is taken over its rows in order; its seal over that digest and the
seal of the day before, with a key that is not in the database. So a changed, added or
missing row shows in its day, and a changed seal in its own and the next (promises.md
S26). What the last day's rows were before they were sealed, nothing can show.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from scheduler.access import Audited

#: A day is sealed this long after its end: whatever was begun in it is kept by then.
MARGIN = timedelta(hours=1)
DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Sealed:
    """One day of the audit, in UTC, closed."""

    day: date
    rows: int
    #: SHA-256 over its rows.
    digest: str
    #: Over this day and the seal of the day before, with one of the secret keys.
    seal: str


class Wrong(Enum):
    """What is wrong with a day."""

    ROWS = "its rows are not those that were sealed"
    SEAL = "its seal is not one that Troth made, or its key is gone"
    MISSING = "it has no seal"


@dataclass(frozen=True, slots=True)
class Fault:
    """A day that is not as it was sealed."""

    day: date
    wrong: Wrong


class Digest:
    """The digest of a day, row by row."""

    def __init__(self) -> None:
        self._hash = hashlib.sha256()
        self.rows = 0

    def add(self, rows: Iterable[tuple[int, Audited]]) -> None:
        """Take these in, in order of their numbers."""
        for no, row in rows:
            at = row.at.isoformat(timespec="microseconds")
            parts = [no, at, row.programme, row.actor, row.act, row.about, row.cause]
            self._hash.update(json.dumps(parts).encode() + b"\n")
            self.rows += 1

    @property
    def hex(self) -> str:
        """As it is kept."""
        return self._hash.hexdigest()


def sealed_text(day: date, rows: int, digest: str, before: str) -> str:
    """What is signed: a day, and the seal of the one before (empty for the first)."""
    return json.dumps([day.isoformat(), rows, digest, before])


def last_full_day(now: datetime) -> date:
    """The newest day that may be sealed."""
    return (now - MARGIN).date() - DAY


def days_to_seal(
    newest: date | None, first_at: datetime | None, now: datetime
) -> tuple[date, ...]:
    """The days without a seal, oldest first, days without a row included."""
    if newest is not None:
        first = newest + DAY
    elif first_at is not None:
        first = first_at.date()
    else:
        return ()
    count = (last_full_day(now) - first).days + 1
    return tuple(first + n * DAY for n in range(max(count, 0)))
