"""Documents in somebody's account at a provider, and the rows that remember them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from scheduler.documents import AgendaDocument, Line, Page
from scheduler.ids import AccountId, PairId


class AgendaDocuments(Protocol):
    """The store, for documents that Troth made."""

    async def of_pair(self, pair: PairId) -> tuple[AgendaDocument, ...]:
        """Sorted by when they were begun."""

    async def put(self, one: AgendaDocument) -> None: ...


@dataclass(frozen=True, slots=True)
class MadeDocument:
    """One that is there: what the provider calls it, and where people open it."""

    file: str
    link: str


class Documents(Protocol):
    """Documents of one account.

    Every method may raise `Unavailable`, `NeedsConsent`, and `Rejected` (it will never
    be done).
    """

    async def make(self, tag: str, title: str, lines: Sequence[Line]) -> MadeDocument:
        """A new document of these lines, for its owner alone.

        The provider gives the name: two calls make two. `find` sees it a while later.
        """

    async def find(self, tag: str) -> MadeDocument | None:
        """The one that was made with this tag; `Gone` where a person took it away."""

    async def share(self, file: str, email: str) -> None:
        """Let this address open it and write there; nobody is told by mail. `Gone`."""

    async def read(self, file: str) -> Page:
        """What stands there now; `Gone` where it is deleted, or in the bin."""

    async def rewrite(
        self, file: str, place: tuple[int, int], lines: Sequence[Line], version: str
    ) -> None:
        """Put lines in the place of those that stand there, in that version alone.

        `Conflict` where somebody wrote since; `Gone`.
        """


class OpenDocuments(Protocol):
    """Opens the documents of an account; does no I/O by itself."""

    def __call__(self, account: AccountId) -> Documents: ...
