"""Random fault scripts: `python -m tests.integrations.google.fault_scripts N`.

Each number is a history: two people act in Troth and on Google's own pages while calls,
pushes and processes go wrong. Then all is quiet, and what stands is held against what
FakeGoogle holds and against what people did (promises.md Y3, I13). A history that fails
is told by its number, and run again by it (`1 --from S`).
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import time
import traceback
from copy import deepcopy
from datetime import timedelta
from random import Random

from integrations.google.fake.world import Behaviour
from scheduler.people import Pair
from tests.integrations.google.faulty import FaultyWorld
from tests.integrations.google.histories import HOUR, History
from tests.usecases.guesting import ALL, READS

#: Who allows what; the third begins before anything is booked.
STARTS = ((ALL, READS, True), (ALL, ALL, True), (ALL, READS, False), (READS, ALL, True))
_begun: dict[int, tuple[FaultyWorld, Pair]] = {}


async def begun(number: int) -> tuple[FaultyWorld, Pair]:
    """A copy of one of the beginnings; each is made once for each process."""
    if number not in _begun:
        mentor, mentee, is_booked = STARTS[number]
        world = FaultyWorld()
        await world.open()
        pair = await world.pair()
        await world.at_google(pair.mentor, mentor)
        await world.at_google(pair.mentee, mentee)
        for person in pair.both():
            await world.accept(pair, person)
        if is_booked:
            await world.work()
            await world.live_through(HOUR, HOUR / 4)
        world.forget_calls()
        _begun[number] = world, pair
    world, pair = _begun[number]
    return deepcopy(world), pair


async def script(seed: int) -> int:
    """The history of this number; how many calls it took."""
    chance = Random(seed)  # noqa: S311 - repeatable
    world, pair = await begun(chance.randrange(len(STARTS)))
    world.chance = chance
    world.google.behaviour = Behaviour(
        sparse=chance.random() < 0.3,
        page_limit=chance.choice((None, None, 1, 2)),
        empty_first_page=chance.random() < 0.2,
        lingering=chance.choice((timedelta(0), HOUR)),
    )
    history = History(world, pair, chance, free=list(range(1, 7)))
    await history.run()
    return len(world.google.requests)


async def scripts(first: int, count: int) -> list[int]:
    """Those numbers whose histories failed, each told on stderr."""
    failed = []
    for seed in range(first, first + count):
        try:
            await script(seed)
        except Exception:  # noqa: BLE001 - whatever it is, it is told
            failed.append(seed)
            told = traceback.format_exc(limit=-3)
            sys.stderr.write(f"--- script {seed}\n{told}\n")
    return failed


def main() -> int:
    """Run them and say what came of it; 1 when one failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int)
    parser.add_argument("--from", dest="first", type=int, default=0)
    given = parser.parse_args()
    began = time.process_time()
    failed = asyncio.run(scripts(given.first, given.count))
    took = time.process_time() - began
    sys.stdout.write(
        f"{given.count} scripts from {given.first}: {len(failed)} failed"
        f" {failed[:20]}, {took:.0f} s of processor time\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
