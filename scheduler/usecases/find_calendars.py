"""Find the calendars of an account, for its owner to choose from; nothing is kept."""

from __future__ import annotations

from scheduler.errors import NeedsConsent, Refused, Unavailable
from scheduler.ports.calendars import Discover, FoundCalendar
from scheduler.secret import Secret


async def find_calendars(
    address: str, username: str, password: Secret, *, discover: Discover
) -> tuple[FoundCalendar, ...]:
    """The calendars that hold events, at least one.

    `Refused` with words for the person: the address is wrong (`E_URL_…`), what
    answers is no calendar server (`E_DAV_…`), E_DAV_LOGIN, E_DAV_SILENT.
    """
    try:
        found = await discover(address, username, password.reveal)
    except NeedsConsent:
        raise Refused(
            "E_DAV_LOGIN",
            "This user name and password were not accepted; many providers want an "
            "app password here.",
            field="password",
        ) from None
    except Unavailable:
        raise Refused(
            "E_DAV_SILENT",
            "Nothing answered at this address; check it, or try again in a while.",
            field="address",
        ) from None
    if not found:
        raise Refused(
            "E_DAV_NONE", "This account has no calendar with events.", field="address"
        )
    return found
