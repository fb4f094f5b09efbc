"""Due work: what is to be done, when, and who has it in hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from scheduler.ids import WorkId

#: How long a worker may be silent before its work is somebody else's.
LEASE = timedelta(seconds=45)


class WorkKind(Enum):
    """What is to be done; the subject says for which row."""

    #: Read one calendar. Subject: calendar id. Comes back every POLL_SECONDS, one at
    #: Google every 15 minutes, or every two hours beside a push channel.
    SYNC = "sync"
    #: Open, renew and stop the push channels of one calendar. Subject: calendar id.
    #: Comes back at half of the newest channel's life.
    WATCH = "watch"
    #: Compare what calendars say with what is booked. Subject: pair id.
    OBSERVE = "observe"
    #: Search a slot and book it. Subject: pair id.
    PLAN = "plan"
    #: Questions, reminders, letters, overdue rows. Subject: pair id. Comes back at
    #: the pair's next duty.
    TEND = "tend"
    #: Renew the agenda in the next meeting of written copies. Subject: pair id.
    REFRESH = "refresh"
    #: Do one effect of the outbox. Subject: outbox id.
    SEND = "send"
    #: Read the reply mailbox. Subject: empty. Comes back every POLL_SECONDS.
    READ_MAIL = "read mail"
    #: Count the pairs of a programme. Subject: programme id. Comes back each Monday.
    SNAPSHOT = "snapshot"
    #: Seal yesterday's audit, drop what is too old. Subject: empty. Every night.
    RETAIN = "retain"
    #: Erase somebody. Subject: person id. Comes back until it is done.
    ERASE = "erase"
    #: End a grant that nothing needs any more. Subject: account id.
    REVOKE = "revoke"


@dataclass(frozen=True, slots=True)
class Work:
    """One row of due work; there is at most one for each kind and subject."""

    id: WorkId
    kind: WorkKind
    subject: str
    due_at: datetime
    #: Times it was begun since it was last done: our own counter, never the queue's.
    attempts: int = 0


@dataclass(frozen=True, slots=True)
class Lease:
    """Work in one worker's hands. `no` is the fencing number: it only ever rises."""

    work: Work
    no: int
    until: datetime


def pause(attempts: int, chance: float) -> timedelta:
    """How long to wait after this many failed attempts: 1 minute to 4 hours.

    Exponential with full jitter; `chance` in [0, 1) is drawn by the caller.
    """
    most = min(60.0 * 2 ** min(attempts - 1, 20), 4 * 3600.0)
    return timedelta(seconds=max(1.0, most * chance))


def retry_at(
    now: datetime, *, attempts: int, chance: float, after: float | None = None
) -> datetime:
    """When failed work is due again: after a pause, and never before `after` seconds.

    `after` is what the other side asked for (Retry-After).
    """
    wait = pause(attempts, chance)
    if after is not None:
        wait = max(wait, timedelta(seconds=after))
    return now + wait
