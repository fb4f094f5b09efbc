"""A small world for the use cases: a store, a clock, two people, and a worker."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any, cast
from zoneinfo import ZoneInfo

from integrations.links import SignedLinks
from integrations.memory.store import MemoryStore
from integrations.memory.system import SeededIds, SetClock
from scheduler.access import Purpose
from scheduler.agreement import Agreement, Programme, Template
from scheduler.cadence import Cadence
from scheduler.connections import CalendarKind, Connection
from scheduler.effects import Address, Message, Outgoing
from scheduler.ids import CalendarId, OutboxId, PairId, PersonId, ProgrammeId, Uid
from scheduler.invite import Invite
from scheduler.letters import Letter
from scheduler.people import Hours, Pair
from scheduler.ports.calendars import Calendar
from scheduler.ports.mail import LinkMaker, MailOut, Reader
from scheduler.ports.store import Begin
from scheduler.roster import PairWish, PersonWish
from scheduler.secret import Secret
from scheduler.series import Copy, Series
from scheduler.usecases.accept_agreement import accept_agreement
from scheduler.usecases.add_pair import add_pair
from scheduler.usecases.connect_calendar import CalendarWish, connect_calendar
from scheduler.usecases.deliver import deliver
from scheduler.usecases.plan_pair import plan_pair
from scheduler.usecases.propose_terms import propose_terms
from scheduler.usecases.refresh_agenda import refresh_agenda
from scheduler.usecases.sync_calendar import sync_calendar
from scheduler.versions import latest
from scheduler.work import LEASE, WorkKind
from tests.usecases.breaking import Breaking, BreakingStore, Crash, Fuse
from tests.usecases.paper import PaperCalendar

#: A Monday, 10:00 in Berlin.
NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
SENDER = Address("troth@programme.example", "Hafen Mentoring")
HOURS = Hours.parse("Mon-Fri 08:00-18:00")


class Post:
    """A mail server that takes everything, and remembers it by Message-ID."""

    def __init__(self, clock: SetClock) -> None:
        self.clock = clock
        #: What it answers with instead.
        self.trouble: Exception | None = None
        self.times: list[tuple[datetime, str]] = []
        self.sent: list[tuple[str, Message]] = []

    async def send(self, message: Message, message_id: str) -> None:
        if self.trouble:
            raise self.trouble
        self.sent.append((message_id, message))
        self.times.append((self.clock.now(), message.to.email))

    def hours(self, zone: str, name: str) -> list[int]:
        """The hours, on a clock, at which somebody got mail."""
        return [
            at.astimezone(ZoneInfo(zone)).hour
            for at, email in self.times
            if email.startswith(name)
        ]

    def read(self) -> dict[str, Message]:
        """What people see: equal Message-IDs are one mail, and say the same."""
        mails: dict[str, Message] = {}
        for message_id, message in self.sent:
            assert mails.setdefault(message_id, message) == message
        return mails


class PlainRender:
    """The facts as they are: what wording does is not of interest here."""

    def letter(self, letter: Letter, reader: Reader, link: LinkMaker) -> Message:
        to = letter.address or (reader.person.email if reader.person else "")
        words = f"{letter.facts!r} {link(Purpose.PAGES)} {link(Purpose.MET, 'it')}"
        return Message(Address(to), letter.kind.value, words)

    def invite(self, invite: Invite, reader: Reader, link: LinkMaker) -> Message:
        to = reader.person.email if reader.person else ""
        words = f"{invite.uid} {invite.sequence} {invite.stamp} {invite.rrule}"
        return Message(Address(to), invite.summary, words, method=invite.method.value)


class World:
    """Everything a use case is given, and a worker that does what is due."""

    def __init__(self, fuse: Fuse | None = None) -> None:
        self.fuse = fuse or Fuse()
        self.clock = SetClock(NOW)
        self.ids = SeededIds()
        self.post = Post(self.clock)
        self.calendars: dict[str, PaperCalendar] = {}
        #: What every calendar answers with instead.
        self.trouble: Exception | None = None
        self.store = MemoryStore(ids=self.ids)
        #: What use cases get; the world itself looks into `store`.
        self.begin: Begin = BreakingStore(self.store, self.fuse)
        self.links = SignedLinks("https://troth.example", [Secret("k" * 32)])
        self.programme = ProgrammeId("hafen")

    def open_calendar(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> Calendar:
        paper = self.calendars[connection.url.reveal]
        paper.trouble = self.trouble
        return cast("Calendar", Breaking(paper, self.fuse))

    @property
    def mail_out(self) -> MailOut:
        return cast("MailOut", Breaking(self.post, self.fuse))

    async def open(self) -> World:
        template = Template(Cadence("week", 2), hours=HOURS)
        programme = Programme(
            self.programme, "Hafen", "co@example.org", "Europe/Berlin", template
        )
        async with self.store() as uow:
            await uow.programmes.put(programme)
            await uow.commit()
        return self

    async def pair(self, mentor: str = "ida", mentee: str = "leyla") -> Pair:
        wish = PairWish(
            1,
            PersonWish(f"{mentor}@example.org", mentor.title(), "Europe/Berlin"),
            PersonWish(f"{mentee}@example.org", mentee.title(), "America/New_York"),
            first_day=date(2026, 3, 9),
            last_day=date(2026, 9, 6),
        )
        return await add_pair(
            self.programme, wish, begin=self.begin, clock=self.clock, ids=self.ids
        )

    async def agreed_pair(self, *calendars_of: str) -> Pair:
        """A pair that agreed; of `mentor` and `mentee`, these have a calendar."""
        pair = await self.pair()
        for role in calendars_of:
            await self.connect(getattr(pair, role))
        for person in pair.both():
            await self.accept(pair, person)
        return pair

    async def connect(self, person: PersonId) -> PaperCalendar:
        url = f"https://dav.example/{person}/"
        paper = self.calendars.setdefault(url, PaperCalendar())
        await connect_calendar(
            person,
            CalendarWish(CalendarKind.CALDAV, Secret(url), writable=True),
            begin=self.begin,
            open_calendar=self.open_calendar,
            clock=self.clock,
            months=13,
        )
        return paper

    def paper(self, person: PersonId) -> PaperCalendar:
        return self.calendars[f"https://dav.example/{person}/"]

    async def accept(self, pair: Pair, person: PersonId) -> Agreement:
        async with self.store(read_only=True) as uow:
            text = latest(await uow.agreements.of_pair(pair.id))
        assert text
        return await accept_agreement(
            pair.id, person, text.digest, begin=self.begin, clock=self.clock
        )

    async def propose(self, pair: Pair, person: PersonId, **changes: Any) -> None:
        async with self.store(read_only=True) as uow:
            text = latest(await uow.agreements.of_pair(pair.id))
        assert text
        await propose_terms(
            pair.id,
            person,
            text.digest,
            replace(text.terms, **changes),
            begin=self.begin,
            clock=self.clock,
            ids=self.ids,
        )

    async def do(self, kind: WorkKind, subject: str) -> datetime | None:
        """One piece of work, as a worker would."""
        ports: dict[str, Any] = {"begin": self.begin, "clock": self.clock}
        booking: dict[str, Any] = {
            "ids": self.ids,
            "links": self.links,
            "sender": SENDER,
        }
        opening: dict[str, Any] = {"open_calendar": self.open_calendar}
        match kind:
            case WorkKind.PLAN:
                return await plan_pair(PairId(subject), **ports, **booking)
            case WorkKind.SYNC:
                return await sync_calendar(
                    CalendarId(subject),
                    **ports,
                    **opening,
                    ids=self.ids,
                    poll=timedelta(minutes=10),
                    months=13,
                )
            case WorkKind.SEND:
                return await deliver(
                    OutboxId(subject),
                    **ports,
                    **opening,
                    mail_out=self.mail_out,
                    render=PlainRender(),
                    links=self.links,
                    sender=SENDER,
                )
            case WorkKind.REFRESH:
                return await refresh_agenda(
                    PairId(subject), **ports, **opening, links=self.links
                )
            case _:
                return None  # noticing and tending have tests of their own

    async def work(self) -> None:
        """Do what is due now until nothing is; a crash loses the lease, no more."""
        for _ in range(500):
            now = self.clock.now()
            async with self.store() as uow:
                leases = await uow.work.take(now, until=now + LEASE, most=1)
                await uow.commit()
            if not leases:
                return
            try:
                again = await self.do(leases[0].work.kind, leases[0].work.subject)
            except Crash:
                self.clock.advance(LEASE)
                continue
            async with self.store() as uow:
                await uow.work.finish(leases[0], again_at=again)
                await uow.commit()
        raise AssertionError("work without end")

    async def live_through(self, span: timedelta, step: timedelta) -> None:
        """Let time pass in steps, doing what is due at each."""
        end = self.clock.now() + span
        while self.clock.now() < end:
            await self.work()
            self.clock.advance(step)
        await self.work()

    async def series(self, pair: Pair) -> tuple[Series, ...]:
        async with self.store(read_only=True) as uow:
            return await uow.series.of_pair(pair.id)

    async def outbox(self, pair: Pair) -> tuple[Outgoing, ...]:
        async with self.store(read_only=True) as uow:
            return await uow.outbox.of_pair(pair.id)

    async def connections(self, person: PersonId) -> tuple[Connection, ...]:
        async with self.store(read_only=True) as uow:
            return await uow.calendars.of_person(person)

    async def copy(self, person: PersonId, uid: Uid) -> Copy | None:
        async with self.store(read_only=True) as uow:
            return await uow.copies.find(person, uid)

    async def change_copy(self, person: PersonId, uid: Uid, **changes: Any) -> None:
        """What noticing does, without noticing."""
        async with self.store() as uow:
            copy = await uow.copies.find(person, uid)
            assert copy
            await uow.copies.put(replace(copy, **changes))
            await uow.commit()
