"""Push channels: how long they live, and how often to ask beside them.

A notification is only a hint: what changed is always asked by cursor, and a poll
stands behind every channel (promises.md F14 to F17).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.ids import CalendarId
from scheduler.secret import Secret

#: What is asked for; Google may give less, and never renews by itself.
LIFE = timedelta(days=7)
#: Without a live channel a calendar is polled this often (promises.md F17).
POLL = timedelta(minutes=15)
#: With one that is known to work: a backstop, 12 calls a day.
POLL_BESIDE_PUSH = timedelta(hours=2)


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel that Troth opened for a calendar.

    `heard`: its first message has come, so that the provider reaches us. `stopped`: it
    is not listened to any more, though messages may come for a while.
    """

    id: str
    calendar: CalendarId
    token: Secret
    #: What the provider calls the watched calendar ('X-Goog-Resource-ID').
    resource: str
    opened: datetime
    expires: datetime
    heard: bool = False
    stopped: bool = False

    def is_live(self, now: datetime) -> bool:
        """Whether it counts at this instant."""
        return not self.stopped and now < self.expires


@dataclass(frozen=True, slots=True)
class Renewal:
    """What is to be done about the channels of one calendar."""

    open: bool
    stop: tuple[Channel, ...]


def renewal(channels: Iterable[Channel], now: datetime) -> Renewal:
    """A new one at half of the newest's life; the old ones end when it works.

    So there is always one: new before old is stopped, and the old one is stopped as
    soon as the new one was heard, since channels that nobody stops pile up
    (webhookdb #603). One that was never heard is renewed all the same.
    """
    live = sorted((c for c in channels if c.is_live(now)), key=lambda c: c.opened)
    if not live:
        return Renewal(open=True, stop=())
    newest = live[-1]
    half = newest.opened + (newest.expires - newest.opened) / 2
    works = [n for n, one in enumerate(live) if one.heard]
    old = live[: works[-1]] if works else []
    return Renewal(open=now >= half, stop=tuple(old))


def poll_every(channels: Iterable[Channel], now: datetime) -> timedelta:
    """How often to ask without being told: seldom only beside a channel that works."""
    works = any(one.heard and one.is_live(now) for one in channels)
    return POLL_BESIDE_PUSH if works else POLL
