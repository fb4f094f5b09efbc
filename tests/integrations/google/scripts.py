"""Scripts of what goes wrong between Google and us: `python -m … N [--from SEED]`.

In each a person edits their calendar while calls are refused, cut off or answered too
late, messages are lost, doubled, late and in any order, and the worker dies. When all
that is over, what is known is what Google would tell (promises.md Y3).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

from config.handlers import make_handlers
from config.services import Handlers
from config.settings import Settings
from integrations.google.fake.acts import end_before, split
from integrations.google.fake.faults import Drop, Fault, Refuse, Rule
from integrations.google.fake.problems import (
    BACKEND,
    CALENDAR_USE,
    DAILY,
    FORBIDDEN,
    FULL_SYNC,
    RATE,
    UNAUTHORIZED,
    UNAVAILABLE,
    USER_RATE,
    Problem,
)
from integrations.google.fake.push import Push
from integrations.google.fake.service import Asked
from integrations.google.fake.times import stamp
from integrations.google.fake.views import series_of
from integrations.google.fake.world import Behaviour
from scheduler.channels import POLL_BESIDE_PUSH, RETRY
from scheduler.errors import Unavailable
from scheduler.events import CalendarObject, Meaning
from scheduler.health import PROBE
from scheduler.work import LEASE, retry_at
from tests.integrations.google.conftest import MENTOR
from tests.integrations.google.pushed import Pushed, pushed
from tests.usecases.breaking import BreakingStore, Crash, Fuse
from tests.web.world import IDA, SITE

MINUTE = timedelta(minutes=1)
REFUSALS: tuple[Problem, ...] = (
    BACKEND,
    CALENDAR_USE,
    DAILY,
    FORBIDDEN,
    FULL_SYNC,
    RATE,
    UNAUTHORIZED,
    UNAVAILABLE,
    USER_RATE,
    Problem(404, "notFound", "Not Found"),
    Problem(429, "rateLimitExceeded", "Too Many Requests"),
)
METHODS = ("events.list", "events.list", "events.watch", "channels.stop", "*")
#: After all is well again: the longest wait for an owner's mend, for a channel, for a
#: poll beside one, and a second look at a doubtful read.
ENOUGH = PROBE + RETRY + POLL_BESIDE_PUSH + timedelta(hours=1)


class Script:
    """One script; everything in it follows from its seed."""

    def __init__(self, whole: Pushed, fuse: Fuse, draw: Random) -> None:
        self.whole = whole
        self.fuse = fuse
        self.draw = draw
        self.names: list[str] = []
        self.late: list[Push] = []
        self.met: Counter[str] = Counter()
        begin = BreakingStore(whole.services.begin, fuse)
        self.broken = begin
        self.handlers: Handlers = make_handlers(whole.services)

    async def run(self, steps: int) -> None:
        """Things happen, then nothing goes wrong for long enough."""
        acts: list[Callable[[], object]] = [
            self.insert,
            self.insert,
            self.move,
            self.delete,
            self.cut_short,
            self.fault,
            self.crash,
            self.wait,
            self.wait,
        ]
        for _ in range(steps):
            act = self.draw.choice(acts)
            act()
            self.met[act.__name__] += 1
            await self.messages()
            await self.work()
        self.whole.google.play()
        self.fuse.at = None
        self.late.clear()
        await self.well(ENOUGH)

    # What a person does

    def insert(self) -> None:
        name = f"event{len(self.names):05}"
        self.names.append(name)
        start = self.whole.clock.now() + self.draw.randrange(1, 60 * 24) * 60 * MINUTE
        body = {"id": name, **_times(start)}
        if self.draw.random() < 0.5:
            count = self.draw.randrange(2, 8)
            body["recurrence"] = [f"RRULE:FREQ=WEEKLY;COUNT={count}"]
        self._act("POST", "", body)

    def move(self) -> None:
        when = self.whole.clock.now() + self.draw.randrange(1, 60 * 24) * 60 * MINUTE
        self._act("PATCH", self._some(), _times(when))

    def delete(self) -> None:
        self._act("DELETE", self._some())

    def cut_short(self) -> None:
        """'This and following': deleted, or edited into a series of its own."""
        google, now = self.whole.google, self.whole.clock.now()
        for name in self.draw.sample(self.names, len(self.names)):
            entry = google.world.calendars[MENTOR].entries.get(name)
            if entry is None or entry.is_cancelled or "recurrence" not in entry.body:
                continue
            years = timedelta(days=600)
            starts = list(series_of(entry).starts(now - years, now + years))
            if len(starts) < 2:
                continue
            at = self.draw.choice(starts[1:])
            if self.draw.random() < 0.5:
                google.become(end_before(google.world, MENTOR, name, at, now))
                return
            world, rest = split(google.world, MENTOR, name, at, ({"summary": "x"}, now))
            google.become(world)
            self.names.append(rest)
            return

    def _some(self) -> str:
        """An event, or one date of it."""
        if not self.names:
            return "nothing"
        name = self.draw.choice(self.names)
        entry = self.whole.google.world.calendars[MENTOR].entries.get(name)
        if entry is None or "recurrence" not in entry.body or self.draw.random() < 0.4:
            return name
        now, years = self.whole.clock.now(), timedelta(days=600)
        starts = list(series_of(entry).starts(now - years, now + years))
        if not starts:
            return name
        return f"{name}_{stamp(self.draw.choice(starts))}"

    def _act(self, http: str, event: str, body: Any = None) -> None:
        """What Google refuses changes nothing."""
        google = self.whole.google
        script, google.script = google.script, type(google.script)()
        at = f"/{event}" if event else ""
        token = google.token(MENTOR, "calendar")
        google.handle(
            Asked(
                http,
                f"/calendar/v3/calendars/primary/events{at}",
                (("sendUpdates", "none"),),
                {"authorization": f"Bearer {token}"},
                _json(body),
            )
        )
        google.script = script

    # What goes wrong

    def fault(self) -> None:
        draw = self.draw
        rules = []
        for _ in range(draw.randrange(1, 4)):
            fault: Fault = Drop(applied=draw.random() < 0.5)
            if draw.random() < 0.7:
                fault = Refuse(draw.choice(REFUSALS), applied=draw.random() < 0.3)
            rules.append(
                Rule(
                    draw.choice(METHODS),
                    fault,
                    nth=draw.randrange(1, 3),
                    times=draw.randrange(1, 4),
                )
            )
        self.whole.google.play(*rules)

    def crash(self) -> None:
        self.fuse.at = self.fuse.steps + self.draw.randrange(1, 25)

    def wait(self) -> None:
        hours = self.draw.choice([0.05, 0.25, 0.5, 1, 3, 12, 60])
        self.whole.clock.advance(timedelta(hours=hours))

    async def messages(self) -> None:
        """Lost, doubled, later than others, or as they should."""
        self.late += self.whole.google.take_pushes()
        self.draw.shuffle(self.late)
        while self.late and self.draw.random() < 0.7:
            push = self.late.pop()
            for _ in range(self.draw.choice([0, 1, 1, 1, 2])):
                assert await self.whole.post(push) in {200, 404}

    # What is done about it

    async def work(self) -> None:
        """Do what is due until nothing is; a crash loses the lease, no more."""
        services, clock = self.whole.services, self.whole.clock
        for _ in range(500):
            now = clock.now()
            async with services.begin() as uow:
                leases = await uow.work.take(now, until=now + LEASE, most=1)
                await uow.commit()
            if not leases:
                return
            (lease,) = leases
            handler = self.handlers[lease.work.kind]
            again: datetime | None = None
            failed = False
            try:
                again = await handler(lease.work.subject, self.broken, now)
            except Crash:
                self.fuse.at = None
                clock.advance(LEASE)
                continue
            except Unavailable:
                failed = True
            async with services.begin() as uow:
                if failed:
                    tries = lease.work.attempts
                    later = retry_at(now, attempts=tries, chance=self.draw.random())
                    await uow.work.release(lease, due_at=later)
                else:
                    await uow.work.finish(lease, again_at=again)
                await uow.commit()
        raise AssertionError("work without end")

    async def well(self, span: timedelta) -> None:
        """Let time pass while everything works."""
        clock, begin = self.whole.clock, self.whole.services.begin
        end = clock.now() + span
        while clock.now() < end:
            await self.whole.deliver()
            await self.work()
            if self.whole.google.pushes:
                continue
            async with begin(read_only=True) as uow:
                due = await uow.work.next_due() or end
            clock.advance(max(min(due, end) - clock.now(), timedelta(0)))
        await self.whole.deliver()
        await self.work()

    # What has to hold in the end

    async def check(self) -> None:
        whole, now = self.whole, self.whole.clock.now()
        async with whole.services.begin(read_only=True) as uow:
            connection = await uow.calendars.get(whole.calendar)
            known = await uow.calendars.objects(whole.calendar)
            rows = await uow.channels.of_calendar(whole.calendar)
        assert connection.cursor and connection.failing_since is None
        source = whole.services.open_calendar(connection, zone=IDA.zone)
        told = await source.changes(None, connection.cursor.window)
        assert _dates(known) == _dates(told.changed)
        live = [
            one
            for one in whole.google.channels.values()
            if one.is_live(now, timedelta(0))
        ]
        ours = {one.id for one in rows if one.is_live(now)}
        assert {one.id for one in live} <= ours, "a channel that nobody knows"
        assert len(live) <= 2
        assert ours


def _times(start: datetime) -> dict[str, Any]:
    zone = "Europe/Berlin"
    end = start + 45 * MINUTE
    return {
        "start": {"dateTime": start.isoformat(), "timeZone": zone},
        "end": {"dateTime": end.isoformat(), "timeZone": zone},
    }


def _json(body: Any) -> bytes:
    return json.dumps(body).encode() if body is not None else b""


def _dates(found: tuple[CalendarObject, ...]) -> dict[str, frozenset[Any]]:
    """What stands. Dates that fell and that no rule yields any more are nobody's."""
    every = {
        one.id: frozenset(
            o for o in one.occurrences if o.meaning is not Meaning.CANCELLED
        )
        for one in found
    }
    return {name: dates for name, dates in every.items() if dates}


async def script(seed: int, folder: Path) -> Counter[str]:
    """Run one, and see what holds in the end; what happened, by its name."""
    draw = Random(seed)  # noqa: S311 - repeatable
    behaviour = Behaviour(
        sparse=draw.random() < 0.5,
        page_limit=draw.choice([1, 2, 3, None]),
        empty_first_page=draw.random() < 0.3,
        lingering=draw.choice([timedelta(0), timedelta(hours=1)]),
        channel_life=draw.choice([timedelta(hours=5), timedelta(days=7)]),
    )
    fuse = Fuse()
    settings = Settings(data_dir=folder, public_url=SITE)
    async with pushed(settings, behaviour, fuse) as whole:
        one = Script(whole, fuse, draw)
        await one.run(draw.randrange(5, 40))
        whole.google.behaviour = replace(behaviour, lingering=timedelta(0))
        await one.check()
        refused = [r for r in whole.google.requests if not 0 < r.status < 400]
        one.met["refused or cut"] += len(refused)
        one.met["calls"] += len(whole.google.requests)
        return one.met


def main() -> int:
    """Exit code 1 when one did not end well; each is named by its seed."""
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("number", type=int)
    words.add_argument("--from", dest="first", type=int, default=0)
    given = words.parse_args()
    bad, met = 0, Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(given.first, given.first + given.number):
            try:
                met += asyncio.run(script(seed, Path(folder)))
            except Exception as error:  # noqa: BLE001 - the next seed is worth trying
                bad += 1
                say(f"seed {seed}: {type(error).__name__}: {str(error)[:200]}")
    say(f"{given.number} scripts from {given.first} on, {bad} ended badly; {dict(met)}")
    return 1 if bad else 0


def say(words: str) -> None:
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
