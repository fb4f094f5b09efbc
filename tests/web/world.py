"""A whole web application over memory, with two people to look at it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import httpx2

from config.services import Services
from config.settings import Settings
from integrations.links import SignedLinks
from integrations.memory.system import SeededIds, SetClock
from integrations.memory.traces import NoCopies, NoFiles
from integrations.store.sealing import Seals
from integrations.store.stamping import Stamps
from scheduler.access import ApiToken, Link, Purpose, Scope
from scheduler.agreement import Agreement, AgreementState, Programme, Template, Terms
from scheduler.cadence import Cadence
from scheduler.connections import Connection
from scheduler.effects import Address, Message
from scheduler.errors import Unavailable
from scheduler.ids import AgreementId, LinkId, PairId, PersonId, ProgrammeId
from scheduler.people import Pair, Person
from scheduler.ports.calendars import Calendar, FoundCalendar
from scheduler.ports.store import Begin
from scheduler.secret import Secret
from web.app import make_app
from web.guard import digest

NOW = datetime(2026, 9, 21, 10, tzinfo=UTC)
SITE = "https://troth.test"
HAFEN = ProgrammeId("hafen")
IDA = Person(PersonId("ida"), HAFEN, "Ida Marchetti", "ida@a.test", "America/New_York")
LEYLA = Person(PersonId("leyla"), HAFEN, "Leyla Aydin", "leyla@b.test", "Europe/Berlin")
PAIR = Pair(PairId("pair1"), HAFEN, IDA.id, LEYLA.id)
ELSEWHERE = ProgrammeId("elsewhere")
OLEG = Person(PersonId("oleg"), ELSEWHERE, "Oleg", "oleg@c.test", "Europe/Berlin")
TESS = Person(PersonId("tess"), ELSEWHERE, "Tess", "tess@d.test", "Europe/London")
OTHERS = Pair(PairId("pair2"), ELSEWHERE, OLEG.id, TESS.id)
TERMS = Terms(Cadence("week", 2), 45, date(2026, 9, 28), date(2027, 3, 28))


@dataclass
class World:
    services: Services
    clock: SetClock
    client: httpx2.AsyncClient

    async def link(self, link: Link) -> str:
        """The path of a personal link, as it stands in a letter."""
        async with self.services.begin() as uow:
            await uow.doors.put_link(link)
            await uow.commit()
        return self.services.links.address(link).removeprefix(SITE)

    async def link_for(
        self, person: Person, purpose: Purpose = Purpose.PAGES, about: str = ""
    ) -> str:
        pair = PAIR.id if person in (IDA, LEYLA) else OTHERS.id
        return await self.link(
            Link(
                LinkId(f"{person.id}-{purpose.value}"),
                purpose,
                person.programme,
                person.id,
                about,
                self.clock.now() + timedelta(days=30),
                pair=pair,
            )
        )

    async def come_in(self, person: Person) -> None:
        answer = await self.client.get(await self.link_for(person))
        assert answer.status_code == 303, answer.text

    async def token(self, programme: ProgrammeId, person: Person | None) -> str:
        """A bearer token of either scope."""
        word = self.services.ids.token()
        now = self.clock.now()
        scope = Scope.PERSON if person else Scope.PROGRAMME
        row = ApiToken(
            digest(word),
            scope,
            programme,
            person.id if person else None,
            "test",
            now,
            now + timedelta(days=30),
        )
        async with self.services.begin() as uow:
            await uow.doors.put_token(row)
            await uow.commit()
        return word

    async def come_in_as_coordinator(self, programme: ProgrammeId = HAFEN) -> None:
        expires = self.clock.now() + timedelta(minutes=15)
        name = LinkId(f"sign-in-{programme}-{expires.timestamp()}")
        link = Link(name, Purpose.SIGN_IN, programme, None, "", expires, single=True)
        answer = await self.client.post(await self.link(link))
        assert answer.status_code == 303, answer.text


def token_of(page: str) -> str:
    """The hidden CSRF field of the first form."""
    return page.split('name="csrf" value="')[1].split('"', maxsplit=1)[0]


class Outside:
    """No calendar and no mail server: what the pages here do needs neither."""

    async def ring(self, work: Sequence[str]) -> None:
        return None

    async def state(self) -> str:
        return "none"

    async def send(self, message: Message, message_id: str) -> None:
        raise Unavailable("no mail server here")

    def open(self, connection: Connection) -> Calendar:
        raise Unavailable("no calendar here")

    async def __call__(
        self, address: str, username: str, password: str
    ) -> tuple[FoundCalendar, ...]:
        raise Unavailable("no calendar server here")


def make_services(
    settings: Settings, begin: Begin, clock: SetClock, ids: SeededIds
) -> Services:
    """What pages are given, without anything outside."""
    outside = Outside()
    return Services(
        settings=settings,
        begin=begin,
        clock=clock,
        ids=ids,
        links=SignedLinks(settings.site, [Secret("k" * 32)]),
        bell=outside,
        seal=Seals(["a key that only the tests know"]),
        stamp=Stamps(["a key that only the tests know"]),
        open_calendar=outside.open,
        discover=outside,
        mail_out=outside,
        sender=Address("troth@troth.test", "Troth"),
        copies=NoCopies(),
        files=NoFiles(),
        mail_in=None,
    )


async def make_world(settings: Settings, begin: Begin) -> World:
    clock = SetClock(NOW)
    services = make_services(settings, begin, clock, SeededIds())
    async with services.begin() as uow:
        for programme in (HAFEN, ELSEWHERE):
            template = Template(Cadence("week", 2))
            name, zone = f"{programme} Mentoring", "Europe/Berlin"
            mail = f"amal@{programme}.test"
            await uow.programmes.put(Programme(programme, name, mail, zone, template))
        for person in (IDA, LEYLA, OLEG, TESS):
            await uow.people.put(person)
        for pair in (PAIR, OTHERS):
            await uow.pairs.put(pair)
            draft = AgreementId(f"draft-{pair.id}")
            await uow.agreements.put(
                Agreement(draft, pair.id, 1, TERMS, AgreementState.DRAFT)
            )
        await uow.commit()
    transport = httpx2.ASGITransport(make_app(services))
    client = httpx2.AsyncClient(transport=transport, base_url=SITE)
    return World(services, clock, client)
