"""What a killed worker works on: a database, the world outside, and a verdict."""

from __future__ import annotations

import asyncio
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from config.handlers import make_handlers
from config.services import Services
from config.settings import Settings
from integrations.links import SignedLinks
from integrations.memory.traces import NoCopies, NoFiles
from integrations.store.engine import open_engine
from integrations.store.migrate import upgrade
from integrations.store.sealing import Seals
from integrations.store.stamping import Stamps
from integrations.store.unit import SqlStore
from integrations.system import SystemIds
from scheduler.agreement import Programme, Template
from scheduler.asker import Asker
from scheduler.cadence import Cadence
from scheduler.connections import CalendarKind
from scheduler.effects import OutboxState, Outgoing, SendInvite, SendLetter
from scheduler.ids import PairId, ProgrammeId
from scheduler.outbox import message_id
from scheduler.people import Hours
from scheduler.roster import PairWish, PersonWish
from scheduler.secret import Secret
from scheduler.series import Series
from scheduler.timespan import Span
from scheduler.usecases.accept_agreement import accept_agreement
from scheduler.usecases.add_pair import add_pair
from scheduler.usecases.close_pair import close_pair
from scheduler.usecases.connect_calendar import CalendarWish, connect_calendar
from scheduler.work import LEASE, WorkKind
from tests.usecases.world import PlainRender
from tests.workers import outside
from tests.workers.lives import EdgedStore, Fate, SharedClock, edged, in_child
from tests.workers.stoppable import Redis
from workers.queue import LocalBell, RedisBell
from workers.run import Runner
from workers.sweep import work

#: A Monday morning in Europe.
NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
HOME = ProgrammeId("hafen")
KEY = "a key that only the tests know"
YEAR = timedelta(days=366)


class World:
    """A database, the world outside, a clock, and worker lives that end early."""

    def __init__(self, folder: Path, redis: Redis | None) -> None:
        self.folder = folder
        self.redis = redis
        self.socket = folder / "out"
        self.clock = SharedClock(NOW)
        self.pairs: list[PairId] = []
        self.fresh: list[PairId] = []
        self.ended: set[PairId] = set()
        self.settings = Settings(data_dir=folder, public_url="https://troth.test")
        self.outside = outside.start(self.socket)
        in_child(self._found())

    def end(self) -> None:
        os.kill(self.outside, signal.SIGTERM)
        os.waitpid(self.outside, 0)

    @asynccontextmanager
    async def services(self, edge: outside.Edge) -> AsyncIterator[Services]:
        engine, ids = open_engine(self.settings.database), SystemIds()
        line = outside.Line(self.socket, edge)
        try:
            yield Services(
                settings=self.settings,
                begin=EdgedStore(SqlStore(engine, keys=(KEY,), ids=ids), edge),
                clock=self.clock,
                ids=ids,
                bell=LocalBell(asyncio.Event()),
                seal=Seals([KEY]),
                stamp=Stamps([KEY]),
                links=SignedLinks("https://troth.test", [Secret(KEY)]),
                open_calendar=line.open_calendar,
                discover=cast("Any", None),
                mail_out=line,
                sender=self.settings.sender,
                copies=NoCopies(),
                files=NoFiles(),
                mail_in=None,
            )
        finally:
            await engine.dispose()

    async def life(self, fate: Fate) -> None:
        """One worker, from its start until nothing is due, if it lives that long."""
        async with self.services(fate) as services:
            await self._work(services, fate)
            # A look may fall between a lease and the hand that takes it; once the
            # worker is at rest nothing moves any more, and what is due is left over.
            while await _is_due(services):
                await self._work(services, fate)

    async def _work(self, services: Services, fate: Fate) -> None:
        stirred, stop = asyncio.Event(), asyncio.Event()
        runner = Runner(
            begin=services.begin,
            clock=self.clock,
            ids=services.ids,
            handlers=edged(make_handlers(services, PlainRender()), fate),
            stirred=stirred,
        )
        url = self.redis.url if self.redis else ""
        bell = RedisBell(url) if url else LocalBell(stirred)
        working = asyncio.create_task(work(runner, bell, stop, redis_url=url))
        await _finished(working, runner, services)
        stop.set()
        await working
        await bell.close()

    def begin_round(self, number: int, pairs: int) -> None:
        """More pairs agree: their calendars are read, and they are planned."""
        self.fresh = in_child(self._agree(number, pairs))
        self.pairs += self.fresh

    def end_some(self) -> None:
        """Every fourth pair ends: what was booked is taken back."""
        ending = self.fresh[::4]
        in_child(self._end(ending))
        self.ended.update(ending)

    async def _found(self) -> None:
        engine = open_engine(self.settings.database)
        await upgrade(engine)
        await engine.dispose()
        hours = Hours.parse("Mon-Fri 08:00-18:00")
        template = Template(Cadence("week", 2), hours=hours)
        async with self.services(_nothing) as services, services.begin() as uow:
            mail = "co@example.org"
            await uow.programmes.put(
                Programme(HOME, "Hafen", mail, "Europe/Berlin", template)
            )
            await uow.commit()

    async def _agree(self, number: int, many: int) -> list[PairId]:
        async with self.services(_nothing) as services:
            return [await self._agreed(f"{number}-{n}", services) for n in range(many)]

    async def _agreed(self, name: str, services: Services) -> PairId:
        ports: dict[str, Any] = {"begin": services.begin, "clock": self.clock}
        first = self.clock.now().date() + timedelta(days=7)
        wish = PairWish(
            1,
            PersonWish(f"or-{name}@example.org", "Ida", "Europe/Berlin"),
            PersonWish(f"ee-{name}@example.org", "Leyla", "Europe/London"),
            first_day=first,
            last_day=date.fromordinal(first.toordinal() + 181),
        )
        pair = await add_pair(HOME, wish, ids=services.ids, **ports)
        await connect_calendar(
            pair.mentor,
            CalendarWish(CalendarKind.MEMORY, Secret(url(pair.mentor)), writable=True),
            open_calendar=services.open_calendar,
            months=13,
            **ports,
        )
        async with services.begin(read_only=True) as uow:
            latest = (await uow.agreements.of_pair(pair.id))[-1]
        for person in pair.both():
            await accept_agreement(pair.id, person, latest.digest, **ports)
        return pair.id

    async def _end(self, pairs: list[PairId]) -> None:
        async with self.services(_nothing) as services:
            for pair in pairs:
                await close_pair(
                    pair,
                    Asker(HOME),
                    begin=services.begin,
                    clock=self.clock,
                    ids=services.ids,
                    links=services.links,
                    sender=services.sender,
                )

    async def attempts(self, kind: WorkKind) -> int:
        """How often the work of this kind was begun; it is due when we look."""
        async with self.services(_nothing) as services, services.begin() as uow:
            far = self.clock.now() + LEASE
            taken = await uow.work.take(far, until=far, most=1000)
            return max(one.work.attempts - 1 for one in taken if one.work.kind is kind)

    async def left(self) -> int:
        """How many effects still wait, and pairs without a series."""
        left = 0
        async with (
            self.services(_nothing) as services,
            services.begin(read_only=True) as uow,
        ):
            for pair in self.fresh:
                rows = await uow.outbox.of_pair(pair)
                left += sum(row.state is OutboxState.WAITING for row in rows)
                left += not await uow.series.of_pair(pair)
        return left

    async def look(self) -> Verdict:
        """What became of everything that was decided."""
        verdict = Verdict()
        async with self.services(_nothing) as services:
            line = outside.Line(self.socket, _nothing)
            mails = await line.ask("received")
            for pair in self.pairs:
                async with services.begin(read_only=True) as uow:
                    rows = await uow.outbox.of_pair(pair)
                    series = await uow.series.of_pair(pair)
                    person = (await uow.pairs.get(pair)).mentor
                verdict.judge_mail(rows, mails)
                window = Span(NOW, self.clock.now() + YEAR)
                stands = await line.ask("stands", url(person), window)
                verdict.judge_calendar(series, stands, ended=pair in self.ended)
            verdict.strange = len(mails.keys() - verdict.known)
        return verdict


class Verdict:
    """Counts of what must be, and of what must not."""

    def __init__(self) -> None:
        self.meetings = self.lost = self.doubled = self.dead = 0
        self.mails = self.mails_lost = self.mails_twice = self.mails_differ = 0
        self.strange = 0
        self.known: set[str] = set()

    def judge_mail(self, rows: tuple[Outgoing, ...], mails: dict[str, Any]) -> None:
        for row in rows:
            self.dead += row.state is OutboxState.DEAD
            if isinstance(row.effect, SendLetter | SendInvite):
                name = message_id(row.key, "localhost.invalid")
                came = mails.get(name, [])
                self.known.add(name)
                self.mails += 1
                self.mails_lost += not came and row.state is OutboxState.DONE
                self.mails_twice += len(came) > 1
                self.mails_differ += any(mail != came[0] for mail in came)

    def judge_calendar(
        self,
        series: tuple[Series, ...],
        stands: dict[str, list[Span]],
        *,
        ended: bool,
    ) -> None:
        self.doubled += len(stands.keys() - {one.uid for one in series})
        self.doubled += max(0, len(series) - 1)
        self.lost += not series
        for one in series:
            booked = {m.span for m in one.meetings if m.span}
            self.meetings += len(booked)
            there = Counter(stands.get(one.uid, []))
            self.doubled += sum(n - 1 for n in there.values())
            if ended:
                self.doubled += len(there)  # nothing future may be left
            else:
                self.lost += len(booked - there.keys())
                self.doubled += len(there.keys() - booked)

    def is_good(self) -> bool:
        bad = (self.lost, self.doubled, self.dead, self.strange)
        return not any((*bad, self.mails_lost, self.mails_differ))

    def __str__(self) -> str:
        return ", ".join(
            f"{n} {name.replace('_', ' ')}"
            for name, n in vars(self).items()
            if isinstance(n, int)
        )


def url(person: str) -> str:
    return f"memory://calendars/{person}"


def _nothing(_edge: str) -> None:
    """Nobody is killed here."""


async def _finished(
    working: asyncio.Task[None], runner: Runner, services: Services
) -> None:
    """Wait until nothing is due and nothing in hand."""
    while runner.in_hand or await _is_due(services):
        done, _ = await asyncio.wait([working], timeout=0.02)
        if done:
            return


async def _is_due(services: Services) -> bool:
    async with services.begin(read_only=True) as uow:
        due = await uow.work.next_due()
    return due is not None and due <= services.clock.now()
