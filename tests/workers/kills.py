"""The kill test: `python -m tests.workers.kills N [--redis] [--seed S]`.

Pairs agree, are planned, booked and delivered by a worker that is killed with SIGKILL
at N points, while Redis is flushed and stopped, or without any Redis; then every
calendar and every mailbox is looked at.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from datetime import timedelta
from pathlib import Path
from typing import Any

from scheduler.work import LEASE, WorkKind
from tests.workers.killed import World
from tests.workers.lives import in_child, live
from tests.workers.stoppable import Redis

#: Pairs of the first round, whose 13 meetings each are more than 200, and of others.
MANY, FEW = 16, 4
#: Lives that end by themselves until a round must be over: more than a week.
WHOLE_LIVES = 50
#: A dead worker's lease, and two looks at the store.
TAKE_OVER = LEASE + timedelta(seconds=5)

STORE = ("reads", "begins", "commits", "committed")
CALENDAR = ("before calendar", "asked calendar", "after calendar")
MAIL = ("before send", "asked send", "after send")
#: Every edge at which work can end: of transactions, and of calls to the outside.
EDGES = (
    *(f"worker: {edge}" for edge in STORE),
    *(
        f"{kind}: {edge}"
        for kind in ("sync", "observe", "plan", "tend", "refresh", "send")
        for edge in ("is begun", *STORE, "is done")
        if edge != "reads" or kind in ("sync", "refresh", "send")
    ),
    *(f"{kind}: {edge}" for kind in ("sync", "refresh", "send") for edge in CALENDAR),
    *(f"send: {edge}" for edge in MAIL),
)


class Kills:
    """So many kills, at edges and at any moment, over as many rounds as they take."""

    def __init__(self, world: World, wanted: int, seed: int) -> None:
        self.world = world
        self.wanted = wanted
        self.chance = random.Random(seed)  # noqa: S311 - repeatable
        self.done = 0
        self.rounds = 0
        self.edges: Counter[str] = Counter()

    def run(self) -> None:
        while self.done < self.wanted:
            self.rounds += 1
            pairs = MANY if self.rounds == 1 else FEW
            self.world.begin_round(self.rounds, pairs)
            self._finish_round()
            self.world.end_some()
            self._finish_round()

    def _finish_round(self) -> None:
        """Live and die until everything is done."""
        wait, left = timedelta(minutes=15), 0
        for _ in range(WHOLE_LIVES):
            while not self._live():
                pass
            left = in_child(self.world.left())
            if not left:
                return
            wait = min(2 * wait, timedelta(hours=4))  # letters wait for the morning
            self.world.clock.advance(wait)
        raise AssertionError(f"{left} effects are lost: nothing is due, or ever done")

    def _live(self) -> bool:
        """One life; whether it came to an end by itself."""
        world, chance = self.world, self.chance
        if world.redis:
            world.redis.suffer(chance)
        ended = live(world.life, **(self._how() if self.done < self.wanted else {}))
        if ended.killed:
            self.done += 1
            self.edges[ended.edge] += 1
            # It is silent now; the next one finds its leases over.
            world.clock.advance(TAKE_OVER)
        return ended.clean

    def _how(self) -> dict[str, Any]:
        """At an edge of some name, at any edge, or at any moment."""
        chance, drawn = self.chance, self.chance.random()
        if drawn < 0.5:
            return {"name": chance.choice(EDGES), "number": chance.randrange(1, 6)}
        if drawn < 0.75:
            return {"number": chance.randrange(1, 200)}
        longest = 0.5 if self.world.redis else 0.25
        return {"seconds": chance.uniform(0.005, longest)}


def kill(world: World, wanted: int, seed: int) -> bool:
    """Kill, look, tell; whether everything is as it must be."""
    began = time.monotonic()
    kills = Kills(world, wanted, seed)
    kills.run()
    verdict = in_child(world.look())
    seconds = time.monotonic() - began
    for edge, count in sorted(kills.edges.items()):
        say(f"{count:6} {edge}")
    missed = ", ".join(edge for edge in EDGES if edge not in kills.edges)
    say(f"never killed at: {missed or 'none of them'}")
    if world.redis:
        say(f"Redis flushed {world.redis.flushed}, stopped {world.redis.stopped} times")
    say(f"{kills.done} kills in {kills.rounds} rounds, {seconds:.0f} s")
    say(str(verdict))
    return verdict.is_good() and verdict.meetings >= 200


def one_job(world: World) -> bool:
    """Twenty deaths on one piece of work, then it is done (promises.md F02)."""
    world.begin_round(1, pairs=1)
    deaths = 0
    while deaths < 20:
        deaths += live(world.life, name="plan: is begun", number=1).killed
        world.clock.advance(TAKE_OVER)
    begun = in_child(world.attempts(WorkKind.PLAN)) + 1
    live(world.life)
    verdict = in_child(world.look())
    say(f"{deaths} deaths, {begun} attempts, {verdict}")
    return verdict.is_good() and verdict.meetings > 0


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> int:
    """Exit 1 when anything was lost or doubled."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kills", type=int)
    parser.add_argument("--redis", action="store_true", help="flushed and stopped")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--one-job", action="store_true", help="20 kills on one job")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="troth-kills-") as folder:
        redis = Redis(Path(folder)) if given.redis else None
        world = World(Path(folder), redis)
        try:
            if given.one_job:
                good = one_job(world)
            else:
                good = kill(world, given.kills, given.seed)
        finally:
            world.end()
            if redis:
                redis.stop()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
