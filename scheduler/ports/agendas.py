"""What a pair writes for and after its meetings: repositories of the store.

What scheduler/ports/store.py says of every repository is true of these. `forget` is
part of erasing a person: what they wrote is gone, what the other wrote stays.
"""

from __future__ import annotations

from typing import Protocol

from scheduler.enclosures import Enclosure
from scheduler.ids import PairId, PersonId
from scheduler.parting import Line, Note
from scheduler.topics import Topic


class Topics(Protocol):
    """What pairs want to talk about."""

    async def of_pair(self, pair: PairId) -> tuple[Topic, ...]:
        """Sorted by when they were added; private ones of both are among them."""

    async def put(self, topic: Topic) -> None: ...
    async def forget(self, person: PersonId) -> None: ...


class Notes(Protocol):
    """Notes of the two on their meetings, one for each."""

    async def of_pair(self, pair: PairId) -> tuple[Note, ...]:
        """Sorted by meeting."""

    async def put(self, note: Note) -> None: ...
    async def forget(self, person: PersonId) -> None:
        """Take out every note this person was the last to write."""


class Lines(Protocol):
    """'What I heard today', and words of thanks."""

    async def of_pair(self, pair: PairId) -> tuple[Line, ...]:
        """Sorted by meeting, then by when they were written."""

    async def put(self, line: Line) -> None: ...
    async def forget(self, person: PersonId) -> None: ...


class Enclosures(Protocol):
    """Links beside an agenda."""

    async def of_pair(self, pair: PairId) -> tuple[Enclosure, ...]:
        """Sorted by when they were added; those taken off are among them."""

    async def put(self, enclosure: Enclosure) -> None: ...
    async def forget(self, person: PersonId) -> None: ...
