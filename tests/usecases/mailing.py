"""The small world with a reply mailbox, into which people's programs answer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from copy import deepcopy
from dataclasses import replace
from datetime import datetime
from typing import Any

from integrations.memory.mail import MemoryMailIn
from scheduler.effects import SendInvite
from scheduler.invite import Invite, Method
from scheduler.people import Pair
from scheduler.ports.mail import Answer, Claim, Incoming, Reply
from scheduler.replacing import rescheduled
from scheduler.series import Meeting
from scheduler.timespan import Span
from scheduler.usecases.decide import decide
from scheduler.usecases.read_mail import read_mail
from tests.usecases.breaking import Fuse
from tests.usecases.noticing import NoticingWorld
from tests.usecases.world import SENDER


class _Mailbox:
    """A mailbox that dies before each mail, and before and after it marks one."""

    def __init__(self, mailbox: MemoryMailIn, fuse: Fuse) -> None:
        self._mailbox, self._fuse = mailbox, fuse

    async def unseen(self) -> AsyncIterator[Incoming]:
        async for mail in self._mailbox.unseen():
            self._fuse.burn()
            yield mail

    async def done(self, mail: str) -> None:
        self._fuse.burn()
        await self._mailbox.done(mail)
        self._fuse.burn()


class MailingWorld(NoticingWorld):
    """A world whose people answer by mail."""

    def __init__(self) -> None:
        super().__init__()
        self.mailbox = MemoryMailIn()

    async def read(self) -> None:
        """One reading of the mailbox, as the work of it does."""
        await read_mail(
            mail_in=_Mailbox(self.mailbox, self.fuse),
            begin=self.begin,
            open_calendar=self.open_calendar,
            clock=self.clock,
            ids=self.ids,
            links=self.links,
            sender=SENDER,
            months=13,
        )

    async def hear(self, *answers: Any) -> None:
        """Have these read, and all that follows from them done."""
        for one in answers:
            self.mailbox.put(one)
        await self.read()
        assert [mail async for mail in self.mailbox.unseen()] == []
        await self.work()

    async def moves(self, pair: Pair, meeting: Meeting, span: Span) -> None:
        """Both chose another time on a page."""
        await decide(
            pair.id,
            pair.mentor,
            lambda case: rescheduled(case, meeting, span, pair.mentor),
            begin=self.begin,
            clock=self.clock,
            ids=self.ids,
            links=self.links,
            sender=SENDER,
        )
        await self.work()

    async def invites(self, pair: Pair, to: str = "") -> list[Invite]:
        """What was sent, oldest first."""
        sent = await self.effects(pair, SendInvite)
        return [e.invite for e in sent if to in {"", e.to}]

    async def answer(
        self,
        pair: Pair,
        answer: Answer,
        meeting: Meeting | None = None,
        *,
        by: str = "leyla@example.org",
        to: Span | None = None,
        **more: Any,
    ) -> Reply:
        """What a mail program answers to what it was sent last about this."""
        series = await self.standing(pair)
        uid = (meeting and meeting.uid) or series.uid
        original = meeting.key.original_start if meeting and not meeting.uid else None
        sent = [
            i.sequence
            for i in await self.invites(pair)
            if i.uid == uid and i.method is Method.REQUEST
        ]
        reply = Reply(
            uid,
            by,
            answer,
            max(sent, default=0),
            self.clock.now(),
            recurrence_id=original,
            proposed_start=to.start if to else None,
            proposed_end=to.end if to else None,
        )
        return replace(reply, **more)

    async def outcomes(self, pair: Pair) -> list[str]:
        """The codes of every mail that was read, in order."""
        keys = {str(m.key) for s in await self.series(pair) for m in s.meetings}
        async with self.store(read_only=True) as uow:
            rows = [
                row
                for about in ("", pair.id, *sorted(keys))
                for row in await uow.audit.about(about)
                if row.act == "mail read"
            ]
        return [row.cause for row in sorted(rows, key=lambda row: row.at)]

    async def state(self, pair: Pair) -> Any:
        """Everything that mail could change, without what was drawn or audited."""
        async with self.store(read_only=True) as uow:
            series = await uow.series.of_pair(pair.id)
            uids = {s.uid for s in series}
            uids |= {m.uid for s in series for m in s.meetings if m.uid}
            return (
                series,
                await uow.copies.of_uids(sorted(uids)),
                await uow.ledger.of_pair(pair.id),
                await uow.evidence.of_pair(pair.id),
                await uow.offers.of_pair(pair.id),
                [(r.key, r.state) for r in await uow.outbox.of_pair(pair.id)],
            )


async def mail_pair(mentor: str = "caldav", mentee: str = "mail") -> Any:
    """A world, and a pair of whom at least one gets invitations by mail."""
    world = MailingWorld()
    await world.open()
    return world, await world.booked(mentor, mentee)


def later(meeting: Meeting, by: Any) -> Span:
    """The same meeting, so much later."""
    assert meeting.span
    return Span(meeting.span.start + by, meeting.span.end + by)


def copy_of(world: MailingWorld) -> MailingWorld:
    """A world that goes its own way from here."""
    return deepcopy(world)


def at(meeting: Meeting) -> datetime:
    """When it begins."""
    assert meeting.span
    return meeting.span.start


def claims(*addresses: str, certain: bool = True) -> tuple[Claim, ...]:
    """Further addresses that an answer came with."""
    return tuple(Claim(address, certain) for address in addresses)


async def seen(world: MailingWorld, pair: Any) -> Any:
    """What is left, without the instants that a death delays."""
    series, copies, ledger, evidence, offers, rows = await world.state(pair)
    sent = await world.invites(pair)
    return (
        [[(m.key, m.span, m.state) for m in s.meetings] for s in series],
        [(c.person, c.partstat, c.state) for c in copies],
        [(row.period, row.state) for row in ledger],
        sorted((e.kind.value, e.about) for e in evidence),
        [(o.kind, o.about, o.state, o.times) for o in offers],
        len(rows),
        sorted((i.method.value, i.sequence) for i in sent),
        sorted((m.to.email, m.subject, m.method) for m in world.post.read().values()),
        await world.outcomes(pair),
    )
