"""Calendar connections: where a person's calendar is, and how it is doing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from scheduler.events import Cursor
from scheduler.ids import AccountId, CalendarId, PersonId
from scheduler.secret import NO_SECRET, Secret


class CalendarKind(Enum):
    """How a calendar is reached."""

    CALDAV = "caldav"
    GOOGLE = "google"
    ICS = "ics"
    MEMORY = "memory"


class Health(Enum):
    """How a connection is doing; only its owner can mend the last one."""

    NEW = "new"
    GOOD = "good"
    FAILING = "failing"
    NEEDS_CONSENT = "needs consent"


#: A connection that fails for this long is broken: told once, and left out of figures.
BROKEN_AFTER = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Connection:
    """One calendar of one person.

    `url` of a published feed is itself a key, hence a secret; at Google it is the
    calendar's id, and `account` is what opens it. At most one connection of a person is
    `written`: Troth's own copies go there. In at most one it `invites`: events with
    guests may be made there, whom the provider tells.
    """

    id: CalendarId
    person: PersonId
    kind: CalendarKind
    url: Secret
    username: str = ""
    password: Secret = NO_SECRET
    #: What the owner calls it, for their page alone.
    label: str = ""
    written: bool = False
    invites: bool = False
    account: AccountId | None = None
    health: Health = Health.NEW
    #: Why it fails, in words for its owner (never a response body).
    trouble: str = ""
    cursor: Cursor | None = None
    #: The last instant at which a read succeeded.
    read_at: datetime | None = None
    failing_since: datetime | None = None
    #: The last date the source speaks about; None: no limit known.
    horizon: datetime | None = None
    #: Set when a full read came back almost empty, until a second one agrees.
    doubted_at: datetime | None = None

    def is_fresh(self, now: datetime, within: timedelta) -> bool:
        """Whether what we know of it is recent enough to offer times on it."""
        return (
            self.health is Health.GOOD
            and self.read_at is not None
            and now - self.read_at <= within
        )

    def is_broken(self, now: datetime) -> bool:
        """Whether it has failed for a day: see product.md, Honest outages."""
        since = self.failing_since
        return since is not None and now - since >= BROKEN_AFTER
