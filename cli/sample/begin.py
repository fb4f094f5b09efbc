"""Make the sample: calendars, a programme, and the lives of its pairs up to now."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime, timedelta

from cli.sample.cast import COUPLES, Player, Way
from cli.sample.lives import Life
from config.handlers import make_handlers
from config.sample import Sample, move_clock
from config.services import Services
from scheduler.connections import Connection
from scheduler.ports.store import UnitOfWork
from scheduler.usecases.create_programme import create_programme
from scheduler.work import WorkKind
from workers.run import Runner

NAME, COORDINATOR = "Sample programme", "coordinator@sample.example"
#: The sample begins this long ago: the longest story, and a few days to agree.
PAST = timedelta(days=130)
#: What is due within this long is done in one go.
_STRIDE = timedelta(minutes=15)
#: How often somebody would have looked, in what is past.
_LOOKS = timedelta(hours=12)

PLAYERS = tuple(p for couple in COUPLES for p in (couple.mentor, couple.mentee))
USERS = tuple(player.user for player in PLAYERS if player.way is Way.CALDAV)

_Waiting = tuple[datetime, int, AsyncGenerator[datetime, None]]


async def make_calendars(sample: Sample, until: datetime) -> None:
    """Everybody's calendar, with the week that repeats in it."""
    with_calendar = [p for p in PLAYERS if p.way is not Way.MAIL]
    await asyncio.gather(*(_make(sample, player, until) for player in with_calendar))


async def _make(sample: Sample, player: Player, until: datetime) -> None:
    published, since = player.way is Way.FEED, (until - PAST).date()
    await sample.make_calendar(player.user, "Meetings", published=published)
    for event in player.events:
        await sample.put_weekly(player.user, event, since, published=published)


async def live(
    services: Services,
    sample: Sample,
    until: datetime,
    *,
    is_stopped: Callable[[], bool],
    progress: Callable[[int], None],
) -> bool:
    """Live every pair's life up to `until`; False when it was stopped before.

    `services` stand at the beginning of it; `progress` is told of days gone by.
    """
    programme = await create_programme(
        NAME,
        COORDINATOR,
        zone="Europe/Berlin",
        language="en",
        begin=services.begin,
        clock=services.clock,
        ids=services.ids,
    )
    lives = [
        Life(couple, programme, services, sample, until).lived() for couple in COUPLES
    ]
    waiting = [(await anext(one), n, one) for n, one in enumerate(lives)]
    heapq.heapify(waiting)
    looked = began = services.clock.now()
    runner = _runner(services)
    while not is_stopped():
        at = await _next(services, waiting)
        if at is None or at > until:
            break
        move_clock(services, min(at, until))
        looked = await _stay(services, looked)
        await _act(services, waiting)
        await _work(runner)
        progress((services.clock.now() - began).days)
    move_clock(services, until)
    for one in lives:
        async with aclosing(one):
            pass
    await _read_soon(services)
    return not is_stopped()


def _runner(services: Services) -> Runner:
    return Runner(
        begin=services.begin,
        clock=services.clock,
        ids=services.ids,
        handlers=make_handlers(services),
    )


async def _next(services: Services, waiting: list[_Waiting]) -> datetime | None:
    """When something happens next: work that is due, or somebody who acts."""
    async with services.begin(read_only=True) as uow:
        due = await uow.work.next_due()
    found = [waiting[0][0]] if waiting else []
    return min([*found, due + _STRIDE] if due else found, default=None)


async def _act(services: Services, waiting: list[_Waiting]) -> None:
    """Let everybody act whose time has come."""
    while waiting and waiting[0][0] <= services.clock.now():
        _, number, life = heapq.heappop(waiting)
        try:
            heapq.heappush(waiting, (await anext(life), number, life))
        except StopAsyncIteration:
            continue


async def _stay(services: Services, looked: datetime) -> datetime:
    """Have the calendars count as read: when they last did, or now.

    Nobody changes them but the lives, and those say so; read in full every few hours,
    three months would take too long to make, and unread they are an outage of ours.
    """
    now = services.clock.now()
    if now - looked < _LOOKS:
        return looked
    async with services.begin() as uow:
        for one in await connections(uow):
            if one.read_at:
                await uow.calendars.put(replace(one, read_at=now))
        await uow.commit()
    return now


async def _work(runner: Runner) -> None:
    """Do everything that is due by now."""
    while await runner.take():
        await runner.idle()


async def _read_soon(services: Services) -> None:
    """From now on each calendar is read at the service's own pace."""
    now = services.clock.now()
    async with services.begin() as uow:
        for one in await connections(uow):
            await uow.work.add(WorkKind.SYNC, one.id, now)
        await uow.commit()


async def connections(uow: UnitOfWork) -> tuple[Connection, ...]:
    """Every calendar of the sample's people."""
    found: list[Connection] = []
    for programme in await uow.programmes.all():
        for pair in await uow.pairs.of_programme(programme.id, after=None, most=100):
            for person in pair.both():
                found += await uow.calendars.of_person(person)
    return tuple(found)
