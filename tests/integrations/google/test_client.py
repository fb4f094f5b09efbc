"""The client at its sockets: tokens, kept connections, and what goes wrong there."""

from integrations.google.failures import Operation
from integrations.google.protocol import calendars, read_calendars
from scheduler.secret import Secret
from tests.integrations.google.calling import calling
from tests.integrations.google.conftest import MENTOR


async def test_a_fresh_grant_lists_its_calendars() -> None:
    async with calling() as here:
        token = here.fake.token(MENTOR, "calendar.calendarlist.readonly")
        ask = here.google.asking(Secret(token))
        (found,) = read_calendars(await ask(calendars(), Operation.LIST))
        assert (found.id, found.primary) == (MENTOR, True)
