"""Documents of one account: which call follows which; `Ask` makes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from integrations.google import drive
from integrations.google.calendar import Ask
from integrations.google.failures import Operation
from scheduler.documents import Line, Page
from scheduler.errors import Conflict
from scheduler.ids import AccountId
from scheduler.ports.documents import MadeDocument


@dataclass(frozen=True, slots=True)
class GoogleDocuments:
    """`Documents` at Google. It sees files that Troth made for this account alone."""

    ask: Ask

    async def make(self, tag: str, title: str, lines: Sequence[Line]) -> MadeDocument:
        """A new one; two calls make two."""
        request = drive.make(tag, title, lines)
        return drive.read_made(await self.ask(request, Operation.MAKE))

    async def find(self, tag: str) -> MadeDocument | None:
        """By its tag; `Gone` where it is in the bin."""
        answer = await self.ask(drive.find(tag), Operation.DOCUMENT)
        return drive.read_found(answer)

    async def share(self, file: str, email: str) -> None:
        """With an address, which is not told by mail."""
        await self.ask(drive.share(file, email), Operation.DOCUMENT)

    async def read(self, file: str) -> Page:
        """What stands there; `Gone` where it is deleted, or in the bin."""
        drive.read_made(await self.ask(drive.look(file), Operation.DOCUMENT))
        answer = await self.ask(drive.read(file), Operation.DOCUMENT)
        return drive.read_page(answer)

    async def rewrite(
        self, file: str, place: tuple[int, int], lines: Sequence[Line], version: str
    ) -> None:
        """In the version that was read; `Conflict` where it is another by now."""
        if not version:
            raise Conflict(file)  # it may not be written, or nobody could tell when
        await self.ask(drive.rewrite(file, place, lines, version), Operation.REWRITE)


@dataclass(frozen=True, slots=True)
class OpenGoogleDocuments:
    """`OpenDocuments` for Google. `account` asks for one."""

    account: Callable[[AccountId], Ask]

    def __call__(self, account: AccountId) -> GoogleDocuments:
        """Its documents; nothing is called by that."""
        return GoogleDocuments(self.account(account))
