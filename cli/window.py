"""Days as a command is given them, and instants as it prints them."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from scheduler.errors import Refused
from scheduler.localtime import midnight
from scheduler.timespan import Span

FIRST_YEAR, LAST_YEAR = 1970, 2100


def between(first: str, until: str, where: ZoneInfo) -> Span:
    """From midnight of one day to midnight of another; `Refused` with E_DATE."""
    start, end = day(first, "--from"), day(until, "--until")
    if start >= end:
        raise Refused(
            "E_DATE",
            f"--until {end} must be after --from {start}: it is not included.",
            field="--until",
        )
    return Span(midnight(start, where), midnight(end, where))


def day(text: str, field: str) -> date:
    """A day as `2026-01-05`; `Refused` with E_DATE."""
    try:
        found = datetime.strptime(text.strip(), "%Y-%m-%d").date()  # noqa: DTZ007 - a day
    except ValueError:
        raise Refused(
            "E_DATE",
            f"{field} {text[:40]!r} is not a day; write it like 2026-01-05.",
            field=field,
        ) from None
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise Refused(
            "E_DATE",
            f"{field} {found} is outside the years {FIRST_YEAR} to {LAST_YEAR}.",
            field=field,
        )
    return found


def written(when: datetime) -> str:
    """An instant as `2026-01-05T09:00:00Z`."""
    return f"{when:%Y-%m-%dT%H:%M:%SZ}"
