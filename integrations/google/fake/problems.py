"""What Google answers when it will not, in its own shape ('Handle API errors').

Every reason that Google documents has one maker here, so that a test and the script
of faults name the same thing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal; `location` is (kind, name), such as ('parameter', 'syncToken')."""

    status: int
    reason: str
    message: str
    domain: str = "global"
    location: tuple[str, str] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    #: APIs that are younger than Calendar and Drive say this, and no reason.
    status_name: str = ""

    def body(self) -> Json:
        """The JSON that Google sends with it."""
        if self.status_name:
            said = {"code": self.status, "message": self.message}
            return {"error": {**said, "status": self.status_name}}
        one = {"domain": self.domain, "reason": self.reason, "message": self.message}
        if self.location is not None:
            one["locationType"], one["location"] = self.location
        error = {"errors": [one], "code": self.status, "message": self.message}
        return {"error": error}


class Answered(Exception):
    """The request ends here, with this answer."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(f"{problem.status} {problem.reason}: {problem.message}")
        self.problem = problem


def invalid(message: str, where: str = "", *, kind: str = "parameter") -> Answered:
    """400: a value that is none."""
    location = (kind, where) if where else None
    return Answered(Problem(400, "invalid", message, location=location))


def required(what: str, *, kind: str = "parameter") -> Answered:
    """400: something must be given and is not."""
    message = f"Required {kind}: {what}"
    return Answered(Problem(400, "required", message, location=(kind, what)))


def bad_request(reason: str, message: str, where: str = "") -> Answered:
    """400 in Calendar's own words."""
    location = ("parameter", where) if where else None
    return Answered(Problem(400, reason, message, "calendar", location))


def not_found() -> Answered:
    """404: there is no such thing, or not for this user."""
    return Answered(Problem(404, "notFound", "Not Found"))


def forbidden(reason: str, message: str, domain: str = "calendar") -> Answered:
    """403, other than for quota."""
    return Answered(Problem(403, reason, message, domain))


UNAUTHORIZED = Problem(
    401,
    "authError",
    "Invalid Credentials",
    location=("header", "Authorization"),
    headers=(("WWW-Authenticate", 'Bearer realm="https://accounts.google.com/"'),),
)
INSUFFICIENT = Problem(
    403,
    "insufficientPermissions",
    "Request had insufficient authentication scopes.",
    headers=(
        (
            "WWW-Authenticate",
            'Bearer realm="https://accounts.google.com/", error="insufficient_scope"',
        ),
    ),
)
DUPLICATE = Problem(409, "duplicate", "The requested identifier already exists.")
DELETED = Problem(410, "deleted", "Resource has been deleted")
CHANGED = Problem(
    412,
    "conditionNotMet",
    "Precondition Failed",
    location=("header", "If-Match"),
)
FULL_SYNC = Problem(
    410,
    "fullSyncRequired",
    "Sync token is no longer valid, a full sync is required.",
    "calendar",
    ("parameter", "syncToken"),
)
TOO_LONG_AGO = Problem(
    410,
    "updatedMinTooLongAgo",
    "The requested minimum modification time lies too far in the past.",
    "calendar",
    ("parameter", "updatedMin"),
)
USER_RATE = Problem(
    403, "userRateLimitExceeded", "User Rate Limit Exceeded", "usageLimits"
)
RATE = Problem(403, "rateLimitExceeded", "Rate Limit Exceeded", "usageLimits")
DAILY = Problem(403, "dailyLimitExceeded", "Daily Limit Exceeded", "usageLimits")
#: The project's own daily threshold, which nobody can raise.
PROJECT_DAY = Problem(
    403, "quotaExceeded", "Quota exceeded for quota metric 'Queries'.", "usageLimits"
)
#: Too many outside guests, calendars or events of one user in a short time.
CALENDAR_USE = Problem(
    403, "quotaExceeded", "Calendar usage limits exceeded.", "usageLimits"
)
NON_ORGANIZER = Problem(
    403,
    "forbiddenForNonOrganizer",
    "Shared properties can only be changed by the organizer of the event.",
    "calendar",
)
FORBIDDEN = Problem(403, "forbidden", "Forbidden")
BACKEND = Problem(500, "backendError", "Backend Error")
UNAVAILABLE = Problem(503, "backendError", "Service Unavailable")


def too_many(seconds: int) -> Problem:
    """429, with the seconds after which to come again."""
    return Problem(
        429,
        "rateLimitExceeded",
        "Rate Limit Exceeded",
        "usageLimits",
        headers=(("Retry-After", str(seconds)),),
    )
