"""A process may die at any step: what people see in the end is the same."""

from __future__ import annotations

from collections import Counter
from copy import deepcopy
from datetime import timedelta
from typing import Any

import pytest

from scheduler.agenda import END
from scheduler.people import Hours, Pair
from scheduler.work import WorkKind
from tests.usecases.world import World

pytestmark = pytest.mark.slow


async def picture(world: World, pair: Pair) -> dict[str, Any]:
    """What people see, and what the store remembers, without names that were drawn."""
    async with world.store(read_only=True) as uow:
        rows = await uow.outbox.of_pair(pair.id)
        series = await uow.series.of_pair(pair.id)
        copies = await uow.copies.of_uids([s.uid for s in series])
        evidence = await uow.evidence.of_pair(pair.id)
        ledger = await uow.ledger.of_pair(pair.id)
        topics = await uow.topics.of_pair(pair.id)
    where = {p: n for n, p in enumerate(pair.both())}
    return {
        "calendars": {
            where[person]: sorted(
                (sorted(held.dates.items()), paper.words(remote, min(held.dates)))
                for paper in (world.paper(person),)
                for remote, held in paper.held.items()
            )
            for person in pair.both()
            if f"https://dav.example/{person}/" in world.calendars
        },
        "mails": Counter(
            (m.to.email, m.subject, m.method) for m in world.post.read().values()
        ),
        "rows": Counter((type(r.effect).__name__, r.state) for r in rows),
        "series": [[(m.span, m.state) for m in s.meetings] for s in series],
        "states": [s.state for s in series],
        "copies": sorted(
            (where[c.person], c.state.value, c.sequence, c.route.value) for c in copies
        ),
        "evidence": Counter(row.kind for row in evidence),
        "topics": Counter(topic.text for topic in topics),
        "ledger": [(row.period, row.state) for row in ledger],
    }


async def agreed() -> tuple[World, Pair]:
    """Both just accepted; one is to be written to, the other to get mail."""
    world = await World().open()
    return world, await world.agreed_pair("mentor")


async def changed() -> tuple[World, Pair]:
    """After five weeks both accepted other hours: what stands is to be replaced."""
    world, pair = await agreed()
    await world.live_through(timedelta(weeks=5), timedelta(weeks=1))
    hours = Hours.parse("Mon-Fri 15:00-18:00")
    await world.propose(pair, pair.mentor, mentor_hours=hours)
    await world.accept(pair, pair.mentee)
    return world, pair


async def changed_before_the_first() -> tuple[World, Pair]:
    """The same while all of the series lies ahead: it keeps its UID."""
    world, pair = await agreed()
    await world.work()
    await world.propose(pair, pair.mentor, mentor_hours=Hours.parse("Tue 16:00-18:00"))
    await world.accept(pair, pair.mentee)
    return world, pair


async def asked_in_the_event() -> tuple[World, Pair]:
    """Somebody typed a topic into the event, and the agenda is to be renewed."""
    world, pair = await agreed()
    await world.work()
    paper = world.paper(pair.mentor)
    (remote, held), *_ = paper.held.items()
    first = min(held.dates)
    text = paper.words(remote, first).replace(END, f"topic: my talk\n{END}")
    paper.by_hand_write(remote, first, text)
    async with world.store() as uow:
        await uow.work.add(WorkKind.REFRESH, pair.id, world.clock.now())
        await uow.commit()
    return world, pair


@pytest.mark.parametrize(
    ("story", "stride"),
    [(agreed, 1), (changed, 2), (changed_before_the_first, 2), (asked_in_the_event, 1)],
)
async def test_who_dies_at_any_step_leaves_the_same_in_the_end(story: Any, stride: int):
    start, pair = await story()
    whole = await life(start, None)
    expected = await picture(whole, pair)
    steps = whole.fuse.steps - start.fuse.steps
    assert steps > 20
    for k in range(1, steps + 1, stride):
        world = await life(start, k)
        assert await picture(world, pair) == expected, f"died at step {k}"


async def life(start: World, dies_at: int | None) -> World:
    """Some hours from the start on, with one death at this step."""
    world = deepcopy(start)
    world.fuse.at = dies_at and start.fuse.steps + dies_at
    await world.live_through(timedelta(hours=3), timedelta(hours=1))
    return world
