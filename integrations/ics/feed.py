"""Published feeds: iCalendar files behind an address."""

from __future__ import annotations

from integrations.addresses import read_address
from integrations.calls import MIB, Answer, Call
from integrations.egress import Door
from scheduler.errors import Refused, Unavailable

MOST_BYTES = 20 * MIB
ACCEPT = "text/calendar, text/plain;q=0.5, */*;q=0.1"
#: Statuses that ask us to come back later: Too Many Requests, Request Timeout.
_LATER = frozenset((408, 425, 429))


async def fetch(door: Door, url: str) -> bytes:
    """The bytes behind an address, once, with nobody's credentials.

    `Refused` (E_URL_…, E_TLS, E_ICS_TOO_BIG) or `Unavailable`.
    """
    answer = await door.call(_get(url))
    return _body(answer)


def _get(url: str) -> Call:
    headers = {"Accept": ACCEPT}
    return Call("GET", read_address(url), headers, most_bytes=MOST_BYTES)


def _body(answer: Answer) -> bytes:
    """What a feed answered, or why there is none."""
    if answer.status == 200:
        return answer.body
    host = answer.address.host
    if answer.status >= 500 or answer.status in _LATER:
        raise Unavailable(f"{host} answers {answer.status}", after=answer.retry_after)
    raise Refused(
        "E_URL_STATUS",
        f"{host} answers {answer.status} for this address; copy the calendar's secret"
        " address again.",
        field="url",
    )
