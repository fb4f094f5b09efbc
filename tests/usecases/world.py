"""A small world for the use cases: a store, a clock, two people, and a worker."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime

from integrations.links import SignedLinks
from integrations.memory.store import MemoryStore
from integrations.memory.system import SeededIds, SetClock
from scheduler.agreement import Agreement, Programme, Template
from scheduler.cadence import Cadence
from scheduler.effects import Address, Message
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.invite import Invite
from scheduler.letters import Letter
from scheduler.people import Hours, Pair
from scheduler.ports.mail import LinkMaker, Reader
from scheduler.ports.store import Begin
from scheduler.roster import PairWish, PersonWish
from scheduler.secret import Secret
from scheduler.series import Series
from scheduler.usecases.accept_agreement import accept_agreement
from scheduler.usecases.add_pair import add_pair
from scheduler.usecases.plan_pair import plan_pair

#: A Monday, 10:00 in Berlin.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SENDER = Address("troth@programme.example", "Hafen Mentoring")
HOURS = Hours.parse("Mon-Fri 08:00-18:00")


class Post:
    """A mail server that takes everything, and remembers it by Message-ID."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, Message]] = []

    async def send(self, message: Message, message_id: str) -> None:
        self.sent.append((message_id, message))


class PlainRender:
    """The facts as they are: what wording does is not of interest here."""

    def letter(self, letter: Letter, reader: Reader, link: LinkMaker) -> Message:
        to = letter.address or (reader.person.email if reader.person else "")
        return Message(Address(to), letter.kind.value, repr(letter.facts))

    def invite(self, invite: Invite, reader: Reader, link: LinkMaker) -> Message:
        to = reader.person.email if reader.person else ""
        return Message(Address(to), invite.summary, "", method=invite.method.value)


@dataclass
class World:
    """Everything a use case is given; `begin` may be wrapped to break."""

    clock: SetClock = field(default_factory=lambda: SetClock(NOW))
    ids: SeededIds = field(default_factory=SeededIds)
    post: Post = field(default_factory=Post)

    def __post_init__(self) -> None:
        self.store = MemoryStore(ids=self.ids)
        self.begin: Begin = self.store
        self.links = SignedLinks("https://troth.example", [Secret("k" * 32)])
        self.programme = ProgrammeId("hafen")

    async def open(self) -> None:
        template = Template(Cadence("week", 2), hours=HOURS)
        programme = Programme(
            self.programme, "Hafen", "co@example.org", "Europe/Berlin", template
        )
        async with self.begin() as uow:
            await uow.programmes.put(programme)
            await uow.commit()

    async def pair(self, mentor: str = "ida", mentee: str = "leyla") -> Pair:
        wish = PairWish(
            1,
            PersonWish(f"{mentor}@example.org", mentor.title(), "Europe/Berlin"),
            PersonWish(
                f"{mentee}@example.org",
                mentee.title(),
                "America/New_York",
                Hours.parse("Mon-Fri 08:00-18:00"),
            ),
            first_day=date(2026, 3, 9),
            last_day=date(2026, 9, 6),
        )
        return await add_pair(
            self.programme, wish, begin=self.begin, clock=self.clock, ids=self.ids
        )

    async def accept(self, pair: Pair, person: PersonId) -> Agreement:
        async with self.begin(read_only=True) as uow:
            latest = (await uow.agreements.of_pair(pair.id))[-1]
        return await accept_agreement(
            pair.id, person, latest.digest, begin=self.begin, clock=self.clock
        )

    async def plan(self, pair: PairId) -> datetime | None:
        return await plan_pair(
            pair,
            begin=self.begin,
            clock=self.clock,
            ids=self.ids,
            links=self.links,
            sender=SENDER,
        )

    async def series(self, pair: PairId) -> tuple[Series, ...]:
        async with self.begin(read_only=True) as uow:
            return await uow.series.of_pair(pair)
