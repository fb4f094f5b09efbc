"""Two people at once: whoever is overtaken is done over, and sees nothing of it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import httpx2
import pytest

from scheduler.errors import Overtaken
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.work import Lease
from tests.web.world import IDA, SITE, World, token_of
from web.again import TIMES
from web.app import make_app


class Overtaking:
    """A store in which others are faster, for a number of commits."""

    def __init__(self, begin: Begin, times: int) -> None:
        self._begin, self._times = begin, times

    @asynccontextmanager
    async def __call__(
        self, *, fence: Lease | None = None, read_only: bool = False
    ) -> AsyncIterator[UnitOfWork]:
        if not read_only and self._times > 0:
            self._times -= 1
            raise Overtaken("somebody else was faster")
        async with self._begin(fence=fence, read_only=read_only) as uow:
            yield uow


@pytest.mark.parametrize(("times", "status"), [(TIMES - 1, 303), (TIMES, 503)])
async def test_a_form_is_done_over(world: World, times: int, status: int) -> None:
    await world.come_in(IDA)
    form = {"csrf": token_of((await world.client.get("/letters")).text)}
    begin = Overtaking(world.services.begin, times)
    app = make_app(replace(world.services, begin=begin))
    transport = httpx2.ASGITransport(app)
    async with httpx2.AsyncClient(transport=transport, base_url=SITE) as client:
        client.cookies.update(dict(world.client.cookies))
        answer = await client.post("/letters", data=form | {"wanted": "met"})
    assert answer.status_code == status
