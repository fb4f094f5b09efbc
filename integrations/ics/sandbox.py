"""Decoding in child processes, so that no file can stop or fill a worker.

Python cannot interrupt a tight loop; the kernel can end a process. There are two
lanes. In the quick one a file gets half a second of CPU; one that needs more is read
anew in the slow one, where it gets five, and its calendar goes there at once from then
on, until it is read at little cost. Calendars that never were cannot fill the quick
lane. So a bad feed delays other bad feeds, and new ones.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from zoneinfo import ZoneInfo

from integrations.ics import frames
from integrations.ics.lanes import CHILD, PATIENCE, Ended, Lane
from integrations.ics.resource import Read
from scheduler.errors import Refused, Unavailable
from scheduler.timespan import Span

#: Answers longer than this are read beside the loop.
_LONG = 64 * 1024
#: As many as like may wait in the quick lane.
_ANY = sys.maxsize
#: Calendars that are remembered as costly, and as cheap.
_MOST_NAMES = 10_000


@dataclass(frozen=True, slots=True)
class Shares:
    """CPU seconds a file may take in each lane, its megabytes, children in a lane.

    At most so many files wait in the slow lane, so that no worker is full of them.
    """

    quick: float = 0.5
    slow: float = 5
    megabytes: int = 256
    quick_places: int = 2
    slow_places: int = 1
    slow_waiting: int = 9


class Sandbox:
    """Decodes as `decode` does, without blocking the loop.

    Belongs to one event loop; a child is started with the first file that needs it.
    `close` ends them all.
    """

    def __init__(
        self,
        *,
        command: Sequence[str] = CHILD,
        patience: float = PATIENCE,
        shares: Shares | None = None,
    ) -> None:
        self._shares = shares = shares or Shares()
        words = (*command, str(shares.megabytes))
        quick, slow = shares.quick_places, shares.slow_places
        self._quick = Lane((*words, "0"), quick, patience, most=_ANY)
        most = slow + shares.slow_waiting
        self._slow = Lane((*words, "10"), slow, patience, most=most)
        self._costly = _Names()
        self._cheap = _Names()

    async def decode(
        self,
        source: bytes | Iterable[bytes],
        *,
        window: Span,
        zone: ZoneInfo,
        owner: str = "",
        calendar: str = "",
        again: bool = False,
    ) -> Read:
        """As `integrations.ics.decode.decode`, with an etag for each object.

        `source` may be read several times. Of a `calendar` is remembered whether it is
        costly, and what was read where much the same will come `again`.
        Also `Refused` with E_RRULE_TOO_COMPLEX when a child was ended over this file,
        and `Unavailable` when it did not answer in time.
        """
        pieces = (source,) if isinstance(source, bytes) else source
        asked = replace(
            frames.Question.of(window, zone, owner), calendar=calendar, again=again
        )
        if calendar not in self._costly:
            try:
                return await self._told(self._quick, asked, pieces, self._shares.quick)
            except Ended:
                self._note(calendar)
            except Unavailable:
                self._note(calendar)
                raise
        try:
            return await self._told(self._slow, asked, pieces, self._shares.slow)
        except Ended:
            self._note(calendar)
            raise _too_much() from None

    async def close(self) -> None:
        """End the children, if there are any."""
        await self._quick.close()
        await self._slow.close()

    async def _told(
        self,
        lane: Lane,
        asked: frames.Question,
        pieces: Iterable[bytes],
        seconds: float,
    ) -> Read:
        """What the child says, and how costly that makes the calendar."""
        asked = replace(asked, seconds=seconds)
        stranger = asked.calendar not in self._cheap
        told = await _told(await lane.ask(asked, pieces, stranger=stranger))
        if told.crowded:
            told = await _told(await lane.ask(asked, pieces, stranger=stranger))
        if told.refused and told.refused.code == frames.TOO_MUCH.code:
            self._note(asked.calendar)
        elif told.cost < self._shares.quick / 2 and not told.warm:
            self._costly.drop(asked.calendar)
            self._cheap.add(asked.calendar)
        if told.refused:
            raise told.refused
        return told.read or Read()

    def _note(self, calendar: str) -> None:
        """This calendar used up its share."""
        self._costly.add(calendar)
        self._cheap.drop(calendar)


class _Names:
    """Calendars, those added last; of nobody's files nothing is remembered."""

    def __init__(self) -> None:
        self._names: dict[str, None] = {}

    def __contains__(self, name: str) -> bool:
        return name in self._names

    def add(self, name: str) -> None:
        if name:
            self.drop(name)
            self._names[name] = None
        if len(self._names) > _MOST_NAMES:
            del self._names[next(iter(self._names))]

    def drop(self, name: str) -> None:
        self._names.pop(name, None)


async def _told(content: bytes) -> frames.Told:
    if len(content) > _LONG:
        return await asyncio.to_thread(frames.told, content)
    return frames.told(content)


def _too_much() -> Refused:
    return Refused(
        frames.TOO_MUCH.code, frames.TOO_MUCH.message, field=frames.TOO_MUCH.field
    )
