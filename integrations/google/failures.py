"""What an answer of Google's means that is no success: by reason, not status alone.

Sources: developers.google.com/workspace/calendar/api/guides/errors and …/guides/quota
(reasons of 403 and 429), …/guides/sync (410), …/guides/version-resources (412),
RFC 9110 section 10.2.3 (Retry-After), promises.md F18, F21, F22, F24 to F29.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum

from scheduler.errors import (
    Conflict,
    CursorExpired,
    Exhausted,
    Gone,
    NeedsConsent,
    Refused,
    Rejected,
    Troth,
    Unavailable,
)


class Operation(Enum):
    """What was asked; the same status means another thing to each."""

    #: A list with a sync token.
    DELTA = "delta"
    #: A list without one: is the calendar there at all?
    LIST = "list"
    #: One event, or the instances of one.
    READ = "read"
    INSERT = "insert"
    #: A calendar: it gets no id of ours, so that a second one would be another one.
    MAKE = "make"
    CHANGE = "change"
    DELETE = "delete"
    WATCH = "watch"
    STOP = "stop"
    #: Whatever is asked about a document but a change of its text.
    DOCUMENT = "document"
    #: A change to one revision of a document.
    REWRITE = "rewrite"


class Trouble(Enum):
    """What an answer means, before what to do about it is said."""

    #: The token, the password, the grant is no longer good.
    LOGIN = "login"
    #: The grant does not cover this.
    SCOPE = "scope"
    #: Too many calls in a short while.
    RATE = "rate"
    #: Too many calls today.
    DAILY = "daily"
    #: 'Calendar usage limits exceeded': too many invitations; for hours.
    CALENDAR_USE = "calendar use"
    #: This person may not do this here.
    FORBIDDEN = "forbidden"
    #: Who runs Troth has to mend this: an API that is not enabled, a bare account.
    SETUP = "setup"
    #: Not there, or not there any more.
    MISSING = "missing"
    #: There already, or changed under us.
    CONFLICT = "conflict"
    #: The sync token is no longer good.
    STALE = "stale"
    #: Google does not answer now.
    SERVER = "server"
    #: It will never be taken.
    BAD = "bad"


_REASONS: Mapping[str, Trouble] = {
    "rateLimitExceeded": Trouble.RATE,
    "userRateLimitExceeded": Trouble.RATE,
    "RATE_LIMIT_EXCEEDED": Trouble.RATE,
    "dailyLimitExceeded": Trouble.DAILY,
    "dailyLimitExceededUnreg": Trouble.DAILY,
    "quotaExceeded": Trouble.CALENDAR_USE,
    "calendarUsageLimitsExceeded": Trouble.CALENDAR_USE,
    "authError": Trouble.LOGIN,
    "invalid_grant": Trouble.LOGIN,
    "insufficientPermissions": Trouble.SCOPE,
    "ACCESS_TOKEN_SCOPE_INSUFFICIENT": Trouble.SCOPE,
    "forbidden": Trouble.FORBIDDEN,
    "forbiddenForNonOrganizer": Trouble.FORBIDDEN,
    "requiredAccessLevel": Trouble.FORBIDDEN,
    "accessNotConfigured": Trouble.SETUP,
    "SERVICE_DISABLED": Trouble.SETUP,
    "forbiddenForServiceAccounts": Trouble.SETUP,
    "storageQuotaExceeded": Trouble.FORBIDDEN,
    # Too much was shared today (Drive, 'Resolve errors').
    "sharingRateLimitExceeded": Trouble.DAILY,
    # Its owner has taken Troth's access to this one file back.
    "appNotAuthorizedToFile": Trouble.MISSING,
    "channelIdNotUnique": Trouble.CONFLICT,
    "fullSyncRequired": Trouble.STALE,
    "updatedMinTooLongAgo": Trouble.STALE,
    "backendError": Trouble.SERVER,
    "internalError": Trouble.SERVER,
}
_STATUS: Mapping[int, Trouble] = {
    401: Trouble.LOGIN,
    403: Trouble.FORBIDDEN,
    404: Trouble.MISSING,
    408: Trouble.SERVER,
    409: Trouble.CONFLICT,
    410: Trouble.MISSING,
    412: Trouble.CONFLICT,
    425: Trouble.SERVER,
    429: Trouble.RATE,
}

#: How long to leave a calendar alone that has used up its invitations: ten calls a
#: day at most (promises.md F22).
CALENDAR_USE_PAUSE = timedelta(hours=3)
#: When the daily limit, or who runs Troth, is asked about again.
DAILY_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Failure:
    """An answer that is no success: its status, its reason, and when to come again.

    `after` is None where Google does not say. Nothing else of its body is kept.
    """

    status: int
    reason: str = ""
    after: timedelta | None = None

    @property
    def trouble(self) -> Trouble:
        """By the reason where it is known, else by the status."""
        by_status = _STATUS.get(self.status)
        if self.status in (401, 404, 412) and by_status is not None:
            return by_status
        found = _REASONS.get(self.reason)
        if found is not None:
            return found
        if self.status >= 500:
            return Trouble.SERVER
        return by_status or Trouble.BAD


def read_failure(
    status: int, headers: Mapping[str, str], body: bytes, now: datetime
) -> Failure:
    """An answer with a status of 400 or more. Header names are in small letters."""
    return Failure(
        status, _reason(body), retry_after(headers.get("retry-after", ""), now)
    )


def _reason(body: bytes) -> str:
    """The reason, from any of the three forms in which Google writes errors."""
    try:
        told = json.loads(body[:65_536])
    except (ValueError, RecursionError):
        return ""
    error = told.get("error") if isinstance(told, dict) else None
    if isinstance(error, str):  # the token endpoint, RFC 6749 section 5.2
        return error[:64]
    if not isinstance(error, dict):
        return ""
    for key in ("details", "errors"):
        each = error.get(key)
        for one in each if isinstance(each, list) else ():
            found = one.get("reason") if isinstance(one, dict) else None
            if isinstance(found, str) and found:
                return found[:64]
    return ""


def retry_after(text: str, now: datetime) -> timedelta | None:
    """Retry-After: seconds, or an HTTP date; never negative, never over a day."""
    text = text.strip()
    if text.isascii() and text.isdigit():
        return timedelta(seconds=min(int(text[:9]), 86_400))
    try:
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    when = when if when.tzinfo else when.replace(tzinfo=UTC)
    return min(max(when - now, timedelta(0)), timedelta(days=1))


# What to do -------------------------------------------------------------------------


def error(failure: Failure, operation: Operation) -> Troth | None:
    """The error of the port; None where the thing is done all the same.

    A calendar that is not there any more is one of unknown availability, never one
    without events (promises.md F29).
    """
    trouble = failure.trouble
    if trouble in _LOGIN:
        return NeedsConsent(_LOGIN[trouble])
    if trouble in _LATER:
        kind = Exhausted if trouble is Trouble.CALENDAR_USE else Unavailable
        return kind(_LATER[trouble], after=_seconds(failure))
    if trouble is Trouble.STALE:
        return _stale(failure, operation)
    if trouble is Trouble.CONFLICT:
        return Conflict(str(failure.status))
    return _BY_OPERATION[trouble](failure, operation)


_LOGIN = {
    Trouble.LOGIN: "Google does not let us in any more",
    Trouble.SCOPE: "what was allowed in Google does not cover this",
}
_LATER = {
    Trouble.RATE: "Google asks to be asked less often",
    Trouble.SERVER: "Google does not answer now",
    Trouble.DAILY: "Google answers no more today",
    Trouble.CALENDAR_USE: "this calendar has sent all the invitations Google lets it",
    Trouble.SETUP: "Google wants the settings of this installation mended",
}
_READING = frozenset((Operation.DELTA, Operation.LIST, Operation.WATCH))


def _stale(failure: Failure, operation: Operation) -> Troth:
    """Only what is listed has a token that may be too old."""
    if operation in (Operation.DELTA, Operation.LIST):
        return CursorExpired()
    return Unavailable("Google's answer makes no sense here", after=_seconds(failure))


def _missing(failure: Failure, operation: Operation) -> Troth | None:
    """404 and 410: of a sync token, of a calendar, of an event, of a channel."""
    if operation in (Operation.DELETE, Operation.STOP):
        return None
    if operation is Operation.DELTA and failure.status == 410:
        return CursorExpired()
    if operation in _READING:
        return Refused(
            "E_GOOGLE_GONE",
            "This calendar is not there any more, or not shared with you any more;"
            " choose another one.",
            field="url",
        )
    if operation in (Operation.INSERT, Operation.MAKE):
        return Rejected("the calendar is not there")
    return Gone("not there")


def _forbidden(failure: Failure, operation: Operation) -> Troth:
    if operation in _READING or operation is Operation.READ:
        return Refused(
            "E_GOOGLE_FORBIDDEN",
            "Google does not show this calendar to you any more; ask its owner to"
            " share it again, or choose another one.",
            field="url",
        )
    return Rejected(f"Google does not allow this here ({failure.reason or 403})")


def _bad(failure: Failure, operation: Operation) -> Troth:
    if operation is Operation.DELTA and failure.status == 400:
        return CursorExpired()  # a token of another calendar or of other parameters
    if operation is Operation.REWRITE and failure.status == 400:
        return Conflict("document")  # not its newest revision any more
    return Rejected(f"Google answers {failure.status} ({failure.reason})")


#: What the same answer means to one operation and not to another.
_BY_OPERATION: Mapping[Trouble, Callable[[Failure, Operation], Troth | None]] = {
    Trouble.MISSING: _missing,
    Trouble.FORBIDDEN: _forbidden,
    Trouble.BAD: _bad,
}


def _seconds(failure: Failure) -> float | None:
    least = _PAUSES.get(failure.trouble, timedelta(0))
    after = max(failure.after or timedelta(0), least)
    return after.total_seconds() or None


_PAUSES = {
    Trouble.CALENDAR_USE: CALENDAR_USE_PAUSE,
    Trouble.DAILY: DAILY_PAUSE,
    Trouble.SETUP: DAILY_PAUSE,
}


#: A call is made this often in all before its work goes back into the queue.
TRIES = 4
_FIRST, _LONGEST = timedelta(seconds=1), timedelta(seconds=64)


def backoff(attempt: int, random: float) -> timedelta:
    """How long to wait after a failed attempt, the first being 0: full jitter.

    A share of 1, 2, 4 … 64 seconds, `random` (0 to 1) of it: those who failed
    together do not come back together.
    """
    longest: timedelta = min(_LONGEST, _FIRST * (1 << min(attempt, 16)))
    return longest * random


def again(failure: Failure, attempt: int, random: float) -> timedelta | None:
    """How long to wait before the same call is made again; None: not here.

    At once and in place only what passes by itself in seconds. What Google asks to
    wait for longer than that goes back into the queue with its `Unavailable.after`.
    A repeat is safe: inserts carry their id, changes their etag (F25).
    """
    if failure.trouble not in (Trouble.RATE, Trouble.SERVER) or attempt + 1 >= TRIES:
        return None
    wait = max(backoff(attempt, random), failure.after or timedelta(0))
    return wait if wait <= _LONGEST else None
