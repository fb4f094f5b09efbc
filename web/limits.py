"""How often somebody may ask: token buckets in this process, without Redis.

A limit that needs a cache is silently off when the cache is gone; this one is not.
Each process counts for itself, so N web processes allow at most N times as much.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from ipaddress import ip_address

from config.settings import Network


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `burst` at once, refilled at `each_minute`."""

    burst: float
    each_minute: float


class Limited(Enum):
    """What is counted, each on its own."""

    PAGE = Limit(120, 120)
    #: Opening links, asking for fresh ones, signing in.
    DOOR = Limit(20, 10)
    #: Letters to one address that somebody asked for on a page.
    MAIL = Limit(3, 0.2)
    API = Limit(300, 300)
    #: Letters that a coordinator writes to pairs.
    WORD = Limit(30, 1)
    #: Messages of push channels that nobody could have sent who knows one.
    FORGED = Limit(60, 10)


class Buckets:
    """One bucket for each (kind, key); the longest unused are forgotten first."""

    def __init__(self, most_keys: int = 50_000) -> None:
        self._left: OrderedDict[tuple[Limited, str], tuple[float, datetime]] = (
            OrderedDict()
        )
        self._most_keys = most_keys

    def allow(self, kind: Limited, key: str, now: datetime) -> bool:
        """Take one; False when there is none left."""
        left, at = self._now_left(kind, key, now)
        allowed = left >= 1
        self._left.pop((kind, key), None)
        self._left[kind, key] = (left - 1 if allowed else left, at)
        while len(self._left) > self._most_keys:
            self._left.popitem(last=False)
        return allowed

    def is_spent(self, kind: Limited, key: str, now: datetime) -> bool:
        """Whether there is none left; takes nothing."""
        return self._now_left(kind, key, now)[0] < 1

    def _now_left(
        self, kind: Limited, key: str, now: datetime
    ) -> tuple[float, datetime]:
        limit = kind.value
        left, at = self._left.get((kind, key), (limit.burst, now))
        minutes = max(0.0, (now - at).total_seconds() / 60)
        return min(limit.burst, left + minutes * limit.each_minute), max(at, now)


def client_address(peer: str, forwarded: str, trusted: tuple[Network, ...]) -> str:
    """Who asks: the nearest address that is not one of our own proxies.

    `forwarded` is X-Forwarded-For, believed only as far as trusted proxies wrote it.
    """
    hops = [*(hop.strip() for hop in forwarded.split(",") if hop.strip()), peer]
    while len(hops) > 1 and _is_in(hops[-1], trusted):
        hops.pop()
    return hops[-1]


def _is_in(address: str, networks: tuple[Network, ...]) -> bool:
    try:
        ip = ip_address(address)
    except ValueError:
        return False
    return any(ip in network for network in networks if network.version == ip.version)
