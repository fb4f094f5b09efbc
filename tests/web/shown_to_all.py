"""A programme in which something has happened, served to a real browser.

One pair has met once and written about it, has a meeting that fell out with other times
on offer, promises, topics, a proposed change and a question; its mentor has just been
introduced to another mentee as well.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from copy import deepcopy
from dataclasses import dataclass, replace
from datetime import date, timedelta

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Receive, Scope, Send

from config.services import Noting, Services
from config.settings import Settings
from integrations.links import SignedLinks
from integrations.memory.consent import MemoryConsent
from scheduler.access import Link, Purpose
from scheduler.accounts import Account, Need
from scheduler.ids import LinkId, PersonId
from scheduler.parting import LineKind
from scheduler.people import Pair
from scheduler.promising import Said
from scheduler.secret import Secret
from scheduler.usecases.add_topic import add_topic
from scheduler.usecases.choose_showing import choose_showing
from scheduler.usecases.connect_account import AccountWish, Books, connect_account
from scheduler.usecases.enclose_link import enclose_link
from scheduler.usecases.leave_line import leave_line
from scheduler.usecases.leave_out import leave_out
from scheduler.usecases.make_promise import make_promise
from scheduler.usecases.say_met import say_met
from scheduler.usecases.write_note import write_note
from tests.usecases.noticing import NoticingWorld, clashing, delete
from tests.usecases.world import SENDER
from tests.web.world import make_services
from web.app import make_app

DAY = timedelta(days=1)


@dataclass
class Lived:
    """The world, and its pairs: with a history, and not yet agreed."""

    world: NoticingWorld
    pair: Pair
    waiting: Pair
    provider: MemoryConsent

    def services(self, settings: Settings) -> Services:
        """What pages are given."""
        world = self.world
        made = make_services(settings, world.begin, world.clock, world.ids)
        self.provider.place = f"{settings.site}/kept"  # somewhere that is there
        return replace(
            made,
            open_calendar=world.open_calendar,
            mail_out=world.mail_out,
            sender=SENDER,
            consent=self.provider,
        )


async def lived() -> Lived:
    """Everything that pages can show, in one programme."""
    world, pair, _ = await clashing()
    first = await world.meeting(pair, 0)
    await world.settle(first.key.original_start + DAY - world.clock.now())
    port: Noting = {"begin": world.begin, "clock": world.clock}
    await say_met(pair.id, pair.mentor, first.key, met=True, **port)
    await delete(world, pair, 1)
    await world.settle(timedelta(hours=1))
    for person, text in ((pair.mentor, "The first talk"), (pair.mentee, "The draft")):
        await add_topic(pair.id, person, text, **port)
    for person, text, day in (
        (pair.mentor, "Send the reading list", date(2026, 3, 13)),
        (pair.mentee, "Try the new opening", date(2026, 3, 27)),
    ):
        await make_promise(pair.id, person, Said(text, day), **port)
    await add_topic(pair.id, pair.mentee, "My salary", shared=False, **port)
    link = "https://docs.example.org/outline"
    await enclose_link(pair.id, pair.mentor, link, "The outline", **port)
    note = "Leiden first, then Gdańsk"
    await write_note(pair.id, pair.mentee, first.key, note, seen="", **port)
    for person, kind, text in (
        (pair.mentor, LineKind.HEARD, "That the outline carries"),
        (pair.mentee, LineKind.THANKS, "For asking twice"),
    ):
        await leave_line(pair.id, person, first.key, kind, text, **port)
    for person in pair.both():
        await choose_showing(pair.id, person, given=True, **port)
    await world.settle(5 * DAY)
    await world.propose(pair, pair.mentor, minutes=30)
    later = await world.meeting(pair, 3)
    await leave_out(pair.id, later.key, pair.mentee, **world.ports)
    waiting = await world.pair("ida", "omar")
    provider = MemoryConsent(world.clock, world.ids)
    await _allow(provider, "ida@gmail.test", pair.mentor, port)
    ended = await _allow(provider, "ida@school.test", pair.mentor, port)
    async with world.store() as uow:
        await uow.accounts.put(replace(ended, refused_at=world.clock.now()))
        await uow.commit()
    return Lived(world, pair, waiting, provider)


async def _allow(
    provider: MemoryConsent, mail: str, person: PersonId, port: Noting
) -> Account:
    """A Google account is connected, for reading alone."""
    begun = provider.begin([Need.READ])
    answer = provider.person_allows(begun.state.reveal, mail)
    granted = await provider.finish(begun.flow, answer)
    read = await provider.calendars(granted)
    wish = AccountWish(granted, read, Books.NOWHERE)
    return await connect_account(person, wish, consent=provider, **port)


class Site:
    """A web server in this loop, over a world that can be put back to its beginning."""

    def __init__(self, start: Lived, settings: Settings) -> None:
        self._start, self._settings = start, settings
        self.now = start
        self.app = FastAPI()
        self.again()

    def again(self) -> None:
        """As it was at first, with nobody limited yet."""
        self.now = deepcopy(self._start)
        self.app = make_app(self.now.services(self._settings))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.app(scope, receive, send)

    async def door(self, person: PersonId | None) -> str:
        """An address that lets somebody in; None is the coordinator."""
        world = self.now.world
        purpose = Purpose.PAGES if person else Purpose.SIGN_IN
        link = Link(
            LinkId(f"door-{world.ids.new()}"),
            purpose,
            world.programme,
            person,
            "",
            world.clock.now() + DAY,
        )
        async with world.store() as uow:
            await uow.doors.put_link(link)
            await uow.commit()
        return SignedLinks(self._settings.site, [Secret("k" * 32)]).address(link)


@asynccontextmanager
async def served(site: ASGIApp, port: int) -> AsyncIterator[None]:
    """Answer on this port of 127.0.0.1."""
    listening = socket.create_server(("127.0.0.1", port))
    config = uvicorn.Config(site, log_level="warning", lifespan="off")
    server = uvicorn.Server(config)
    serving = asyncio.create_task(server.serve([listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
