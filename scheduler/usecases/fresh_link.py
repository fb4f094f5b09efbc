"""Send somebody a fresh link to their pages."""

from __future__ import annotations

from scheduler.effects import Outgoing, SendLetter
from scheduler.ids import OutboxId, PersonId, ProgrammeId
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids


async def fresh_link(email: str, *, begin: Begin, clock: Clock, ids: Ids) -> None:
    """Write to everybody with this address: at most once each five minutes.

    Whether there is anybody is told to nobody.
    """
    now = clock.now()
    slot = int(now.timestamp()) // 300
    async with begin() as uow:
        known = await uow.people.with_email(email)
        # Who asked to be erased has shut their doors, and no new one is opened.
        people = [one for one in known if await uow.erasures.find(one.id) is None]
        coordinated = [
            programme
            for programme in await uow.programmes.all()
            if programme.coordinator.lower() == email.lower()
        ]
        letters: list[tuple[ProgrammeId, str, Letter]] = [
            (person.programme, person.id, _letter(person.id, "")) for person in people
        ]
        letters += [
            (programme.id, programme.id, _letter(None, programme.coordinator))
            for programme in coordinated
        ]
        for programme, whose, letter in letters:
            key = f"sign-in/{whose}/{slot}"
            effect = SendLetter(letter)
            row = Outgoing(OutboxId(ids.new()), key, programme, None, effect, now)
            await uow.outbox.add(row)
        await uow.commit()


def _letter(to: PersonId | None, address: str) -> Letter:
    return Letter(LetterKind.SIGN_IN, to, None, Facts(), address=address)
