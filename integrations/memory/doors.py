"""Links, sessions, tokens, mails read and answers given, in memory."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime

from integrations.memory.shelves import Transaction
from scheduler.access import ApiToken, Link, Purpose, Session
from scheduler.ids import LinkId, PairId, PersonId


class MemoryDoors:
    """Links, sessions, tokens: who may come in."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def link(self, link: LinkId) -> Link | None:
        """The row behind a signed link."""
        return self._transaction.read.links.get(link)

    async def put_link(self, link: Link) -> None:
        """Add or change one."""
        self._transaction.write.links.put(link.id, link)

    async def use_link(self, link: LinkId) -> bool:
        """Count one use; False when it is a single one that was used already."""
        shelf = self._transaction.write.links
        found = shelf.get(link)
        if found is None or (found.single and found.uses):
            return False
        shelf.put(link, replace(found, uses=found.uses + 1))
        return True

    async def of_person(
        self, person: PersonId
    ) -> tuple[tuple[Link, ...], tuple[Session, ...], tuple[ApiToken, ...]]:
        """Every link, session and token of a person."""
        read = self._transaction.read
        return (
            read.links.where(lambda one: one.person == person),
            read.sessions.where(lambda one: one.person == person),
            read.tokens.where(lambda one: one.person == person),
        )

    async def revoke_links(self, person: PersonId) -> None:
        """Close every link of a person."""
        shelf = self._transaction.write.links
        for link in shelf.where(lambda one: one.person == person):
            shelf.put(link.id, replace(link, revoked=True))

    async def revoke_pair(self, pair: PairId, but: Collection[Purpose]) -> None:
        """Close every link about a pair, but those of some purposes."""
        shelf = self._transaction.write.links
        for link in shelf.where(lambda one: one.pair == pair):
            if link.purpose not in but:
                shelf.put(link.id, replace(link, revoked=True))

    async def session(self, digest: str) -> Session | None:
        """The session with this digest of its cookie."""
        return self._transaction.read.sessions.get(digest)

    async def put_session(self, session: Session) -> None:
        """Add or change one."""
        self._transaction.write.sessions.put(session.digest, session)

    async def end_session(self, digest: str) -> None:
        """Forget it."""
        self._transaction.write.sessions.remove(digest)

    async def token(self, digest: str) -> ApiToken | None:
        """The token with this digest."""
        return self._transaction.read.tokens.get(digest)

    async def put_token(self, token: ApiToken) -> None:
        """Add or change one."""
        self._transaction.write.tokens.put(token.digest, token)


class MemoryInbox:
    """Mails that were already read."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def add(self, mail: str, outcome: str, at: datetime) -> bool:
        """Remember it; False when it was there already."""
        return self._transaction.write.inbox.add(mail, (outcome, at))


class MemoryRepeats:
    """Answers to writes that came with an Idempotency-Key."""

    def __init__(self, transaction: Transaction) -> None:
        self._transaction = transaction

    async def find(self, scope: str, key: str) -> tuple[str, int, str] | None:
        """(digest of the request, status, body) of the first answer, or None."""
        found = self._transaction.read.repeats.get((scope, key))
        return found and found[:3]

    async def add(
        self, scope: str, key: str, digest: str, status: int, body: str, at: datetime
    ) -> None:
        """Remember the first answer; a later one changes nothing."""
        self._transaction.write.repeats.add((scope, key), (digest, status, body, at))
