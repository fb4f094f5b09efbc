"""One of a pair says whether their coordinator may see the figures."""

from __future__ import annotations

from scheduler.consent import Consent, chosen, has_given
from scheduler.errors import NotFound
from scheduler.ids import PairId, PersonId
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock


async def choose_showing(
    pair: PairId, person: PersonId, *, given: bool, begin: Begin, clock: Clock
) -> None:
    """Keep the choice, from this instant; to say the same again changes nothing.

    The figures are shown while both say yes. `NotFound` when it is not their pair.
    """
    now = clock.now()
    async with begin() as uow:
        both = await uow.pairs.get(pair)
        if person not in both.both():
            raise NotFound("pair")
        if has_given(person, await uow.consents.of_pair(pair)) is given:
            return
        consent = Consent(pair, person, given, now)
        await uow.consents.put(consent)
        await uow.audit.add(chosen(consent, both.programme))
        await uow.commit()
