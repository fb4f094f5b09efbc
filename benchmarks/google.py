"""Calls of Google Calendar: our client and Google's own, before the same site.

The site is a process of its own that answers at once, so that callers are measured and
nothing else. Both read a delta with one changed event, and must read the same.
"""

import asyncio
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from time import perf_counter
from typing import Any

from benchmarks.measure import (
    Plan,
    Row,
    against,
    agree,
    installed,
    say,
    timed,
    turns,
)
from benchmarks.peers.calling import GoogleClient
from benchmarks.peers.canned import DELTA
from benchmarks.peers.reading import has
from integrations.addresses import read_address
from integrations.google.client import Google, Installation
from integrations.google.failures import Operation
from integrations.google.oauth import Client, Endpoints
from integrations.google.protocol import delta_read
from integrations.google.turnstile import World
from integrations.google.wire import wire
from scheduler.accounts import Account
from scheduler.ids import AccountId, PersonId
from scheduler.secret import Secret

PEER = "google-api-python-client"
#: What Google gives the whole project: 10,000 a minute (guides/quota).
QUOTA = 167
CALLS = 400
AT_ONCE = 20
_ASKED = delta_read("primary", "CPDAlvWDx70CEPDAlvWDx70CGAU=")
_ACCOUNT = Account(
    AccountId("a"), PersonId("p"), "1", "a@gmail.test", Secret("1//canned")
)


class Grants:
    """The one account there is."""

    async def get(self, account: AccountId) -> Account:
        """That one."""
        return replace(_ACCOUNT, id=account)

    async def programme(self, account: AccountId) -> str:
        """None is looked for."""
        return str(account)

    async def change(self, used: Account, news: Account) -> None:
        """Nothing is kept."""


class Hurry:
    """A clock that goes on whenever it is read, so that no quota makes anybody wait."""

    def __init__(self) -> None:
        self._now = datetime(2026, 3, 2, tzinfo=UTC)

    def now(self) -> datetime:
        """A third of a second later than before."""
        self._now += timedelta(seconds=1 / 3)
        return self._now


@contextmanager
def site() -> Iterator[str]:
    """The site in a process of its own; where it is."""
    command = [sys.executable, "-m", "benchmarks.peers.canned"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None  # noqa: S101 - a pipe was asked for
            yield f"http://127.0.0.1:{process.stdout.readline().strip()}"
        finally:
            process.terminate()


class Ours:
    """Our client with all that it does by itself: tokens, turns, repeats."""

    def __init__(self, root: str) -> None:
        ends = Endpoints(f"{root}/auth", f"{root}/token", f"{root}/revoke")
        client = Client("troth", Secret("hush"), "https://troth.test/back", ends)
        self._google = Google(
            Installation(client, read_address(f"{root}/")),
            Grants(),
            world=World(Hurry().now, asyncio.sleep, lambda: 0.5),
        )
        self._ask = self._google.account(_ACCOUNT.id)
        self._loop = asyncio.new_event_loop()

    def one(self) -> Any:
        """One call, from the values that ask to the values of its answer."""
        return self.run(self._ask(_ASKED, Operation.DELTA))

    def several(self, calls: int) -> None:
        """So many, some of them at once."""

        async def all_of_them() -> None:
            for _ in range(calls // AT_ONCE):
                asking = (self._ask(_ASKED, Operation.DELTA) for _ in range(AT_ONCE))
                await asyncio.gather(*asking)

        self.run(all_of_them())

    def run(self, work: Any) -> Any:
        """Have it done."""
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        """End its connections."""
        self.run(self._google.close())
        self._loop.close()


def versions() -> Iterator[str]:
    """Of all that is measured here."""
    yield from installed("aiohttp", PEER, "google-auth", "httplib2")


def run(plan: Plan) -> Iterator[Row]:
    """Calls by the processor's time and by the clock; requests alone; the quota."""
    say("calls of Google Calendar")
    calls = AT_ONCE if plan.is_small else CALLS
    with site() as root:
        ours = Ours(root)
        peer = _peer(root)
        try:
            agree("our client", ours.one(), DELTA)
            yield from _rows(plan.rounds, calls, ours, peer)
        finally:
            ours.close()
            if peer is not None:
                peer.close()


def _peer(root: str) -> GoogleClient | None:
    if not has("googleapiclient"):
        return None
    peer = GoogleClient(root, dict(_ASKED.params))
    for name, way in (("as documented", peer.documented), ("kept", peer.kept)):
        agree(f"{PEER}, {name}", way(), DELTA)
    return peer


def _rows(
    rounds: int, calls: int, ours: Ours, peer: GoogleClient | None
) -> Iterator[Row]:
    work = "a delta of one event, asked for and read"
    if peer is None:
        (mine,) = turns(rounds, timed(ours.one, calls))
        yield against(work, mine, PEER, None, 5)
        yield _quota(mine)
        return
    mine, documented, kept = turns(
        rounds,
        timed(ours.one, calls),
        timed(peer.documented, calls),
        timed(peer.kept, calls),
    )
    yield against(work, mine, PEER, documented, 5)
    yield against("the same", mine, f"{PEER}, its `events()` kept", kept)
    mine_once, theirs_once = turns(
        rounds,
        clocked(lambda: ours.several(calls), calls),
        clocked(lambda: [peer.documented() for _ in range(calls)], calls),
    )
    yield Row(
        f"the same by the clock, {AT_ONCE} at once",
        f"{1 / mine_once:,.0f} a second",
        f"{PEER}, which blocks, {1 / theirs_once:,.0f} a second",
        theirs_once / mine_once,
        "≥ 5 x",
        theirs_once / mine_once >= 5,
    )
    request, theirs = turns(
        rounds,
        timed(lambda: wire(_ASKED), calls),
        timed(peer.request, calls),
    )
    yield against("its request alone", request, f"{PEER}, `events()` kept", theirs)
    yield _quota(mine)


def _quota(seconds: float) -> Row:
    share = seconds * QUOTA
    return Row(
        f"the whole project's quota, {QUOTA} calls a second",
        f"{share:.1%} of one processor",
        reach="≤ 10 %",
        is_reached=share <= 0.1,
    )


def clocked(work: Callable[[], object], calls: int) -> Callable[[], float]:
    """Seconds of the clock for one of the calls that this makes."""

    def once() -> float:
        began = perf_counter()
        work()
        return (perf_counter() - began) / calls

    return once
