"""Who may come in, and what was read and answered already."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from integrations.store.rows import Rows
from integrations.store.tables import inbox, repeat
from integrations.store.tables import link as links
from integrations.store.tables import session as sessions
from integrations.store.tables import token as tokens
from integrations.store.transaction import Transaction
from scheduler.access import ApiToken, Link, Purpose, Session
from scheduler.ids import LinkId, PairId, PersonId

_LINKS: Rows[Link] = Rows(links, Link)
_SESSIONS: Rows[Session] = Rows(sessions, Session)
_TOKENS: Rows[ApiToken] = Rows(tokens, ApiToken)


class SqlDoors:
    """Links, sessions, tokens: who may come in."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def link(self, link: LinkId) -> Link | None:
        """The row behind a signed link."""
        return await self._transaction.find(_LINKS, links.c.id == link)

    async def put_link(self, link: Link) -> None:
        """Add or change one."""
        await self._transaction.put(_LINKS, link)

    async def use_link(self, link: LinkId) -> bool:
        """Count one use; False when it is a single one that was used already."""
        free = sa.or_(sa.not_(links.c.single), links.c.uses == 0)
        used = await self._transaction.write(
            sa.update(links)
            .where(links.c.id == link, free)
            .values(uses=links.c.uses + 1)
        )
        return used == 1

    async def of_person(
        self, person: PersonId
    ) -> tuple[tuple[Link, ...], tuple[Session, ...], tuple[ApiToken, ...]]:
        """Every link, session and token of a person."""
        every = self._transaction.every
        return (
            await every(_LINKS, links.c.person == person),
            await every(_SESSIONS, sessions.c.person == person),
            await every(_TOKENS, tokens.c.person == person),
        )

    async def revoke_links(self, person: PersonId) -> None:
        """Close every link of a person."""
        await self._transaction.write(
            sa.update(links).where(links.c.person == person).values(revoked=True)
        )

    async def revoke_pair(self, pair: PairId, but: Collection[Purpose]) -> None:
        """Close every link about a pair, but those of some purposes."""
        await self._transaction.write(
            sa.update(links)
            .where(links.c.pair == pair, links.c.purpose.not_in(but))
            .values(revoked=True)
        )

    async def session(self, digest: str) -> Session | None:
        """The session with this digest of its cookie."""
        return await self._transaction.find(_SESSIONS, sessions.c.digest == digest)

    async def put_session(self, session: Session) -> None:
        """Add or change one."""
        await self._transaction.put(_SESSIONS, session)

    async def end_session(self, digest: str) -> None:
        """Forget it."""
        await self._transaction.write(
            sa.delete(sessions).where(sessions.c.digest == digest)
        )

    async def token(self, digest: str) -> ApiToken | None:
        """The token with this digest."""
        return await self._transaction.find(_TOKENS, tokens.c.digest == digest)

    async def put_token(self, token: ApiToken) -> None:
        """Add or change one."""
        await self._transaction.put(_TOKENS, token)


class SqlInbox:
    """Mails that were already read."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, mail: str, outcome: str, at: datetime) -> bool:
        """Remember it; False when it was there already."""
        row = {"mail": mail, "outcome": outcome, "at": at}
        return await self._transaction.add(inbox, row, "mail")


class SqlRepeats:
    """Answers to writes that came with an Idempotency-Key."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, scope: str, key: str) -> tuple[str, int, str] | None:
        """(digest of the request, status, body) of the first answer, or None."""
        row = await self._transaction.row(
            sa.select(repeat.c.digest, repeat.c.status, repeat.c.body).where(
                repeat.c.scope == scope, repeat.c.key == key
            )
        )
        return None if row is None else (row.digest, row.status, row.body)

    async def add(
        self, scope: str, key: str, digest: str, status: int, body: str, at: datetime
    ) -> None:
        """Remember the first answer; a later one changes nothing."""
        row = {
            "scope": scope,
            "key": key,
            "digest": digest,
            "status": status,
            "body": body,
            "at": at,
        }
        await self._transaction.add(repeat, row, "scope", "key")
