"""Accounts and push channels, with what is theirs alone sealed."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from integrations.store.columns import column, key, maybe, metadata, text
from integrations.store.rows import Rows
from integrations.store.sealing import Seals
from integrations.store.tables import calendar as calendars
from integrations.store.transaction import Transaction
from integrations.store.types import Document, Instant, Name
from scheduler.accounts import Account, Need
from scheduler.channels import Channel
from scheduler.errors import NotFound
from scheduler.ids import AccountId, CalendarId, PersonId, digest
from scheduler.secret import Secret

account = sa.Table(
    "account",
    metadata,
    key("id"),
    text("person", index=True),
    #: What all rows of one account have in common; its name does not follow from it.
    text("subject_key", index=True),
    #: Its name, its address, the refresh token and the id of Troth's own calendar,
    #: which as a connection's address lies sealed as well: sealing.py.
    text("sealed"),
    column("allowed", Document(frozenset[Need])),
    maybe("refused_at", Instant),
)

channel = sa.Table(
    "channel",
    metadata,
    key("id"),
    sa.Column(
        "calendar",
        Name,
        sa.ForeignKey("calendar.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    ),
    #: The token that each message must bring, encrypted: sealing.py.
    text("sealed"),
    text("resource"),
    column("opened", Instant),
    column("expires", Instant),
    column("heard", sa.Boolean),
    column("stopped", sa.Boolean),
    sa.Index("ix_channel_expires", "expires"),
)

_ACCOUNTS: Rows[Account] = Rows(
    account,
    Account,
    beside=frozenset({"subject", "email", "refresh", "own_calendar"}),
)
_CHANNELS: Rows[Channel] = Rows(channel, Channel, beside=frozenset({"token"}))


class SqlAccounts:
    """Accounts that people connected, with what opens them."""

    def __init__(self, transaction: Transaction, seals: Seals) -> None:
        self._transaction = transaction
        self._seals = seals

    async def get(self, name: AccountId) -> Account:
        """One account."""
        row = await self._transaction.row(_ACCOUNTS.select(account.c.id == name))
        if row is None:
            raise NotFound("account")
        return self._load(row)

    async def put(self, one: Account) -> None:
        """Add or change one."""
        secrets = one.subject, one.email, one.refresh.reveal, one.own_calendar
        sealed = self._seals.close(("account", one.person, one.id), secrets)
        await self._transaction.put(
            _ACCOUNTS, one, sealed=sealed, subject_key=_subject_key(one.subject)
        )

    async def remove(self, name: AccountId) -> None:
        """Forget one."""
        gone = sa.delete(account).where(account.c.id == name)
        await self._transaction.write(gone)

    async def of_person(self, person: PersonId) -> tuple[Account, ...]:
        """Every account of a person."""
        return await self._where(account.c.person == person)

    async def with_subject(self, subject: str) -> tuple[Account, ...]:
        """Every row of one account."""
        return await self._where(account.c.subject_key == _subject_key(subject))

    async def _where(self, is_so: sa.ColumnElement[bool]) -> tuple[Account, ...]:
        rows = await self._transaction.rows(_ACCOUNTS.select(is_so))
        return tuple(map(self._load, rows))

    def _load(self, row: sa.Row[Any]) -> Account:
        place = "account", row.person, row.id
        subject, email, refresh, own = self._seals.open(place, row.sealed)
        return _ACCOUNTS.load(
            row,
            subject=subject,
            email=email,
            refresh=Secret(refresh),
            own_calendar=own,
        )


class SqlChannels:
    """Push channels, with the tokens that messages must bring."""

    def __init__(self, transaction: Transaction, seals: Seals) -> None:
        self._transaction = transaction
        self._seals = seals

    async def find(self, name: str) -> Channel | None:
        """The channel with this id."""
        row = await self._transaction.row(_CHANNELS.select(channel.c.id == name))
        return self._load(row) if row else None

    async def put(self, one: Channel) -> None:
        """Add or change one of a calendar that is there."""
        its = sa.select(calendars.c.id).where(calendars.c.id == one.calendar)
        if await self._transaction.row(its) is None:
            raise NotFound("calendar")
        place = "channel", one.calendar, one.id
        sealed = self._seals.close(place, [one.token.reveal])
        await self._transaction.put(_CHANNELS, one, sealed=sealed)

    async def remove(self, name: str) -> None:
        """Forget one."""
        gone = sa.delete(channel).where(channel.c.id == name)
        await self._transaction.write(gone)

    async def of_calendar(self, calendar: CalendarId) -> tuple[Channel, ...]:
        """Every channel of a calendar."""
        rows = await self._transaction.rows(
            _CHANNELS.select(channel.c.calendar == calendar)
        )
        return tuple(map(self._load, rows))

    async def working(self, now: datetime) -> int:
        """How many calendars have one that works."""
        live = sa.and_(channel.c.heard, ~channel.c.stopped, channel.c.expires > now)
        count = sa.func.count(sa.distinct(channel.c.calendar)).label("number")
        row = await self._transaction.row(sa.select(count).where(live))
        return int(row.number) if row else 0

    def _load(self, row: sa.Row[Any]) -> Channel:
        place = "channel", row.calendar, row.id
        (token,) = self._seals.open(place, row.sealed)
        return _CHANNELS.load(row, token=Secret(token))


def _subject_key(subject: str) -> str:
    return digest("google subject", subject)
