"""What Google says through a push channel, and when it is opened.

A message carries nothing but headers; what it proves, `scheduler.channels` says.

Source: developers.google.com/workspace/calendar/api/guides/push.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

from scheduler.channels import Channel, Notification
from scheduler.ids import CalendarId
from scheduler.secret import Secret

_MILLISECOND = timedelta(milliseconds=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
#: Longer headers than this are nobody's: ids have 64 characters, tokens 256.
_LONGEST = 512


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
