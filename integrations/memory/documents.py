"""Agendas as documents, in memory: the rows that remember them, and the documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from integrations.memory.shelves import Transaction
from scheduler.documents import AgendaDocument, Line, Page, Paragraph
from scheduler.errors import Conflict, Gone, Rejected
from scheduler.ids import PairId
from scheduler.ports.documents import MadeDocument


class MemoryDocuments:
    """Documents that Troth made for meetings."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[AgendaDocument, ...]:
        """Sorted by when they were begun."""
        found = self._transaction.read.documents.where(lambda one: one.pair == pair)
        return tuple(sorted(found, key=lambda one: (one.begun_at, one.id)))

    async def put(self, one: AgendaDocument) -> None:
        """Add or change one."""
        self._transaction.write.documents.put(one.id, one)


@dataclass(frozen=True, slots=True)
class MemoryFile:
    """One document; a place in it is the number of a line."""

    name: str
    tag: str
    title: str
    lines: tuple[str, ...]
    version: int = 1
    #: Who may write there beside its owner.
    shared: frozenset[str] = frozenset()
    in_bin: bool = False

    @property
    def made(self) -> MadeDocument:
        """What is told of it."""
        return MadeDocument(self.name, f"https://docs.example/{self.name}")


@dataclass(slots=True)
class MemoryDrive:
    """`Documents` of one account. `files` are by name, for the eyes of tests too."""

    #: Addresses with which nothing may be shared.
    strangers: frozenset[str] = frozenset()
    files: dict[str, MemoryFile] = field(default_factory=dict)
    #: Set: nothing answers.
    trouble: Exception | None = None

    async def make(self, tag: str, title: str, lines: Sequence[Line]) -> MadeDocument:
        """A new one."""
        self._answer()
        name = f"d{len(self.files) + 1}"
        texts = tuple(line.text for line in lines)
        self.files[name] = MemoryFile(name, tag, title, texts)
        return self.files[name].made

    async def find(self, tag: str) -> MadeDocument | None:
        """By its tag."""
        self._answer()
        found = [one for one in self.files.values() if one.tag == tag]
        found.sort(key=lambda one: (one.in_bin, one.name))
        return self._there(found[0].name).made if found else None

    async def share(self, file: str, email: str) -> None:
        """With somebody who is known here."""
        self._answer()
        one = self._there(file, in_bin=True)
        if email in self.strangers:
            raise Rejected("nobody of that name is known here")
        self.files[file] = replace(one, shared=one.shared | {email})

    async def read(self, file: str) -> Page:
        """Its lines."""
        self._answer()
        one = self._there(file)
        every = (Paragraph(text, n, n + 1) for n, text in enumerate(one.lines))
        return Page(tuple(every), str(one.version))

    async def rewrite(
        self, file: str, place: tuple[int, int], lines: Sequence[Line], version: str
    ) -> None:
        """In the version that was read."""
        self._answer()
        one, (start, end) = self._there(file, in_bin=True), place
        if version != str(one.version):
            raise Conflict(file)
        texts = tuple(line.text for line in lines)
        self.type(file, (*one.lines[:start], *texts, *one.lines[end:]))

    # What people do there.

    def type(self, file: str, lines: tuple[str, ...]) -> None:
        """Somebody changes what stands there."""
        one = self.files[file]
        self.files[file] = replace(one, lines=lines, version=one.version + 1)

    def throw_away(self, file: str) -> None:
        """Its owner puts it into the bin."""
        self.files[file] = replace(self.files[file], in_bin=True)

    def _there(self, file: str, *, in_bin: bool = False) -> MemoryFile:
        one = self.files.get(file)
        if one is None or (one.in_bin and not in_bin):
            raise Gone(file)
        return one

    def _answer(self) -> None:
        if self.trouble:
            raise self.trouble
