"""Series, and calendars with what they last said, in memory."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import pairwise

from integrations.memory.shelves import Transaction
from scheduler.connections import Connection
from scheduler.errors import NotFound, Taken
from scheduler.events import CalendarObject
from scheduler.ids import CalendarId, Etag, PairId, PersonId, RemoteId, SeriesId
from scheduler.people import Pair
from scheduler.series import MeetingKey, Placer, Series
from scheduler.sync import SyncPlan
from scheduler.timespan import Span, Spans


class MemorySeries:
    """Series with their meetings, replacements included."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, series: SeriesId) -> Series:
        """One series."""
        found = self._transaction.read.series.get(series)
        if found is None:
            raise NotFound("series")
        return found

    async def put(self, series: Series) -> None:
        """Add or change, meetings and all; `Taken` E_SLOT_TAKEN as the port says."""
        shelf, pair = self._transaction.write.series, self._pair(series)
        keys = sorted(series.meetings, key=lambda meeting: meeting.key)
        shelf.put(series.id, replace(series, meetings=tuple(keys)))
        for person in pair.both():
            if _overlap(self._chosen(person)):
                raise self._transaction.refuse(
                    Taken(
                        "E_SLOT_TAKEN",
                        "Somebody has just taken this time; choose another one.",
                        field="start",
                    )
                )

    async def of_pair(self, pair: PairId) -> tuple[Series, ...]:
        """Every series of a pair, oldest first."""
        return self._transaction.read.series.where(lambda one: one.pair == pair)

    async def by_uid(self, uid: str) -> Series | None:
        """The series that this UID belongs to; of several the youngest."""
        found = self._transaction.read.series.where(lambda one: uid in _uids(one))
        return found[-1] if found else None

    async def uids(self, person: PersonId) -> frozenset[str]:
        """The UIDs of every object Troth made for this person, in any pair."""
        return frozenset(uid for one in self._of(person) for uid in _uids(one))

    async def busy(self, person: PersonId, window: Span) -> Spans:
        """When live meetings of any pair take this person's time."""
        taken = (
            meeting.span
            for series in self._of(person)
            for meeting in series.live()
            if meeting.span and meeting.span.overlaps(window)
        )
        return Spans.of(taken)

    def _pair(self, series: Series) -> Pair:
        pair = self._transaction.read.pairs.get(series.pair)
        if pair is None:
            raise NotFound("pair")
        return pair

    def _of(self, person: PersonId) -> Iterator[Series]:
        pairs = self._transaction.read.pairs
        for series in self._transaction.read.series:
            pair = pairs.get(series.pair)
            if pair is not None and person in pair.both():
                yield series

    def _chosen(self, person: PersonId) -> list[tuple[Span, MeetingKey]]:
        return sorted(
            (meeting.span, meeting.key)
            for series in self._of(person)
            for meeting in series.live()
            if meeting.span and meeting.placed_by is Placer.TROTH
        )


def _overlap(spans: list[tuple[Span, MeetingKey]]) -> bool:
    # Sorted by start: if any two overlap, then two that follow each other do.
    return any(one.overlaps(two) for (one, _), (two, _) in pairwise(spans))


def _uids(series: Series) -> frozenset[str]:
    return frozenset({series.uid, *(m.uid for m in series.meetings if m.uid)})


class MemoryCalendars:
    """Calendar connections, and what they last said."""

    def __init__(self, transaction: Transaction, series: MemorySeries) -> None:
        self._transaction = transaction
        self._series = series

    async def get(self, calendar: CalendarId) -> Connection:
        """One connection."""
        found = self._transaction.read.calendars.get(calendar)
        if found is None:
            raise NotFound("calendar")
        return found

    async def put(self, connection: Connection) -> None:
        """Add or change one."""
        self._transaction.write.calendars.put(connection.id, connection)

    async def remove(self, calendar: CalendarId) -> None:
        """Forget the connection, everything read from it, and its channels."""
        shelves = self._transaction.write
        shelves.objects.remove(calendar)
        for one in shelves.channels.where(lambda one: one.calendar == calendar):
            shelves.channels.remove(one.id)
        shelves.calendars.remove(calendar)

    async def of_person(self, person: PersonId) -> tuple[Connection, ...]:
        """Every connection of a person."""
        return self._transaction.read.calendars.where(lambda one: one.person == person)

    async def etags(self, calendar: CalendarId) -> dict[RemoteId, Etag | None]:
        """What is known of a calendar: ids and etags."""
        return {one.id: one.etag for one in await self.objects(calendar)}

    async def apply(self, calendar: CalendarId, plan: SyncPlan) -> None:
        """Store objects and forget what is gone."""
        if not plan.upsert and not plan.gone:
            return
        connection = await self.get(calendar)
        ours = await self._series.uids(connection.person)
        known = self._transaction.read.objects.get(calendar) or {}
        kept = {key: one for key, one in known.items() if key not in plan.gone}
        for one in plan.upsert:
            kept[one.id] = one if one.uid in ours else replace(one, uid="")
        self._transaction.write.objects.put(calendar, kept)

    async def objects(self, calendar: CalendarId) -> tuple[CalendarObject, ...]:
        """Everything known of a calendar; only our own objects still have a uid."""
        known = self._transaction.read.objects.get(calendar) or {}
        return tuple(known[key] for key in sorted(known))

    async def some(
        self, calendar: CalendarId, ids: Collection[RemoteId]
    ) -> tuple[CalendarObject, ...]:
        """Those of its objects that have one of these ids."""
        return tuple(one for one in await self.objects(calendar) if one.id in ids)
