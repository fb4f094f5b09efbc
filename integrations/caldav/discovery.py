"""From an address and a password to calendars (RFC 6764, RFC 4791 section 6.2, 7.1).

The password goes over https to the site its owner named, and to no other: a server
that leads elsewhere is refused with the other host's name, so that its owner decides
(promises.md section 4, 40). DNS SRV records are not asked: the providers whose web
site does not lead to their calendars are named here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from integrations.addresses import Address, read_address
from integrations.caldav.multistatus import CALDAV, DAV, Response
from integrations.caldav.protocol import (
    failure,
    in_collection,
    multistatus,
    propfind,
)
from integrations.calls import Answer, Call, Credentials
from integrations.egress import Door
from scheduler.errors import Refused
from scheduler.ports.calendars import FoundCalendar
from scheduler.secret import Secret

WELL_KNOWN = "/.well-known/caldav"
_MAILBOX = re.compile(r"[^/:@\s]+@([^/:@\s]+)")
_PROVIDERS = {
    "icloud.com": "caldav.icloud.com",
    "me.com": "caldav.icloud.com",
    "mac.com": "caldav.icloud.com",
    "fastmail.com": "caldav.fastmail.com",
    "fastmail.fm": "caldav.fastmail.com",
}
_MOST_NAME = 120
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")
_WRITING = frozenset({f"{DAV}all", f"{DAV}write", f"{DAV}write-content", f"{DAV}bind"})
#: Statuses that say: not here, but perhaps at the next address.
_ELSEWHERE = frozenset((400, 403, 404, 405, 410, 501))


# What to ask, and what the answers mean.


def starting_points(text: str) -> tuple[Address, ...]:
    """Where to ask first, in order; a mail address stands for its domain."""
    mailbox = _MAILBOX.fullmatch(text.strip())
    given = read_address(mailbox[1] if mailbox else text)
    if given.host in _PROVIDERS:
        given = read_address(f"https://{_PROVIDERS[given.host]}/")
    points = (given, _at(given, WELL_KNOWN), _at(given, "/"))
    return points[1:] if given.target == "/" else points


def _at(address: Address, target: str) -> Address:
    return Address(address.scheme, address.host, address.port, target)


def who_call(address: Address) -> Call:
    """Ask what this address is, and who we are there."""
    return propfind(
        address,
        0,
        "resourcetype",
        "current-user-principal",
        "C:calendar-home-set",
        *_OF_CALENDAR,
    )


def home_call(principal: Address) -> Call:
    """Ask where this person's calendars are."""
    return propfind(principal, 0, "C:calendar-home-set")


def calendars_call(home: Address) -> Call:
    """Ask which calendars are there."""
    return propfind(home, 1, "resourcetype", *_OF_CALENDAR)


_OF_CALENDAR = (
    "displayname",
    "C:supported-calendar-component-set",
    "current-user-privilege-set",
)


@dataclass(frozen=True, slots=True)
class Who:
    """What `who_call` found: calendars (the address is one), homes, or a principal."""

    calendars: tuple[FoundCalendar, ...]
    homes: tuple[Address, ...]
    principal: Address | None


def read_who(answer: Answer) -> Who | None:
    """None when this address knows nothing of us, and another may."""
    if answer.status in _ELSEWHERE or answer.status < 207:
        return None
    responses = multistatus(answer).responses
    here = responses[0] if responses else Response("", None, {})
    principals = _addresses(here, f"{DAV}current-user-principal", answer)
    who = Who(
        tuple(_calendars(responses[:1], answer)),
        tuple(_addresses(here, f"{CALDAV}calendar-home-set", answer)),
        next(iter(principals), None),
    )
    return who if who.calendars or who.homes or who.principal else None


def read_homes(answer: Answer) -> tuple[Address, ...]:
    """The answer to `home_call`."""
    return tuple(
        home
        for response in multistatus(answer).responses[:1]
        for home in _addresses(response, f"{CALDAV}calendar-home-set", answer)
    )


def read_calendars(answer: Answer) -> tuple[FoundCalendar, ...]:
    """The answer to `calendars_call`: those that hold events, as they are listed."""
    return tuple(_calendars(multistatus(answer).responses, answer))


def _addresses(response: Response, name: str, answer: Answer) -> list[Address]:
    return [
        read_address(href, base=answer.address)
        for href in response.hrefs(name)
        if href.strip()
    ]


def _calendars(
    responses: tuple[Response, ...], answer: Answer
) -> Iterator[FoundCalendar]:
    for response in responses:
        if f"{CALDAV}calendar" not in response.inside(f"{DAV}resourcetype"):
            continue
        if not _holds_events(response):
            continue
        address = in_collection(read_address(response.href, base=answer.address))
        last = address.target.rstrip("/").rpartition("/")[2]
        name = _CONTROLS.sub(" ", response.text(f"{DAV}displayname")) or last
        yield FoundCalendar(address.url, name[:_MOST_NAME], _is_writable(response))


def _holds_events(response: Response) -> bool:
    """No word on components means all of them (RFC 4791 section 5.2.3)."""
    given = response.found.get(f"{CALDAV}supported-calendar-component-set")
    if given is None or not len(given):
        return True
    return any((e.get("name") or "").upper() == "VEVENT" for e in given)


def _is_writable(response: Response) -> bool:
    """Where the server does not say, a write will."""
    name = f"{DAV}current-user-privilege-set"
    return name not in response.found or bool(response.inside(name) & _WRITING)


# The doing.


@dataclass(frozen=True, slots=True)
class DiscoverCalDav:
    """Finds the calendars of an account: a `Discover`."""

    door: Door

    async def __call__(
        self, address: str, username: str, password: str
    ) -> tuple[FoundCalendar, ...]:
        """The calendars that hold events, as the server lists them.

        A wrong password ends it at once: servers lock accounts that guess.
        """
        points = starting_points(address)
        credentials = Credentials(username, Secret(password), given_for=points[0])
        found = await self._find(points, credentials)
        if not found:
            raise Refused(
                "E_DAV_NONE",
                "This account has no calendar for events; make one there first.",
                field="url",
            )
        return tuple(dict.fromkeys(found))

    async def _find(
        self, points: tuple[Address, ...], credentials: Credentials
    ) -> list[FoundCalendar]:
        who, answer = await self._who(points, credentials)
        if who.calendars:
            return list(who.calendars)
        homes = who.homes
        if not homes and who.principal:
            call = home_call(who.principal)
            homes = read_homes(await self._call(call, credentials))
        if not homes:
            raise failure(answer)
        found: list[FoundCalendar] = []
        for home in homes:
            call = calendars_call(in_collection(home))
            found += read_calendars(await self._call(call, credentials))
        return found

    async def _who(
        self, points: tuple[Address, ...], credentials: Credentials
    ) -> tuple[Who, Answer]:
        """The first of these addresses that knows us."""
        for point in points[:-1]:
            answer = await self._call(who_call(point), credentials)
            who = read_who(answer)
            if who is not None:
                return who, answer
        answer = await self._call(who_call(points[-1]), credentials)
        who = read_who(answer)
        if who is None:
            raise failure(answer)
        return who, answer

    async def _call(self, call: Call, credentials: Credentials) -> Answer:
        return await self.door.call(call, credentials=credentials)
