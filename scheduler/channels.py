"""Push channels: what they tell is worth, how long they live, how often to ask beside.

A notification is only a hint that something may have changed: what did is always asked
by cursor, and a poll stands behind every channel (promises.md F14 to F17). Anybody can
send one; so it is believed only with the channel's own random token, compared in
constant time, for the resource that is watched, before the channel ends (S28).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum
from hmac import compare_digest

from scheduler.ids import CalendarId
from scheduler.secret import Secret

#: What is asked for; Google may give less, and never renews by itself.
LIFE = timedelta(days=7)
#: Without a live channel a calendar is polled this often (promises.md F17).
POLL = timedelta(minutes=15)
#: With one that is known to work: a backstop, 12 calls a day.
POLL_BESIDE_PUSH = timedelta(hours=2)


#: When a channel is asked for again that could not be had: four calls a day.
RETRY = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class Channel:
    """One channel that Troth opened for a calendar, or asked for.

    It is written down before it is asked for: `resource` is '' until the provider
    answers, or speaks through it. `heard`: a message has come, so that the provider
    reaches us. `stopped`: it is not listened to any more, though messages may come for
    a while.
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

    @property
    def renewed_at(self) -> datetime:
        """Half of its life: when the next one is opened."""
        return self.opened + (self.expires - self.opened) / 2


def asked(name: str, calendar: CalendarId, token: Secret, now: datetime) -> Channel:
    """A channel that is about to be asked for, with the end that is wished for."""
    return Channel(name, calendar, token, "", now, now + LIFE)


# Hearing ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Notification:
    """What one message says of itself; '' for what is not there."""

    channel: str
    token: Secret
    resource: str
    #: 'sync', 'exists' or 'not_exists'.
    state: str
    number: int = 0
    expires: datetime | None = None


class Heard(Enum):
    """What a message comes to; every one but the first two is ignored."""

    HINT = "something may have changed"
    SYNC = "the channel works"
    NOTHING = "no headers of a notification"
    UNKNOWN = "no such channel"
    TOKEN = "not the channel's token"  # noqa: S105 - a reason
    RESOURCE = "not the resource that is watched"
    EXPIRED = "the channel has ended"
    STATE = "a state that means nothing"

    @property
    def is_believed(self) -> bool:
        """Whether it came from the provider, as far as can be told."""
        return self in (Heard.HINT, Heard.SYNC)

    @property
    def is_forged(self) -> bool:
        """Whether whoever sent it did not know the token."""
        return self in (Heard.NOTHING, Heard.UNKNOWN, Heard.TOKEN)


def judge(told: Notification, channel: Channel | None, now: datetime) -> Heard:
    """What to make of a message; `channel` is the one of its id, if there is one.

    An unknown channel takes as long as a wrong token. One whose answer never came is
    known by its token alone. Numbers of messages jump ("this value will not be
    sequential") and prove nothing.
    """
    known = channel.token.reveal if channel else "?"
    same = compare_digest(
        told.token.reveal.encode(errors="backslashreplace"), known.encode()
    )
    if not told.channel or not told.state:
        return Heard.NOTHING
    if channel is None or channel.id != told.channel:
        return Heard.UNKNOWN
    if not same or not channel.token:
        return Heard.TOKEN
    if not told.resource or told.resource != (channel.resource or told.resource):
        return Heard.RESOURCE
    if not channel.is_live(now):
        return Heard.EXPIRED
    # 'not_exists': the calendar may be gone; that too is for a read to find out.
    states = {"sync": Heard.SYNC, "exists": Heard.HINT, "not_exists": Heard.HINT}
    return states.get(told.state, Heard.STATE)


def spoken(channel: Channel, told: Notification) -> Channel:
    """A channel after a message that is believed: it works, and says what it watches.

    So one whose answer was lost is ours all the same. Its end is only ever earlier
    than we thought: a message cannot make it live longer.
    """
    ends = min(channel.expires, told.expires or channel.expires)
    resource = channel.resource or told.resource
    return replace(channel, heard=True, resource=resource, expires=ends)


def answered(channel: Channel, answer: Channel) -> Channel:
    """A channel after the answer to its opening; what it said meanwhile stays."""
    return replace(channel, resource=answer.resource, expires=answer.expires)


# Renewing ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Renewal:
    """What is to be done about the channels of one calendar.

    `again`: one that was asked for and not answered, to be asked for once more under
    its own name: so a crash in between, or an answer that was lost, makes no second.
    """

    open: bool
    stop: tuple[Channel, ...]
    again: Channel | None = None


def renewal(channels: Iterable[Channel], now: datetime) -> Renewal:
    """A new one at half of the newest's life; the old ones end when it works.

    So there is always one: new before old is stopped, and the old one is stopped as
    soon as the new one was heard, since channels that nobody stops pile up
    (webhookdb #603). One that was never heard is renewed all the same. What is watched
    has one name for all of its channels, so one without an answer is stopped by it.
    """
    live = sorted((c for c in channels if c.is_live(now)), key=lambda c: c.opened)
    if not live:
        return Renewal(open=True, stop=())
    newest = live[-1]
    works = [n for n, one in enumerate(live) if one.heard]
    name = live[works[-1]].resource if works else ""
    old = live[: works[-1]] if works else []
    stop = tuple(replace(one, resource=one.resource or name) for one in old)
    if now >= newest.renewed_at:
        return Renewal(open=True, stop=stop)
    return Renewal(open=False, stop=stop, again=None if newest.resource else newest)


def look_again(channels: Iterable[Channel], now: datetime) -> datetime | None:
    """When there is something to be done about them: at half of the newest's life."""
    live = [one for one in channels if one.is_live(now)]
    return max(live, key=lambda one: one.opened).renewed_at if live else None


# Polling ----------------------------------------------------------------------------


def poll_every(channels: Iterable[Channel], now: datetime) -> timedelta:
    """How long to wait for a word before asking: longer beside a channel that works.

    Never longer than that channel lives, so that there is always one or a poll (F17).
    """
    ends = [one.expires for one in channels if one.heard and one.is_live(now)]
    if not ends:
        return POLL
    return min(POLL_BESIDE_PUSH, max(POLL, max(ends) - now))


def deaf(
    channels: Iterable[Channel], *, last: datetime | None, now: datetime
) -> tuple[Channel, ...]:
    """Channels that were silent about something that a poll found; not heard any more.

    `last` is when the calendar was read before. Had they told, it would have been read
    before its turn. They count again once they are heard (promises.md Y2).
    """
    live = tuple(one for one in channels if one.heard and one.is_live(now))
    if last is None or now - last < poll_every(live, last):
        return ()
    return tuple(replace(one, heard=False) for one in live)
