"""When a letter may go out: not at night, and not on a day its reader calls quiet.

Only letters wait. What a calendar program reads (REQUEST, CANCEL) and what Troth
writes into calendars goes at once, always (promises.md I21).
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from scheduler.letters import ASKED_FOR, LetterKind
from scheduler.localtime import instant, zone
from scheduler.people import Person

#: Letters go out from OPENS up to, not including, CLOSES, on the reader's clock.
OPENS, CLOSES = time(7), time(21)
#: A change of a meeting that starts sooner than this is told at any hour.
PRESSING = timedelta(hours=12)

#: Letters that tell of a change of one meeting; the others can always wait.
_TELL_A_CHANGE = frozenset(
    {
        LetterKind.INVITATION,
        LetterKind.FELL_OUT,
        LetterKind.CLASH,
        LetterKind.REPAIRED,
        LetterKind.MOVED,
        LetterKind.GOODBYE,
    }
)


def is_quiet(at: datetime, zone_name: str, quiet_days: frozenset[int]) -> bool:
    """Whether no letter goes out at this instant to somebody who lives there."""
    local = at.astimezone(zone(zone_name))
    return not OPENS <= local.time() < CLOSES or local.weekday() in quiet_days


def open_from(at: datetime, zone_name: str, quiet_days: frozenset[int]) -> datetime:
    """The first instant from `at` on that is not quiet, in UTC.

    Whoever calls every day of the week quiet is written to on any day: otherwise
    nothing would ever reach them.
    """
    quiet = quiet_days if len(quiet_days) < 7 else frozenset[int]()
    where = zone(zone_name)
    if not is_quiet(at, zone_name, quiet):
        return at.astimezone(UTC)
    today = at.astimezone(where).date()
    mornings = (instant(today + timedelta(days=n), OPENS, where) for n in range(9))
    return next(m for m in mornings if m >= at and not is_quiet(m, zone_name, quiet))


def letter_at(
    kind: LetterKind, to: Person, now: datetime, meeting: datetime | None = None
) -> datetime:
    """When a letter decided now goes out; `meeting` is the start of what it tells of.

    What its reader has just asked for, and waits for, is not held.
    """
    if kind in ASKED_FOR:
        return now
    if (
        kind in _TELL_A_CHANGE
        and meeting is not None
        and now <= meeting < now + PRESSING
    ):
        return now
    return open_from(now, to.zone, to.quiet_days)
