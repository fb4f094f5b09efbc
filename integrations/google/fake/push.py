"""Notification channels and their messages ('Push notifications').

A message is a POST with headers and no body: that something changed, never what.
Nobody renews a channel: at its expiration it is silent.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

from integrations.google.fake.problems import (
    Answered,
    Json,
    Problem,
    bad_request,
    invalid,
    required,
)
from integrations.google.fake.world import Behaviour, Call

_NAME = re.compile(r"[A-Za-z0-9\-_+/=]{1,64}")


@dataclass(frozen=True, slots=True)
class Push:
    """One message on its way to `address`."""

    address: str
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Channel:
    """One subscription; `number` is that of the last message."""

    id: str
    resource: str
    uri: str
    address: str
    calendar: str
    user: str
    expiration: datetime
    token: str | None = None
    number: int = 0
    stopped: datetime | None = None

    def is_live(self, now: datetime, lingering: timedelta) -> bool:
        """Whether it still tells: for a while after a stop, never after its end."""
        told_off = self.stopped is not None and now >= self.stopped + lingering
        return now < self.expiration and not told_off

    def message(self, state: str) -> Push:
        """The message that this channel sends now; numbers rise, with gaps."""
        headers = {
            "X-Goog-Channel-ID": self.id,
            "X-Goog-Message-Number": str(self.number),
            "X-Goog-Resource-ID": self.resource,
            "X-Goog-Resource-State": state,
            "X-Goog-Resource-URI": self.uri,
            "X-Goog-Channel-Expiration": format_datetime(self.expiration, usegmt=True),
        }
        if self.token is not None:
            headers["X-Goog-Channel-Token"] = self.token
        return Push(self.address, headers)


Channels = Mapping[str, Channel]
#: The channels after a call, its answer, and what is sent.
Watched = tuple[Channels, Json | None, tuple[Push, ...]]


def watch(
    channels: Channels, call: Call, calendar: str, uri: str, behaviour: Behaviour
) -> Watched:
    """events.watch: a channel with an end; its first message is `sync`."""
    body = call.body
    name = _checked(body)
    if name in channels:
        raise bad_request("channelIdNotUnique", f"Channel id {name} not unique")
    longest = call.now + behaviour.channel_life
    channel = Channel(
        id=name,
        resource=sha256(f"{call.user}/{uri}".encode()).hexdigest()[:27],
        uri=uri,
        address=body["address"],
        calendar=calendar,
        user=call.user,
        expiration=min(_wanted(body, call.now) or longest, longest),
        token=body.get("token"),
        number=1,
    )
    answer = {
        "kind": "api#channel",
        "id": name,
        "resourceId": channel.resource,
        "resourceUri": uri,
        "expiration": str(int(channel.expiration.timestamp() * 1000)),
        **({"token": channel.token} if channel.token is not None else {}),
    }
    return {**channels, name: channel}, answer, (channel.message("sync"),)


def _checked(body: Mapping[str, Any]) -> str:
    for field in ("id", "type", "address"):
        if not body.get(field):
            raise required(f"resource.{field}", kind="body")
    name: str = body["id"]
    if not _NAME.fullmatch(name):
        raise invalid("Invalid channel id.", "resource.id")
    if body["type"] not in {"web_hook", "webhook"}:
        raise invalid("Unknown channel type.", "resource.type")
    if len(body.get("token") or "") > 256:
        raise invalid("Channel token too long.", "resource.token")
    if urlsplit(body["address"]).scheme != "https":
        message = "WebHook callback must be HTTPS: " + body["address"]
        raise bad_request("push.webhookUrlNotHttps", message)
    return name


def _wanted(body: Mapping[str, Any], now: datetime) -> datetime | None:
    """The end that the client asks for, in milliseconds or as a `ttl` in seconds."""
    if body.get("expiration") is not None:
        when = datetime.fromtimestamp(int(body["expiration"]) // 1000, UTC)
        if when <= now:
            raise invalid("Channel expiration lies in the past.", "resource.expiration")
        return when
    ttl = (body.get("params") or {}).get("ttl")
    return now + timedelta(seconds=int(ttl)) if ttl else None


def stop(channels: Channels, call: Call) -> Watched:
    """channels.stop, by the user who made it; 404 for any other."""
    name, resource = call.body.get("id", ""), call.body.get("resourceId")
    channel = channels.get(name)
    known = channel is not None and channel.user == call.user
    if channel is None or not known or channel.resource != resource:
        message = f"Channel '{name}' not found for project"
        raise Answered(Problem(404, "notFound", message))
    stopped = replace(channel, stopped=call.now)
    return {**channels, name: stopped}, None, ()


def tell(
    channels: Channels, calendars: Iterable[str], now: datetime, lingering: timedelta
) -> tuple[Channels, tuple[Push, ...]]:
    """The messages that changes in these calendars set off."""
    changed, sent = frozenset(calendars), []
    out = dict(channels)
    for channel in channels.values():
        if channel.calendar in changed and channel.is_live(now, lingering):
            step = 1 + channel.number % 3  # 'may not be sequential'
            told = replace(channel, number=channel.number + step)
            out[told.id] = told
            sent.append(told.message("exists"))
    return out, tuple(sent)
