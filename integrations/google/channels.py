"""What Google says through a push channel, and what it proves.

A notification is only a hint that something may have changed: what did is always asked
by token (promises.md F14, F15). It carries nothing but headers, and anybody can send
one; so it is believed only with the channel's own random token, compared in constant
time, for the resource that is watched, before the channel ends (S28). Numbers of
messages jump ("this value will not be sequential") and prove nothing.

Source: developers.google.com/workspace/calendar/api/guides/push.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import Enum
from hmac import compare_digest
from typing import Any

from scheduler.channels import Channel
from scheduler.ids import CalendarId
from scheduler.secret import Secret

_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Longer headers than this are nobody's: ids have 64 characters, tokens 256.
_LONGEST = 512


@dataclass(frozen=True, slots=True)
class Notification:
    """The `X-Goog-*` headers of one message; '' for those that are not there."""

    channel: str
    token: Secret
    resource: str
    #: 'sync', 'exists' or 'not_exists'.
    state: str
    number: int = 0
    expires: datetime | None = None


def read_notification(headers: Mapping[str, str]) -> Notification:
    """The headers of a message, their names in any case. The body is empty."""
    told = {name.lower(): value.strip() for name, value in headers.items()}

    def header(name: str) -> str:
        value = told.get(f"x-goog-{name}", "")
        return value if len(value) <= _LONGEST else ""

    number = header("message-number")
    return Notification(
        channel=header("channel-id"),
        token=Secret(header("channel-token")),
        resource=header("resource-id"),
        state=header("resource-state").lower(),
        number=int(number) if number.isascii() and number.isdigit() else 0,
        expires=read_expiry(header("channel-expiration")),
    )


def read_expiry(text: str) -> datetime | None:
    """When a channel ends: milliseconds since 1970 (answer), or an HTTP date (header).

    None where it is neither.
    """
    text = text.strip()
    try:
        if text.isascii() and text.isdigit():
            return _EPOCH + int(text[:18]) * _MILLISECOND
        when = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return (when if when.tzinfo else when.replace(tzinfo=UTC)).astimezone(UTC)


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
        """Whether it came from Google, as far as can be told."""
        return self in (Heard.HINT, Heard.SYNC)


def judge(told: Notification, channel: Channel | None, now: datetime) -> Heard:
    """What to make of a message; `channel` is the one of its id, if there is one.

    An unknown channel takes as long as a wrong token.
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
    if told.resource != channel.resource:
        return Heard.RESOURCE
    if not channel.is_live(now):
        return Heard.EXPIRED
    # 'not_exists': the calendar may be gone; that too is for a read to find out.
    states = {"sync": Heard.SYNC, "exists": Heard.HINT, "not_exists": Heard.HINT}
    return states.get(told.state, Heard.STATE)


# Opening ----------------------------------------------------------------------------


def opened(
    answer: Mapping[str, Any], *, calendar: CalendarId, token: Secret, now: datetime
) -> Channel | None:
    """The channel that the answer to `watch` speaks of; None where it names none."""
    name, resource = answer.get("id"), answer.get("resourceId")
    if not (isinstance(name, str) and isinstance(resource, str) and name and resource):
        return None
    expires = read_expiry(str(answer.get("expiration") or ""))
    return Channel(
        name, calendar, token, resource, now, expires or now + timedelta(hours=1)
    )
