"""What a pair writes for and after its meetings, in memory."""

from __future__ import annotations

from integrations.memory.shelves import Transaction
from scheduler.enclosures import Enclosure
from scheduler.ids import PairId, PersonId
from scheduler.parting import Line, Note
from scheduler.topics import Topic


class MemoryTopics:
    """What pairs want to talk about."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[Topic, ...]:
        """Sorted by when they were added."""
        theirs = self._transaction.read.topics.where(lambda one: one.pair == pair)
        return tuple(sorted(theirs, key=lambda one: (one.added_at, one.id)))

    async def put(self, topic: Topic) -> None:
        """Add or change one."""
        self._transaction.write.topics.put(topic.id, topic)

    async def forget(self, person: PersonId) -> None:
        """Take out all that this person wrote."""
        shelf = self._transaction.write.topics
        for topic in shelf.where(lambda one: one.by == person):
            shelf.remove(topic.id)


class MemoryNotes:
    """Notes of the two on their meetings."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[Note, ...]:
        """Sorted by meeting."""
        theirs = self._transaction.read.notes.where(lambda one: one.pair == pair)
        return tuple(sorted(theirs, key=lambda one: one.about))

    async def put(self, note: Note) -> None:
        """Add or change one."""
        self._transaction.write.notes.put(note.id, note)

    async def forget(self, person: PersonId) -> None:
        """Take out all that this person wrote last."""
        shelf = self._transaction.write.notes
        for note in shelf.where(lambda one: one.by == person):
            shelf.remove(note.id)


class MemoryLines:
    """'What I heard today', and words of thanks."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[Line, ...]:
        """Sorted by meeting, then by when they were written."""
        theirs = self._transaction.read.lines.where(lambda one: one.pair == pair)
        return tuple(sorted(theirs, key=lambda one: (one.about, one.at, one.id)))

    async def put(self, line: Line) -> None:
        """Add or change one."""
        self._transaction.write.lines.put(line.id, line)

    async def forget(self, person: PersonId) -> None:
        """Take out all that this person wrote."""
        shelf = self._transaction.write.lines
        for line in shelf.where(lambda one: one.by == person):
            shelf.remove(line.id)


class MemoryEnclosures:
    """Links beside an agenda."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[Enclosure, ...]:
        """Sorted by when they were added."""
        theirs = self._transaction.read.enclosures.where(lambda one: one.pair == pair)
        return tuple(sorted(theirs, key=lambda one: (one.added_at, one.id)))

    async def put(self, enclosure: Enclosure) -> None:
        """Add or change one."""
        self._transaction.write.enclosures.put(enclosure.id, enclosure)

    async def forget(self, person: PersonId) -> None:
        """Take out all that this person wrote."""
        shelf = self._transaction.write.enclosures
        for one in shelf.where(lambda one: one.by == person):
            shelf.remove(one.id)
