"""The small world of the use cases, with a provider that asks for consent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import cast

from integrations.memory.consent import MemoryAccount, MemoryConsent
from scheduler.accounts import Account, Need
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import NeedsConsent
from scheduler.ids import AccountId, CalendarId, PersonId
from scheduler.ports.calendars import Calendar, FoundCalendar
from scheduler.ports.consent import Consent, Granted
from scheduler.usecases.connect_account import AccountWish, Books, connect_account
from scheduler.usecases.disconnect_account import disconnect_account
from scheduler.usecases.disconnect_calendar import disconnect_calendar
from scheduler.usecases.revoke_account import revoke_account
from scheduler.work import WorkKind
from tests.usecases.breaking import Breaking, Fuse
from tests.usecases.paper import PaperCalendar
from tests.usecases.world import SENDER, World

MAIL = "ida@gmail.test"


class ConsentWorld(World):
    """Its calendars at the provider open for whoever has a grant that is good."""

    def __init__(self, fuse: Fuse | None = None) -> None:
        super().__init__(fuse)
        self.provider = MemoryConsent(self.clock, self.ids)

    @property
    def consent(self) -> Consent:
        return cast("Consent", Breaking(self.provider, self.fuse))

    def open_calendar(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> Calendar:
        if connection.kind is not CalendarKind.GOOGLE:
            return super().open_calendar(connection, zone=zone, owner=owner)
        url = f"{connection.account}/{connection.url.reveal}"
        paper = self.calendars.setdefault(url, PaperCalendar())
        shut = NeedsConsent("the grant is not honoured")
        paper.trouble = self.trouble if self.is_open(connection) else shut
        return cast("Calendar", Breaking(paper, self.fuse))

    def is_open(self, connection: Connection) -> bool:
        kept = self.store.shelves.accounts.get(connection.account or "")
        good = {t for one in self.provider.accounts.values() for t in one.tokens}
        return kept is not None and kept.refresh.reveal in good

    def theirs(self, *calendars: str) -> MemoryAccount:
        return self.provider.account(MAIL, *calendars)

    async def grant(self, *needs: Need, mail: str = MAIL) -> Granted:
        begun = self.provider.begin(needs)
        answer = self.provider.person_allows(begun.state.reveal, mail)
        return await self.provider.finish(begun.flow, answer)

    async def keep(
        self,
        person: PersonId,
        granted: Granted,
        books: Books = Books.NOWHERE,
        read: Sequence[FoundCalendar] = (),
    ) -> Account:
        chosen = tuple(read) or (await self.provider.calendars(granted))[:1]
        return await connect_account(
            person,
            AccountWish(granted, chosen, books),
            begin=self.begin,
            consent=self.consent,
            clock=self.clock,
        )

    async def allow(
        self, person: PersonId, *needs: Need, books: Books = Books.NOWHERE
    ) -> Account:
        return await self.keep(person, await self.grant(*needs), books)

    async def disconnect(self, person: PersonId, calendar: CalendarId) -> None:
        await disconnect_calendar(
            person,
            calendar,
            begin=self.begin,
            open_calendar=self.open_calendar,
            clock=self.clock,
            ids=self.ids,
            links=self.links,
            sender=SENDER,
        )

    async def disconnect_all(self, person: PersonId, account: AccountId) -> None:
        await disconnect_account(
            person,
            account,
            begin=self.begin,
            open_calendar=self.open_calendar,
            clock=self.clock,
            ids=self.ids,
            links=self.links,
            sender=SENDER,
        )

    async def do(self, kind: WorkKind, subject: str) -> datetime | None:
        if kind is WorkKind.REVOKE:
            name = AccountId(subject)
            await revoke_account(name, begin=self.begin, consent=self.consent)
            return None
        return await super().do(kind, subject)

    async def accounts(self, person: PersonId) -> tuple[Account, ...]:
        async with self.store(read_only=True) as uow:
            return await uow.accounts.of_person(person)

    def due(self, kind: WorkKind) -> set[str]:
        """The subjects of what is due now."""
        now = self.clock.now()
        rows = self.store.shelves.work
        return {r.subject for r in rows if r.kind is kind and r.open_at <= now}
