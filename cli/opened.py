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

_Found = TypeVar("_Found")


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
