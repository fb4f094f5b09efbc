"""Do one effect of the outbox, on exactly one path, and remember that it is done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from scheduler.copies import domain_of, follows
from scheduler.delivery import (
    Case,
    Verdict,
    failed,
    given_up_as,
    is_writable,
    landed,
    mailed,
    waited_for,
)
from scheduler.effects import (
    Address,
    OutboxState,
    Outgoing,
    RemoveCopy,
    SendInvite,
    SendLetter,
)
from scheduler.errors import (
    Exhausted,
    NeedsConsent,
    NotFound,
    Refused,
    Rejected,
    Unavailable,
)
from scheduler.ids import OutboxId
from scheduler.ports.calendars import OpenCalendar
from scheduler.ports.links import Links
from scheduler.ports.mail import MailOut, Reader, Render
from scheduler.ports.store import Begin, UnitOfWork
from scheduler.ports.system import Clock
from scheduler.promises import remind
from scheduler.series import Copy, CopyState, Route
from scheduler.usecases.ask_deleter import ask_deleter
from scheduler.usecases.bring_elsewhere import bring_elsewhere
from scheduler.usecases.load_case import load_case
from scheduler.usecases.send_mail import send_mail
from scheduler.usecases.write_copy import write_copy
from scheduler.work import WorkKind


async def deliver(
    outbox: OutboxId,
    *,
    begin: Begin,
    clock: Clock,
    open_calendar: OpenCalendar,
    mail_out: MailOut,
    render: Render,
    links: Links,
    sender: Address,
) -> datetime | None:
    """Do what this row says, unless it is done, too late or not wanted any more.

    Answers when to try again; None when the row is over. May run any number of times
    and end between any two lines: the calendar has one object, and a mail sent twice
    is the same mail.
    """
    try:
        async with begin(read_only=True) as uow:
            case, reader = await load_case(uow, outbox)
    except NotFound:
        return None
    now = clock.now()
    keep = partial(_finish, case, begin=begin, clock=clock, links=links, sender=sender)
    match case.verdict(now):
        case Verdict.WAIT:
            return case.wait_until(now)
        case Verdict.DONE:
            await keep(_Done(OutboxState.DONE))
            return None
        case Verdict.DROP:
            await keep(_Done(OutboxState.DROPPED))
            return None
        case Verdict.GO:
            pass
    try:
        done = await _perform(
            case,
            reader,
            now=now,
            begin=begin,
            open_calendar=open_calendar,
            mail_out=mail_out,
            render=render,
            links=links,
            sender=sender,
        )
    except (Unavailable, NeedsConsent) as error:
        return await _fail(
            case, error, begin=begin, clock=clock, links=links, sender=sender
        )
    except (Rejected, Refused) as error:
        ended = given_up_as(case.row.effect)
        done = _Done(ended, trouble=str(error)[:200])
    await keep(done)
    return None


@dataclass(frozen=True, slots=True)
class _Done:
    """How a row ends, and the copy it leaves behind."""

    state: OutboxState
    copy: Copy | None = None
    trouble: str = ""


async def _perform(
    case: Case,
    reader: Reader,
    *,
    now: datetime,
    begin: Begin,
    open_calendar: OpenCalendar,
    mail_out: MailOut,
    render: Render,
    links: Links,
    sender: Address,
) -> _Done:
    """Do it; no transaction is open while the other side answers."""
    effect, copy, connection = case.row.effect, case.copy, case.connection
    if isinstance(effect, (SendLetter, SendInvite)):
        await send_mail(
            case.row,
            effect,
            reader,
            now=now,
            domain=domain_of(sender),
            begin=begin,
            links=links,
            render=render,
            mail_out=mail_out,
        )
        if isinstance(effect, SendInvite) and copy:
            return _Done(OutboxState.DONE, mailed(copy, effect.invite))
        return _Done(OutboxState.DONE)
    if copy is None or connection is None or case.person is None:
        return _Done(OutboxState.DROPPED)
    if not is_writable(connection):
        raise NeedsConsent("the calendar's password is not accepted")
    owner = case.person
    calendar = open_calendar(connection, zone=owner.zone, owner=owner.email)
    written = await write_copy(effect, copy, calendar=calendar)
    if written is None:
        return _Done(OutboxState.DROPPED, trouble="changed by its owner")
    return _Done(OutboxState.DONE, written)


async def _finish(
    case: Case,
    done: _Done,
    *,
    begin: Begin,
    clock: Clock,
    links: Links,
    sender: Address,
) -> None:
    """Remember how it ended, and wake what waited for it; once, whoever comes first."""
    now = clock.now()
    async with begin() as uow:
        row = await uow.outbox.get(case.row.id)
        if row.state is not OutboxState.WAITING:
            return
        ended = replace(row, state=done.state, trouble=done.trouble)
        await uow.outbox.put(ended)
        if done.copy:
            known = await uow.copies.find(done.copy.person, done.copy.uid)
            kept = replace(landed(known, done.copy), written_at=now)
            await uow.copies.put(kept)
            await _guests_follow(uow, kept, now)
            if kept.state is CopyState.REMOVED_BY_PERSON and case.connection:
                await ask_deleter(
                    uow, ended, case.connection, now, links=links, sender=sender
                )
        if done.state is OutboxState.DEAD:
            await bring_elsewhere(
                ended, uow, refused=True, now=now, links=links, sender=sender
            )
        if done.state is OutboxState.DONE:
            await _note_reminded(ended, now, uow)
        await _wake(ended, now, uow)
        await uow.commit()


async def _guests_follow(uow: UnitOfWork, lead: Copy, now: datetime) -> None:
    """What happened to the organiser's copy happened to their guest's."""
    if lead.route is not Route.WRITTEN:
        return
    for copy in await uow.copies.of_uids([lead.uid]):
        if copy.route is Route.GUEST:
            await uow.copies.put(follows(copy, lead, now))


async def _note_reminded(row: Outgoing, now: datetime, uow: UnitOfWork) -> None:
    """From now on it is 72 hours to the next reminder, however long this one took."""
    if not isinstance(row.effect, SendLetter):
        return
    for name in row.effect.letter.facts.promises:
        try:
            promise = await uow.promises.get(name)
        except NotFound:
            continue  # erased meanwhile
        if promise.was_reminded():
            await uow.promises.put(remind(promise, now))


async def _fail(
    case: Case,
    error: Unavailable | NeedsConsent,
    *,
    begin: Begin,
    clock: Clock,
    links: Links,
    sender: Address,
) -> datetime | None:
    """Remember that it failed, and when to try again; None when it is given up."""
    now = clock.now()
    async with begin() as uow:
        row = await uow.outbox.get(case.row.id)
        if row.state is not OutboxState.WAITING:
            return None
        refused = case.is_new and isinstance(error, Exhausted)
        tried, again = failed(row, error, now, refused=refused)
        await uow.outbox.put(tried)
        asked, calendar = isinstance(error, NeedsConsent), case.connection
        if asked and calendar and is_writable(calendar):
            # Its next read tells the owner; one that is refused already waits.
            await uow.work.add(WorkKind.SYNC, calendar.id, now)
        if tried.state is not OutboxState.WAITING:
            await bring_elsewhere(
                tried, uow, refused=refused, now=now, links=links, sender=sender
            )
            await _wake(tried, now, uow)
        await uow.commit()
    return again if tried.state is OutboxState.WAITING else None


async def _wake(row: Outgoing, now: datetime, uow: UnitOfWork) -> None:
    """Have done what waited for this row, and what follows from it."""
    if row.pair is None:
        return
    for waiting in waited_for(row, await uow.outbox.of_pair(row.pair)):
        await uow.work.add(WorkKind.SEND, waiting, now)
    match row.effect:
        case SendLetter() | SendInvite() | RemoveCopy():
            return
        case effect if row.state is OutboxState.DROPPED:
            await uow.work.add(WorkKind.SYNC, effect.calendar, now)
        case _:
            await uow.work.add(WorkKind.REFRESH, row.pair, now)
