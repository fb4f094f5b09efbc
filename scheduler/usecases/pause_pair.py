"""Pause: from today or a day, until a day; meetings inside are taken out at once."""

from __future__ import annotations

from scheduler.asker import Asker
from scheduler.effects import Address
from scheduler.ids import PairId
from scheduler.pausing import PauseWish, paused, wished
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids
from scheduler.timespan import Span
from scheduler.usecases.rest_pair import rest_pair


async def pause_pair(
    pair: PairId,
    wish: PauseWish,
    asker: Asker,
    *,
    begin: Begin,
    clock: Clock,
    ids: Ids,
    links: Links,
    sender: Address,
) -> Span:
    """The pause that stands then; asking for the same one twice is one.

    `Refused` E_PAUSE, with the field, for days that make no pause; `NotFound` for a
    pair that is not the asker's.
    """
    case = await rest_pair(
        pair,
        asker,
        "paused",
        lambda case: paused(case, wished(case, wish)),
        begin=begin,
        clock=clock,
        ids=ids,
        links=links,
        sender=sender,
    )
    return wished(case, wish)
