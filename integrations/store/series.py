"""Series with their meetings, and the time that these take from people.

`meeting_time` holds one row for each live meeting and each of its two people. The
database itself keeps two of one person's from overlapping when Troth chose both times
(promises.md I7): an exclusion constraint on PostgreSQL, triggers on SQLite.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from integrations.store.rows import Rows
from integrations.store.tables import meeting as meetings
from integrations.store.tables import meeting_time as times
from integrations.store.tables import pair as pairs
from integrations.store.tables import series as all_series
from integrations.store.transaction import Transaction
from scheduler.errors import NotFound, Taken
from scheduler.ids import PairId, PersonId, SeriesId
from scheduler.series import Meeting, MeetingKey, Series
from scheduler.timespan import Span, Spans

_SERIES: Rows[Series] = Rows(all_series, Series, beside=frozenset({"meetings"}))
_MEETINGS: Rows[Meeting] = Rows(meetings, Meeting, beside=frozenset({"key"}))


class SqlSeries:
    """Series with their meetings, replacements included."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, series: SeriesId) -> Series:
        """One series."""
        found = await self._where(all_series.c.id == series)
        if not found:
            raise NotFound("series")
        return found[0]

    async def put(self, series: Series) -> None:
        """Add or change, meetings and all; `Taken` E_SLOT_TAKEN as the port says."""
        people = await self._people(series.pair)
        await self._one_at_a_time(people)
        await self._transaction.put(_SERIES, series)
        for table in (times, meetings):
            await self._transaction.write(
                sa.delete(table).where(table.c.series == series.id)
            )
        if rows := [_MEETINGS.dump(m) | _key(m.key) for m in series.meetings]:
            await self._transaction.write(sa.insert(meetings), rows)
        if rows := _times(series, people):
            await self._transaction.write(
                sa.insert(times),
                rows,
                taken=Taken(
                    "E_SLOT_TAKEN",
                    "Somebody has just taken this time; choose another one.",
                    field="start",
                ),
            )

    async def of_pair(self, pair: PairId) -> tuple[Series, ...]:
        """Every series of a pair, oldest first."""
        return await self._where(all_series.c.pair == pair)

    async def by_uid(self, uid: str) -> Series | None:
        """The series that this UID belongs to; of several the youngest."""
        replaced = sa.select(meetings.c.series).where(meetings.c.uid == uid)
        found = await self._where(
            sa.or_(all_series.c.uid == uid, all_series.c.id.in_(replaced))
        )
        return found[-1] if found else None

    async def uids(self, person: PersonId) -> frozenset[str]:
        """The UIDs of every object Troth made for this person, in any pair."""
        theirs = sa.or_(pairs.c.mentor == person, pairs.c.mentee == person)
        ours = sa.select(all_series.c.uid).join(pairs, pairs.c.id == all_series.c.pair)
        single = (
            sa.select(meetings.c.uid)
            .join(all_series, all_series.c.id == meetings.c.series)
            .join(pairs, pairs.c.id == all_series.c.pair)
            .where(meetings.c.uid.is_not(None))
        )
        rows = [
            *await self._transaction.rows(ours.where(theirs)),
            *await self._transaction.rows(single.where(theirs)),
        ]
        return frozenset(row.uid for row in rows)

    async def busy(self, person: PersonId, window: Span) -> Spans:
        """When live meetings of any pair take this person's time."""
        taken = sa.select(times.c.starts, times.c.ends).where(
            times.c.person == person,
            times.c.starts < window.end,
            times.c.ends > window.start,
        )
        rows = await self._transaction.rows(taken)
        return Spans.of(Span(row.starts, row.ends) for row in rows)

    async def _people(self, pair: PairId) -> tuple[PersonId, PersonId]:
        both = sa.select(pairs.c.mentor, pairs.c.mentee).where(pairs.c.id == pair)
        row = await self._transaction.row(both)
        if row is None:
            raise NotFound("pair")
        return PersonId(row.mentor), PersonId(row.mentee)

    async def _one_at_a_time(self, people: tuple[PersonId, PersonId]) -> None:
        """Let one booking of a person go before the next.

        Without it two bookings at once find each other's rows and wait for each other
        until PostgreSQL ends one of them as a deadlock. Sorted, for the same reason.
        """
        if self._transaction.dialect == "postgresql":
            for person in sorted(people):
                key = sa.func.hashtextextended(person, 0)
                await self._transaction.row(
                    sa.select(sa.func.pg_advisory_xact_lock(key))
                )

    async def _where(self, where: sa.ColumnElement[bool]) -> tuple[Series, ...]:
        rows = await self._transaction.rows(_SERIES.select(where))
        if not rows:
            return ()
        held = _MEETINGS.select(meetings.c.series.in_([row.id for row in rows]))
        of: dict[str, list[Meeting]] = {row.id: [] for row in rows}
        for row in await self._transaction.rows(held):
            key = MeetingKey(SeriesId(row.series), row.original_start, row.n)
            of[row.series].append(_MEETINGS.load(row, key=key))
        return tuple(_SERIES.load(row, meetings=tuple(of[row.id])) for row in rows)


def _key(key: MeetingKey) -> dict[str, Any]:
    return {
        "series": key.series,
        "original_start": key.original_start,
        "n": key.n,
    }


def _times(series: Series, people: tuple[PersonId, PersonId]) -> list[dict[str, Any]]:
    return [
        _key(meeting.key)
        | {
            "person": person,
            "starts": meeting.span.start,
            "ends": meeting.span.end,
            "placed_by": meeting.placed_by,
        }
        for person in sorted(people)
        for meeting in series.live()
        if meeting.span
    ]
