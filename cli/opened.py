"""Commands that look into the store once and end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from config.bootstrap import open_services
from config.services import Services
from config.settings import load_settings
from scheduler.agreement import Programme
from scheduler.errors import Refused
from scheduler.ids import PersonId
from scheduler.people import Person
from scheduler.usecases.ask_erasure import ask_erasure
from scheduler.work import WorkKind

_Found = TypeVar("_Found")
#: Closing decides, delivering does, erasing looks again: each takes a round.
_ROUNDS = 4


class _Silent:
    """Whoever works looks into the store by itself within seconds."""

    async def ring(self, work: Sequence[str] = ()) -> None:
        """Nobody hears it."""

    async def state(self) -> str:
        """There is none."""
        return "none"


def with_services(act: Callable[[Services], Awaitable[_Found]]) -> _Found:
    """Build the services, do one thing with them, and give them back."""

    async def opened() -> _Found:
        async with open_services(load_settings(), bell=_Silent()) as services:
            return await act(services)

    return asyncio.run(opened())


async def the_programme(services: Services, name: str) -> Programme:
    """The programme of this name, or the only one; `Refused` E_PROGRAMME."""
    async with services.begin(read_only=True) as uow:
        every = await uow.programmes.all()
    meant = [p for p in every if not name or name.casefold() == p.name.casefold()]
    if len(meant) == 1:
        return meant[0]
    known = ", ".join(repr(p.name) for p in every) or "none yet"
    words = "There is no such programme" if name else "Say which with --programme"
    raise Refused("E_PROGRAMME", f"{words}; there is {known}.", field="--programme")


async def the_person(services: Services, email: str, name: str) -> Person | None:
    """Who has this address, in the programme of this name where there are several.

    `Refused` E_PROGRAMME when the address is there in more than one.
    """
    async with services.begin(read_only=True) as uow:
        people = await uow.people.with_email(email.strip())
    if name:
        meant = await the_programme(services, name)
        people = tuple(p for p in people if p.programme == meant.id)
    if len(people) > 1:
        raise Refused(
            "E_PROGRAMME",
            "This address is in several programmes, each time as somebody else; say"
            " which with --programme.",
            field="--programme",
        )
    return people[0] if people else None


async def erase_all(services: Services, person: PersonId) -> bool:
    """Ask for it, and do all that can be done now; whether that was everything."""
    from cli.serve import make_runner
    from workers.run import tick

    begin, clock = services.begin, services.clock
    await ask_erasure(person, "operator", begin=begin, clock=clock)
    for _ in range(_ROUNDS):
        async with begin() as uow:
            asked = await uow.erasures.find(person)
            if asked and asked.done_at:
                return True
            await uow.work.add(WorkKind.ERASE, person, clock.now())
            await uow.commit()
        await tick(make_runner(services))
    async with begin(read_only=True) as uow:
        asked = await uow.erasures.find(person)
    return bool(asked and asked.done_at)
