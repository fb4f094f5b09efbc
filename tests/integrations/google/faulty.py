"""A pair at Google through the real patience and real channels, and all that breaks.

No socket and no sleep: whoever waits moves the clock. Chance comes from one seed.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from random import Random
from typing import Any
from urllib.parse import parse_qsl

from integrations.google.calendar import Ask
from integrations.google.fake.faults import (
    PUSH,
    Copies,
    Drop,
    Fault,
    Hang,
    Refuse,
    Rule,
)
from integrations.google.fake.problems import (
    BACKEND,
    CHANGED,
    DUPLICATE,
    FULL_SYNC,
    RATE,
    UNAVAILABLE,
    USER_RATE,
    too_many,
)
from integrations.google.fake.push import Push
from integrations.google.fake.service import Asked
from integrations.google.patience import Patient, Sent, Shared
from integrations.google.turnstile import Turnstile
from integrations.google.turnstile import World as Outside
from integrations.google.watching import GoogleWatching
from integrations.google.wire import Wire
from scheduler.accounts import Need
from scheduler.connections import Connection
from scheduler.errors import Unavailable
from scheduler.ids import AccountId, CalendarId, PersonId
from scheduler.people import Pair
from scheduler.roster import PairWish, PersonWish
from scheduler.timespan import Span
from scheduler.usecases.add_pair import add_pair
from scheduler.usecases.hear_push import hear_push
from scheduler.usecases.sync_calendar import sync_calendar
from scheduler.usecases.watch_calendar import watch_calendar
from scheduler.work import WorkKind
from tests.usecases.breaking import Breaking, Crash
from tests.usecases.guesting import ALL, GuestingWorld
from tests.usecases.noticing import POLL

SATURDAY = 5
ADDRESS = "https://troth.test/webhooks/google"


class FaultyWorld(GuestingWorld):
    """Calls are made by `Patient`, changes are told by pushes that may go astray."""

    def __init__(self) -> None:
        super().__init__()
        self.chance = Random(0)  # noqa: S311 - repeatable
        #: While pushes come late and in any order.
        self.is_astray = False
        self.late: list[Push] = []
        self.by_account: dict[AccountId, str] = {}
        self._patients: dict[str, Patient] = {}
        self._shared: Shared | None = None

    def forget_calls(self) -> None:
        """As a process that begins: what its client knew is gone."""
        self._patients, self._shared = {}, None

    async def pair(self, mentor: str = "ida", mentee: str = "leyla") -> Pair:
        """Seven meetings, so that many scripts can be tried."""
        wish = PairWish(
            1,
            PersonWish(f"{mentor}@example.org", mentor.title(), "Europe/Berlin"),
            PersonWish(f"{mentee}@example.org", mentee.title(), "America/New_York"),
            first_day=date(2026, 3, 9),
            last_day=date(2026, 6, 14),
        )
        return await add_pair(
            self.programme, wish, begin=self.begin, clock=self.clock, ids=self.ids
        )

    # Calls

    def _ask(self, _account: AccountId, email: str) -> Ask:
        if email not in self._patients:
            outside = Outside(self.clock.now, self._sleep, self.chance.random)
            self._shared = self._shared or Shared(Turnstile(outside))
            send = partial(self._send, email)
            self._patients[email] = Patient(send, self._shared, outside)
        return self._patients[email]

    async def _sleep(self, seconds: float) -> None:
        self.clock.advance(timedelta(seconds=seconds))

    async def _send(self, email: str, sent: Wire) -> Sent:
        self.fuse.burn()
        path, _, query = sent.target.partition("?")
        token = self.google.token(email, "calendar.events.owned")
        headers = {name.lower(): value for name, value in sent.headers.items()}
        reply = self.google.handle(
            Asked(
                sent.method,
                f"/{sent.service}{path}",
                tuple(parse_qsl(query)),
                headers | {"authorization": f"Bearer {token}"},
                sent.body,
            )
        )
        self.fuse.burn()
        if reply.cut is not None:
            await self._sleep(reply.cut)
            raise Unavailable("cut")
        told = {name.lower(): value for name, value in reply.headers}
        body = b"" if reply.body is None else json.dumps(reply.body).encode()
        return Sent(reply.status, told, body)

    async def shown(self, person: PersonId) -> Counter[Span]:
        """Of their meetings: what is theirs alone is on Saturdays."""
        seen = await super().shown(person)
        return Counter({s: n for s, n in seen.items() if s.start.weekday() != SATURDAY})

    # Channels

    @property
    def watching(self) -> GoogleWatching:
        return GoogleWatching(
            lambda account: self._ask(account, self.by_account[account]), ADDRESS
        )

    async def at_google(
        self, person: PersonId, allowed: frozenset[Need] = ALL, email: str = ""
    ) -> Connection:
        connection = await super().at_google(person, allowed, email)
        assert connection.account
        self.by_account[connection.account] = self.emails[person]
        async with self.store() as uow:
            await uow.work.add(WorkKind.WATCH, connection.id, self.clock.now())
            await uow.commit()
        return connection

    async def do(self, kind: WorkKind, subject: str) -> datetime | None:
        ports: dict[str, Any] = {
            "begin": self.begin,
            "clock": self.clock,
            "ids": self.ids,
        }
        calendar = CalendarId(subject)
        match kind:
            case WorkKind.WATCH:
                return await watch_calendar(
                    calendar, watching=Breaking(self.watching, self.fuse), **ports
                )
            case WorkKind.SYNC:
                return await sync_calendar(
                    calendar,
                    open_calendar=self.open_calendar,
                    poll=POLL,
                    months=13,
                    watched=True,
                    **ports,
                )
            case _:
                return await super().do(kind, subject)

    async def work(self) -> None:
        """What is due, and what Google tells meanwhile."""
        await super().work()
        while await self._deliver():
            await super().work()

    async def _deliver(self) -> bool:
        """Whether a message came in; one on which the process dies is lost."""
        waiting, self.late = self.late + self.google.take_pushes(), []
        if self.is_astray:
            self.chance.shuffle(waiting)
            cut = self.chance.randint(0, len(waiting))
            waiting, self.late = waiting[:cut], waiting[cut:]
        for push in waiting:
            told = self.watching.read(push.headers)
            try:
                await hear_push(told, begin=self.begin, clock=self.clock)
            except Crash:
                continue
        return bool(waiting)

    # What goes wrong

    def go_wrong(self) -> None:
        """A script of faults by chance, and perhaps a process that dies."""
        self.is_astray = True
        rules = (self._rule() for _ in range(self.chance.randint(0, 4)))
        self.google.play(*rules)
        if self.chance.random() < 0.5:
            self.fuse.at = self.fuse.steps + self.chance.randint(1, 60)

    def _rule(self) -> Rule:
        chance = self.chance
        method = chance.choice(METHODS)
        fault = chance.choice(FAULTS.get(method, ()) + SOME)(chance)
        if method == PUSH:
            fault = Copies(chance.choice((0, 2, 10)))
        times = chance.choice((1, 1, 2, 5, 40))
        return Rule(method, fault, nth=chance.randint(1, 4), times=times)

    async def settle_all(self) -> None:
        """Faults are over; all that waits is tried again, and calendars are polled."""
        self.is_astray, self.fuse.at = False, None
        self.google.play()
        await self.live_through(timedelta(hours=12), timedelta(hours=1))


METHODS = (
    *("events.list", "events.list", "events.insert", "events.patch", "events.patch"),
    *("events.get", "events.instances", "events.delete", "events.watch"),
    *("channels.stop", "*", PUSH, PUSH),
)

Draw = Callable[[Random], Fault]
#: What any call may meet.
SOME: tuple[Draw, ...] = (
    lambda _: Refuse(USER_RATE),
    lambda _: Refuse(RATE),
    lambda chance: Refuse(too_many(chance.choice((0, 5, 50, 120)))),
    lambda chance: Refuse(BACKEND, applied=chance.random() < 0.5),
    lambda chance: Refuse(UNAVAILABLE, applied=chance.random() < 0.5),
    lambda chance: Drop(applied=chance.random() < 0.5),
    lambda chance: Hang(applied=chance.random() < 0.5),
)
#: And what these meet, as often again.
FAULTS: dict[str, tuple[Draw, ...]] = {
    "events.list": (lambda _: Refuse(FULL_SYNC),) * 5,
    "events.insert": (lambda _: Refuse(DUPLICATE, applied=True),) * 3,
    "events.patch": (lambda _: Refuse(CHANGED),) * 5,
    "events.delete": (lambda _: Refuse(CHANGED),) * 3,
}
