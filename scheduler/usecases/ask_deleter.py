"""Ask somebody about an event that they deleted while it was still being made."""

from __future__ import annotations

from datetime import datetime

from scheduler.asking import asked
from scheduler.connections import Connection
from scheduler.delivery import subject
from scheduler.effects import Address, Outgoing
from scheduler.findings import SOURCES, Finding, FindingKind, Grade
from scheduler.ids import OutboxId
from scheduler.outbox import letter_row
from scheduler.ports.links import Links
from scheduler.ports.store import UnitOfWork
from scheduler.usecases.load_situation import load_situation


async def ask_deleter(
    uow: UnitOfWork,
    row: Outgoing,
    calendar: Connection,
    now: datetime,
    *,
    links: Links,
    sender: Address,
) -> None:
    """Ask whose calendar it is whether the meetings fall out, once.

    The event is never made again by a machine; their answer decides (promises.md F26).
    """
    about = subject(row.effect)
    if about is None or row.pair is None:
        return
    case = await load_situation(uow, row.pair, now, links=links, sender=sender)
    series = case.view.standing if case else None
    if case is None or series is None:
        return
    person, uid = about
    ahead = [m for m in series.of_uid(uid) if m.is_live and m.span]
    keys = tuple(m.key for m in ahead if m.span and m.span.start > now)
    kind = FindingKind.SERIES_GONE if len(keys) > 1 else FindingKind.MISSING
    source = SOURCES[calendar.kind]
    finding = Finding(kind, Grade.PROBABLE, person, keys, now, source)
    for told in asked(case, finding).letters if keys else ():
        name, owner = OutboxId(f"{row.id}M"), case.person(person)
        letter = letter_row(name, told.letter, owner, now=now, revision=told.revision)
        await uow.outbox.add(letter)
