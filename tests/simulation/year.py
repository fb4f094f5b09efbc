"""A year of the sample programme in memory, with a moved clock; what mail it makes.

`python -m tests.simulation.year` prints the mails by kind. The pairs are those of
`cli.sample`; their stories are told over and over until the year is full, and beside
them they make promises, keep some, and have days on which they want no letters.
"""

from __future__ import annotations

import asyncio
import heapq
import sys
import time
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

from cli.sample.cast import COUPLES, EBBA, LENE, Couple, Player, Way
from cli.sample.lives import Life
from config.handlers import make_handlers
from config.sample import Sample, unhurried
from config.services import Services
from config.settings import Settings
from integrations.mail.wording.render import Wording
from integrations.memory.calendars import MemoryCalendars
from integrations.memory.store import MemoryStore
from integrations.memory.system import SeededIds, SetClock
from scheduler.cadence import Cadence
from scheduler.connections import CalendarKind
from scheduler.effects import Message
from scheduler.ids import PairId, PersonId
from scheduler.invite import Invite
from scheduler.letters import Letter
from scheduler.people import Pair, Person
from scheduler.ports.mail import LinkMaker, Reader
from scheduler.promising import Said, keep
from scheduler.secret import Secret
from scheduler.series import Meeting, Series
from scheduler.timespan import Span
from scheduler.usecases.connect_calendar import CalendarWish
from scheduler.usecases.create_programme import create_programme
from scheduler.usecases.make_promise import make_promise
from scheduler.usecases.turn_promise import turn_promise
from scheduler.work import WorkKind
from tests.web.world import make_services
from workers.run import Runner

DAY = timedelta(days=1)
#: A Monday; the first pairs are introduced in the days after.
BEGIN = datetime(2026, 1, 5, 6, tzinfo=UTC)
END = BEGIN + 380 * DAY
_STRIDE = timedelta(minutes=15)
#: People with a day of the week on which they want no letters.
QUIET = {EBBA.email: frozenset({4}), LENE.email: frozenset({0, 6})}


@dataclass(frozen=True)
class Mailed:
    """One mail: when it went out, to whom, about which pair, and what it was."""

    at: datetime
    to: Person
    pair: PairId | None
    #: A kind of letter, or the method of an iTIP message.
    kind: str
    is_letter: bool


class Noting:
    """Wording that remembers what each message is."""

    def __init__(self) -> None:
        self._wording = Wording()
        self.meant: dict[Message, tuple[Reader, str, bool]] = {}

    def letter(self, letter: Letter, reader: Reader, link: LinkMaker) -> Message:
        message = self._wording.letter(letter, reader, link)
        self.meant[message] = reader, letter.kind.value, True
        return message

    def invite(self, invite: Invite, reader: Reader, link: LinkMaker) -> Message:
        message = self._wording.invite(invite, reader, link)
        self.meant[message] = reader, invite.method.value, False
        return message


class Post:
    """A mail server that takes everything, and knows when it was given it."""

    def __init__(self, noting: Noting, clock: SetClock) -> None:
        self._noting, self._clock = noting, clock
        self.mails: list[Mailed] = []
        self._known: set[str] = set()

    async def send(self, message: Message, message_id: str) -> None:
        reader, kind, is_letter = self._noting.meant.pop(message)
        if message_id in self._known or reader.person is None:
            return
        self._known.add(message_id)
        pair = reader.pair.id if reader.pair else None
        at = self._clock.now()
        self.mails.append(Mailed(at, reader.person, pair, kind, is_letter))


def longer(couple: Couple) -> Couple:
    """The same pair, with a story that fills the year."""
    cadence = Cadence.parse(couple.cadence)
    count = 12 if cadence.unit == "month" else 52 // cadence.every
    story = (couple.story or "kkukrk") * 20
    return replace(couple, story=story[:count], waits=False)


class LongLife(Life):
    """A pair's life over memory calendars, with promises in it."""

    __slots__ = ()

    def _calendar(self, player: Player) -> CalendarWish:
        is_feed = player.way is Way.FEED
        kind = CalendarKind.ICS if is_feed else CalendarKind.CALDAV
        return CalendarWish(kind, Secret(_url(player.user)), writable=not is_feed)

    async def _met(
        self, pair: Pair, meeting: Meeting
    ) -> AsyncGenerator[datetime, None]:
        async for at in super()._met(pair, meeting):
            yield at
        services, owner = self.services, pair.both()[meeting.period % 2]
        port = {"begin": services.begin, "clock": services.clock}
        day = services.clock.now().date() + 6 * DAY
        said = Said(f"A promise of period {meeting.period}", day)
        promise = await make_promise(pair.id, owner, said, **port)
        if meeting.period % 3:
            yield services.clock.now() + 5 * DAY
            await turn_promise(pair.id, owner, promise.id, keep, **port)

    async def _delete(self, pair: Pair, series: Series, meeting: Meeting) -> None:
        people = (self.couple.mentor, self.couple.mentee)
        player = next((p for p in people if p.way is Way.CALDAV), None)
        if player is None or meeting.span is None:
            return
        shelves = cast("MemoryCalendars", self.services.open_calendar)
        uid = meeting.uid or series.uid
        original = None if meeting.uid else meeting.key.original_start
        shelves.at(_url(player.user)).person_deletes(uid, original)
        async with self.services.begin() as uow:
            now = self.services.clock.now()
            for person in pair.both():
                for one in await uow.calendars.of_person(person):
                    await uow.work.add(WorkKind.SYNC, one.id, now)
            await uow.commit()


def _url(user: str) -> str:
    return f"https://dav.example/{user}/"


@dataclass
class Year:
    """The programme, and all mail of its year."""

    services: Services
    post: Post
    clock: SetClock
    pairs: dict[PairId, Pair]

    def of_pair(self) -> Iterator[tuple[PairId, PersonId, list[Mailed]]]:
        """The mails that each person got about each of their pairs, in order."""
        for pair in self.pairs.values():
            for person in pair.both():
                found = [
                    m
                    for m in self.post.mails
                    if m.pair == pair.id and m.to.id == person
                ]
                yield pair.id, person, found

    async def cadence(self, pair: PairId) -> Cadence:
        """How often this pair meets."""
        async with self.services.begin(read_only=True) as uow:
            return (await uow.agreements.of_pair(pair))[-1].terms.cadence


async def lived(folder: Path, until: datetime = END) -> Year:
    """Live the year; `folder` is not written to."""
    clock, ids, shelves, noting = (
        SetClock(BEGIN),
        SeededIds(),
        MemoryCalendars(),
        Noting(),
    )
    settings = unhurried(Settings(data_dir=folder, public_url="https://troth.test"))
    post = Post(noting, clock)
    services = replace(
        make_services(settings, MemoryStore(ids=ids), clock, ids),
        open_calendar=shelves,
        mail_out=post,
    )
    programme = await create_programme(
        "Sample programme",
        "coordinator@sample.example",
        zone="Europe/Berlin",
        language="en",
        begin=services.begin,
        clock=clock,
        ids=ids,
    )
    for couple in COUPLES:
        for player in (couple.mentor, couple.mentee):
            _week(shelves, player)
    lives = [
        LongLife(
            longer(c), programme, services, cast("Sample", None), until, 60
        ).lived()
        for c in COUPLES
    ]
    runner = Runner(
        begin=services.begin,
        clock=clock,
        ids=ids,
        handlers=make_handlers(services, cast("Any", noting)),
    )
    await _live(services, clock, runner, lives, until)
    async with services.begin(read_only=True) as uow:
        pairs = await uow.pairs.of_programme(programme.id, after=None, most=100)
    return Year(services, post, clock, {pair.id: pair for pair in pairs})


def _week(shelves: MemoryCalendars, player: Player) -> None:
    """Something of their own in each week."""
    if player.way is not Way.MAIL:
        start = BEGIN.replace(hour=12) + DAY
        span = Span(start, start + timedelta(hours=1))
        shelves.at(_url(player.user)).person_adds_busy(span, rrule="FREQ=WEEKLY")


async def _live(
    services: Services,
    clock: SetClock,
    runner: Runner,
    lives: list[AsyncGenerator[datetime, None]],
    until: datetime,
) -> None:
    waiting = [(await anext(one), n, one) for n, one in enumerate(lives)]
    heapq.heapify(waiting)
    while True:
        async with services.begin(read_only=True) as uow:
            due = await uow.work.next_due()
        acts = [waiting[0][0]] if waiting else []
        at = min([*acts, due + _STRIDE] if due else acts, default=until)
        if at >= until:
            break
        clock.set(max(at, clock.now()))
        await _set_quiet(services)
        while waiting and waiting[0][0] <= clock.now():
            _, number, life = heapq.heappop(waiting)
            try:
                heapq.heappush(waiting, (await anext(life), number, life))
            except StopAsyncIteration:
                continue
        while await runner.take():
            await runner.idle()
    for one in lives:
        await one.aclose()


async def _set_quiet(services: Services) -> None:
    async with services.begin() as uow:
        for email, days in QUIET.items():
            for person in await uow.people.with_email(email):
                await uow.people.put(replace(person, quiet_days=days))
        await uow.commit()


async def _told() -> AsyncGenerator[str, None]:
    began = time.perf_counter()
    year = await lived(Path("unused"))
    taken, weeks = time.perf_counter() - began, (END - BEGIN) / timedelta(weeks=1)
    yield f"{len(year.post.mails)} mails in {weeks:.0f} weeks; {taken:.0f} s"
    for kind, n in Counter(m.kind for m in year.post.mails).most_common():
        yield f"  {kind:14} {n:5}"
    for pair, _, mails in year.of_pair():
        cadence, kinds = await year.cadence(pair), Counter(m.kind for m in mails)
        first = sum(m.at < mails[0].at + 14 * DAY for m in mails)
        each = len(mails) / ((END - mails[0].at) / timedelta(weeks=1))
        yield (
            f"  {mails[0].to.name:14} {cadence!s:14} {each:.2f} a week,"
            f" {first} in the first two: {dict(kinds)}"
        )


async def _print() -> None:
    async for line in _told():
        sys.stdout.write(f"{line}\n")


if __name__ == "__main__":
    asyncio.run(_print())
