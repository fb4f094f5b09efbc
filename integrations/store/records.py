"""What a pair leaves behind: copies, fallen periods, evidence, offers."""

from __future__ import annotations

from collections.abc import Collection, Sequence

import sqlalchemy as sa

from integrations.store.rows import Rows
from integrations.store.tables import copy as copies
from integrations.store.tables import evidence
from integrations.store.tables import ledger as ledger_rows
from integrations.store.tables import offer as offers
from integrations.store.transaction import Transaction
from scheduler.evidence import Evidence
from scheduler.ids import OfferId, PairId, PersonId, Uid
from scheduler.series import Copy, LedgerRow, Offer

_COPIES: Rows[Copy] = Rows(copies, Copy)
_LEDGER: Rows[LedgerRow] = Rows(ledger_rows, LedgerRow)
_EVIDENCE: Rows[Evidence] = Rows(evidence, Evidence)
_OFFERS: Rows[Offer] = Rows(offers, Offer)


class SqlCopies:
    """People's copies of our objects."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, person: PersonId, uid: Uid) -> Copy | None:
        """One person's copy of one object."""
        return await self._transaction.find(
            _COPIES, copies.c.person == person, copies.c.uid == uid
        )

    async def put(self, copy: Copy) -> None:
        """Add or change one."""
        await self._transaction.put(_COPIES, copy)

    async def of_uids(self, uids: Collection[Uid]) -> tuple[Copy, ...]:
        """Every copy of these objects, of either person, sorted by person and UID."""
        return await self._transaction.every(_COPIES, copies.c.uid.in_(sorted(uids)))


class SqlLedger:
    """Fallen periods."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def of_pair(self, pair: PairId) -> tuple[LedgerRow, ...]:
        """Every row of a pair, by series and period."""
        return await self._transaction.every(_LEDGER, ledger_rows.c.pair == pair)

    async def put(self, row: LedgerRow) -> None:
        """Add or change the row of (series, period)."""
        await self._transaction.put(_LEDGER, row)


class SqlEvidence:
    """Append-only rows of what was seen."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, rows: Sequence[Evidence]) -> None:
        """Add rows; one whose id is there already is left as it is."""
        for row in rows:
            await self._transaction.add(evidence, _EVIDENCE.dump(row), "id")

    async def of_pair(self, pair: PairId) -> tuple[Evidence, ...]:
        """Sorted by (at, id)."""
        seen = sa.select(evidence).where(evidence.c.pair == pair)
        rows = await self._transaction.rows(seen.order_by(evidence.c.at, evidence.c.id))
        return _EVIDENCE.all(rows)

    async def cut(self, person: PersonId) -> None:
        """Forget whose act it was, for every row by this person."""
        await self._transaction.write(
            sa.update(evidence).where(evidence.c.by == person).values(by=None)
        )


class SqlOffers:
    """Times offered to a pair."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def get(self, offer: OfferId) -> Offer:
        """One offer."""
        return await self._transaction.get("offer", _OFFERS, offers.c.id == offer)

    async def put(self, offer: Offer) -> None:
        """Add or change one."""
        await self._transaction.put(_OFFERS, offer)

    async def of_pair(self, pair: PairId) -> tuple[Offer, ...]:
        """Every offer to a pair."""
        return await self._transaction.every(_OFFERS, offers.c.pair == pair)
