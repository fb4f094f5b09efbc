"""Read the mailbox that answers come to, and do what they say; each mail once."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from scheduler.access import Audited
from scheduler.bounces import bounced_rows, came_back, returned, unreachable
from scheduler.copies import domain_of
from scheduler.effects import Address
from scheduler.ids import PairId
from scheduler.ports.calendars import OpenCalendar
from scheduler.ports.links import Links
from scheduler.ports.mail import Answer, Bounce, Ignored, Incoming, MailIn, Note, Reply
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock, Ids
from scheduler.replying import Replied, replied
from scheduler.usecases.keep_change import keep_change
from scheduler.usecases.load_situation import load_situation
from scheduler.usecases.read_afresh import read_afresh
from scheduler.usecases.take_note import take_note
from scheduler.usecases.tell_fallen import told_of_fallen


async def read_mail(
    *,
    mail_in: MailIn,
    begin: Begin,
    open_calendar: OpenCalendar,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
    months: int,
) -> None:
    """Do what each unread mail says, and mark it done once that is kept.

    A mail that is read again after a crash does nothing twice. To a mail in words its
    sender is answered, if we know them, once with a link; to any other, never.
    `Unavailable` as the mailbox raises it.
    """
    async for mail in mail_in.unseen():
        if isinstance(mail.read, Reply) and mail.read.answer is Answer.COUNTER:
            await _read_calendars(
                mail.read,
                begin=begin,
                open_calendar=open_calendar,
                clock=clock,
                ids=ids,
                months=months,
            )
        await _take(mail, begin=begin, clock=clock, ids=ids, links=links, sender=sender)
        await mail_in.done(mail.id)


async def _read_calendars(
    reply: Reply,
    *,
    begin: Begin,
    open_calendar: OpenCalendar,
    clock: Clock,
    ids: Ids,
    months: int,
) -> None:
    """Have both calendars at hand before a proposed time is looked at."""
    async with begin(read_only=True) as uow:
        series = await uow.series.by_uid(reply.uid)
        pair = await uow.pairs.get(series.pair) if series else None
    if pair:
        await read_afresh(
            pair,
            begin=begin,
            open_calendar=open_calendar,
            clock=clock,
            ids=ids,
            months=months,
        )


async def _take(
    mail: Incoming,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> None:
    """One mail in one transaction: what it does, that it was read, and why not."""
    now = clock.now()
    async with begin() as uow:
        match mail.read:
            case Reply():
                done, pair = await _reply(
                    uow, mail.read, clock=clock, ids=ids, links=links, sender=sender
                )
            case Bounce():
                done, pair = await _bounce(uow, mail.read, sender, now)
            case Note():
                done, theirs = await take_note(
                    uow, mail.read, now, ids=ids, sender=sender
                )
                pair = theirs.id if theirs else None
            case Ignored(reason=reason):
                done, pair = Replied(reason), None
            case _:
                assert_never(mail.read)
        if not await uow.inbox.add(mail.id, done.outcome, now):
            return  # read before; nothing of this unit is kept
        programme = (await uow.pairs.get(pair)).programme if pair else None
        actor = f"person:{done.person}" if done.person else "mail"
        about = str(done.about or pair or "")
        await uow.audit.add(
            Audited(now, programme, actor, "mail read", about, done.outcome)
        )
        await uow.commit()


async def _reply(
    uow: UnitOfWork,
    reply: Reply,
    *,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> tuple[Replied, PairId | None]:
    series = await uow.series.by_uid(reply.uid)
    if series is None:
        return Replied("unknown object"), None
    now = clock.now()
    case = await load_situation(uow, series.pair, now, links=links, sender=sender)
    if case is None:
        return Replied("unknown object"), None
    done = replied(case, reply)
    change = done.change
    change += told_of_fallen(case.after(change), ids=ids, sender=sender)
    await keep_change(uow, case, change, ids=ids)
    return done, series.pair


async def _bounce(
    uow: UnitOfWork, bounce: Bounce, sender: Address, now: datetime
) -> tuple[Replied, PairId | None]:
    """A mail of ours that can never arrive: its address gets no more of them."""
    domain = domain_of(sender)
    for person in await uow.people.with_email(bounce.address):
        pairs = await uow.pairs.of_person(person.id)
        for pair in pairs:
            rows = await uow.outbox.of_pair(pair.id)
            row = returned(bounce.address, bounce.message_id, person, rows, domain)
            if row is None:
                continue
            if not bounce.hard:
                return Replied("late", person=person.id), pair.id
            gone = unreachable(person, now)
            await uow.outbox.put(came_back(row))
            await uow.people.put(gone)
            await uow.evidence.add(bounced_rows(gone, [one.id for one in pairs]))
            return Replied("bounced", person=person.id), pair.id
    return Replied("nothing we sent"), None
