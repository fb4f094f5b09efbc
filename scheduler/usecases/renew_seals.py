"""Close the seals of the audit with the newest key: a part of `troth keys rotate`."""

from __future__ import annotations

from dataclasses import replace

from scheduler.auditing import sealed_text
from scheduler.ports.store import Begin
from scheduler.ports.system import Stamp


async def renew_seals(*, begin: Begin, stamp: Stamp) -> int:
    """How many were closed anew; a day that is not as it was sealed ends it.

    What somebody changed is never given a good seal: it and what follows stay as
    they are, and `verify_audit` goes on telling.
    """
    done, before, renewed = 0, "", ""
    async with begin() as uow:
        for sealed in await uow.audit.seals():
            known = (sealed.day, sealed.rows, sealed.digest)
            if not stamp.is_good(sealed_text(*known, before), sealed.seal):
                break
            before, renewed = sealed.seal, stamp.make(sealed_text(*known, renewed))
            await uow.audit.put_seal(replace(sealed, seal=renewed))
            done += 1
        await uow.commit()
    return done
