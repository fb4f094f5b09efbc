"""A world in which agendas become documents at FakeGoogle, and people type there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from typing import cast

from integrations.google.documents import GoogleDocuments
from integrations.google.fake.files import File
from scheduler.accounts import Need
from scheduler.documents import AgendaDocument, lines_of
from scheduler.errors import NeedsConsent
from scheduler.ids import AccountId, PairId, PersonId
from scheduler.people import Pair
from scheduler.ports.documents import Documents
from scheduler.usecases.add_topic import add_topic
from scheduler.usecases.read_agenda import read_agenda
from scheduler.usecases.refresh_agenda import refresh_agenda
from scheduler.work import WorkKind
from tests.integrations.google.writing import types
from tests.usecases.breaking import Breaking
from tests.usecases.drives import asks
from tests.usecases.guesting import ALL, READS, GuestingWorld

LAG = timedelta(minutes=5)


class DocumentsWorld(GuestingWorld):
    """Searches in Drive see new files five minutes late."""

    def __init__(self) -> None:
        super().__init__()
        self.google.behaviour = replace(self.google.behaviour, search_lag=LAG)
        self.owners: dict[AccountId, str] = {}

    def open_documents(self, account: AccountId) -> Documents:
        def trouble() -> Exception | None:
            if account in self.revoked:
                return NeedsConsent("the grant was taken back")
            return self.trouble

        found = GoogleDocuments(asks(self.google, self.owners[account], trouble))
        return cast("Documents", Breaking(found, self.fuse))

    async def do(self, kind: WorkKind, subject: str) -> datetime | None:
        if kind is WorkKind.REFRESH:
            return await refresh_agenda(
                PairId(subject),
                begin=self.begin,
                clock=self.clock,
                open_calendar=self.open_calendar,
                links=self.links,
                open_documents=self.open_documents,
            )
        return await super().do(kind, subject)

    # What people do.

    async def lets(self, person: PersonId, *, make: bool) -> None:
        """Somebody allows documents, or takes that back."""
        async with self.store() as uow:
            for account in await uow.accounts.of_person(person):
                needs = account.allowed - {Need.DOCUMENTS}
                needs |= {Need.DOCUMENTS} if make else frozenset()
                await uow.accounts.put(replace(account, allowed=needs))
            await uow.commit()

    async def wants(self, pair: Pair, person: PersonId, text: str) -> None:
        await add_topic(pair.id, person, text, begin=self.begin, clock=self.clock)

    def type(self, person: PersonId, file: str, lines: list[str]) -> None:
        types(self.google, self.emails[person], file, "\n".join(lines))

    def throw_away(self, file: str) -> None:
        owner = self.google.world.files[file].owner
        self.google.act(owner, "files.update", {"fileId": file}, {"trashed": True})

    # For the eyes of tests.

    async def documents(self, pair: Pair) -> tuple[AgendaDocument, ...]:
        async with self.store(read_only=True) as uow:
            return await uow.documents.of_pair(pair.id)

    async def document(self, pair: Pair) -> AgendaDocument:
        return (await self.documents(pair))[-1]

    def file(self, one: AgendaDocument) -> File:
        return self.google.world.files[one.file]

    def lines(self, one: AgendaDocument) -> list[str]:
        return self.file(one).text.split("\n")[:-1]

    async def ours(self, pair: Pair, language: str = "en") -> list[str]:
        """The lines that the agenda has now."""
        async with self.store(read_only=True) as uow:
            told = await read_agenda(uow, pair.id, self.clock.now(), links=self.links)
        assert told
        return [line.text for line in lines_of(told.agenda, language)]

    def attached(self) -> Iterator[tuple[str, str]]:
        """Whose calendar, and which document, for every attachment that is one."""
        for calendar in self.google.world.calendars.values():
            for entry in calendar.entries.values():
                for one in entry.body.get("attachments") or ():
                    if one["fileUrl"].startswith("https://docs.google.com/"):
                        yield calendar.owner, one["fileUrl"]


async def a_pair_with_documents(
    *, mentor: frozenset[Need] = ALL, mentee: frozenset[Need] | None = READS
) -> tuple[DocumentsWorld, Pair]:
    """Both at Google, the mentor's grant covers documents; they have just booked."""
    world = DocumentsWorld()
    await world.open()
    pair = await world.pair()
    connection = await world.at_google(pair.mentor, mentor)
    assert connection.account
    world.owners[connection.account] = world.emails[pair.mentor]
    if mentee is not None:
        other = await world.at_google(pair.mentee, mentee)
        assert other.account
        world.owners[other.account] = world.emails[pair.mentee]
    return world, await world.agree(pair)
