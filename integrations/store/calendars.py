"""Calendar connections, with their secrets sealed, and what they last said."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from integrations.store.accounts import channel
from integrations.store.rows import Rows
from integrations.store.sealing import Seals
from integrations.store.series import SqlSeries
from integrations.store.tables import calendar as calendars
from integrations.store.tables import calendar_object as objects
from integrations.store.transaction import Transaction
from scheduler.connections import Connection
from scheduler.errors import NotFound
from scheduler.events import CalendarObject
from scheduler.ids import CalendarId, Etag, PersonId, RemoteId
from scheduler.secret import Secret
from scheduler.sync import SyncPlan

_CONNECTIONS: Rows[Connection] = Rows(
    calendars, Connection, beside=frozenset({"url", "username", "password"})
)
_OBJECTS: Rows[CalendarObject] = Rows(objects, CalendarObject)


class SqlCalendars:
    """Calendar connections, and what they last said."""

    def __init__(
        self, transaction: Transaction, seals: Seals, series: SqlSeries
    ) -> None:
        self._transaction = transaction
        self._seals = seals
        self._series = series

    async def get(self, calendar: CalendarId) -> Connection:
        """One connection."""
        row = await self._transaction.row(
            _CONNECTIONS.select(calendars.c.id == calendar)
        )
        if row is None:
            raise NotFound("calendar")
        return self._load(row)

    async def put(self, connection: Connection) -> None:
        """Add or change one."""
        secrets = (
            connection.url.reveal,
            connection.username,
            connection.password.reveal,
        )
        place = _place(connection.person, connection.id)
        await self._transaction.put(
            _CONNECTIONS, connection, sealed=self._seals.close(place, secrets)
        )

    async def remove(self, calendar: CalendarId) -> None:
        """Forget the connection, everything read from it, and its channels."""
        await self._transaction.write(
            sa.delete(objects).where(objects.c.calendar == calendar)
        )
        await self._transaction.write(
            sa.delete(channel).where(channel.c.calendar == calendar)
        )
        await self._transaction.write(
            sa.delete(calendars).where(calendars.c.id == calendar)
        )

    async def of_person(self, person: PersonId) -> tuple[Connection, ...]:
        """Every connection of a person."""
        rows = await self._transaction.rows(
            _CONNECTIONS.select(calendars.c.person == person)
        )
        return tuple(map(self._load, rows))

    async def etags(self, calendar: CalendarId) -> dict[RemoteId, Etag | None]:
        """What is known of a calendar: ids and etags."""
        known = sa.select(objects.c.id, objects.c.etag)
        rows = await self._transaction.rows(known.where(objects.c.calendar == calendar))
        return {RemoteId(row.id): row.etag for row in rows}

    async def apply(self, calendar: CalendarId, plan: SyncPlan) -> None:
        """Store objects and forget what is gone."""
        ids = plan.gone | {one.id for one in plan.upsert}
        if not ids:
            return
        connection = await self.get(calendar)
        ours = await self._series.uids(connection.person)
        for some in _slices(sorted(ids)):
            await self._transaction.write(
                sa.delete(objects).where(
                    objects.c.calendar == calendar, objects.c.id.in_(some)
                )
            )
        rows = {
            one.id: _OBJECTS.dump(one)
            | {
                "calendar": calendar,
                "uid": one.uid if one.uid in ours else "",
                "first_end": first_end(one),
            }
            for one in plan.upsert
        }
        if rows:
            await self._transaction.write(sa.insert(objects), list(rows.values()))

    async def objects(self, calendar: CalendarId) -> tuple[CalendarObject, ...]:
        """Everything known of a calendar; only our own objects still have a uid."""
        return await self._transaction.every(_OBJECTS, objects.c.calendar == calendar)

    async def some(
        self, calendar: CalendarId, ids: Collection[RemoteId]
    ) -> tuple[CalendarObject, ...]:
        """Those of its objects that have one of these ids."""
        found: list[CalendarObject] = []
        for some in _slices(sorted(ids)):
            found += await self._transaction.every(
                _OBJECTS, objects.c.calendar == calendar, objects.c.id.in_(some)
            )
        return tuple(sorted(found, key=lambda one: one.id))

    def _load(self, row: sa.Row[Any]) -> Connection:
        place = _place(row.person, row.id)
        url, username, password = self._seals.open(place, row.sealed)
        return _CONNECTIONS.load(
            row, url=Secret(url), username=username, password=Secret(password)
        )


def load_object(row: sa.Row[Any]) -> CalendarObject:
    """The object of a row."""
    return _OBJECTS.load(row)


def first_end(found: CalendarObject) -> datetime | None:
    """When the first of its occurrences ends: what retention asks for."""
    return min((o.end for o in found.occurrences), default=None)


def _place(person: PersonId, calendar: CalendarId) -> tuple[str, str, str]:
    return "calendar", person, calendar


def _slices(ids: list[RemoteId], size: int = 500) -> Iterable[list[RemoteId]]:
    # A statement may hold only so many parameters: 32,766 on both databases.
    return (ids[first : first + size] for first in range(0, len(ids), size))
