"""Links that let somebody in, for the day when mail is broken."""

from __future__ import annotations

from datetime import timedelta

from scheduler.access import Audited, Link, Purpose
from scheduler.errors import Refused
from scheduler.ids import LinkId
from scheduler.ports.links import Links
from scheduler.ports.store import Begin
from scheduler.ports.system import Clock, Ids

_GOOD_FOR = timedelta(minutes=15)


async def sign_in_links(
    email: str, *, begin: Begin, clock: Clock, ids: Ids, links: Links
) -> tuple[tuple[str, str], ...]:
    """(whose, address) for everybody with this address, good for fifteen minutes.

    A coordinator's works once. Each is audited. `Refused` E_NOT_FOUND when nobody has
    this address.
    """
    now = clock.now()
    found: list[tuple[str, Link]] = []
    async with begin() as uow:
        for programme in await uow.programmes.all():
            if programme.coordinator.casefold() == email.strip().casefold():
                link = Link(
                    LinkId(ids.new()),
                    Purpose.SIGN_IN,
                    programme.id,
                    None,
                    "",
                    now + _GOOD_FOR,
                    single=True,
                )
                found.append((f"coordinator of {programme.name}", link))
        for person in await uow.people.with_email(email.strip()):
            programme = await uow.programmes.get(person.programme)
            link = Link(
                LinkId(ids.new()),
                Purpose.PAGES,
                person.programme,
                person.id,
                "",
                now + _GOOD_FOR,
            )
            found.append((f"one of a pair of {programme.name}", link))
        if not found:
            raise Refused("E_NOT_FOUND", "Nobody has this address.", field="EMAIL")
        for _, link in found:
            await uow.doors.put_link(link)
            about = link.person or link.programme
            row = Audited(now, link.programme, "operator", "sign-in link", about)
            await uow.audit.add(row)
        await uow.commit()
    return tuple((whose, links.address(link)) for whose, link in found)
