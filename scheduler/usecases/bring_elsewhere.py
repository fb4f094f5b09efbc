"""Have brought on another route what a calendar refused, or did not take in time."""

from __future__ import annotations

from datetime import datetime

from scheduler.delivery import subject
from scheduler.effects import Address, Outgoing
from scheduler.ids import OutboxId
from scheduler.ports.links import Links
from scheduler.ports.store import UnitOfWork
from scheduler.rerouting import given_up
from scheduler.usecases.reroute import reroute


async def bring_elsewhere(
    row: Outgoing,
    uow: UnitOfWork,
    *,
    refused: bool,
    now: datetime,
    links: Links,
    sender: Address,
) -> None:
    """What takes the place of a row that is not tried any more, right behind it.

    `refused`: the calendar will never take it, or nothing new for hours.
    """
    about = subject(row.effect)
    if about is None or row.pair is None:
        return
    _, uid = about
    copies = await uow.copies.of_uids([uid])
    lost = given_up(row.effect, copies, refused=refused)
    its = [s for s in await uow.series.of_pair(row.pair) if s.of_uid(uid)]
    if lost is None or not its:
        return
    names = (OutboxId(f"{row.id}{sign}") for sign in "MNOPQR")
    await reroute(
        uow, its[0], lost, now=now, name=names.__next__, links=links, sender=sender
    )
