"""What a person does in their calendar with a program of their own."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from integrations.addresses import read_address
from integrations.caldav.protocol import (
    create_call,
    delete_call,
    failure,
    get_call,
    in_collection,
    read_object,
    replace_call,
    write_failure,
)
from integrations.calls import Answer, Call, Credentials
from integrations.egress import Door
from integrations.ics.edit import apply
from scheduler.ports.calendars import TakeOut
from scheduler.secret import Secret

_MAKE = """<?xml version="1.0"?>
<C:mkcalendar xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"><set><prop>
<displayname>{title}</displayname>
<C:supported-calendar-component-set><C:comp name="VEVENT"/>
</C:supported-calendar-component-set></prop></set></C:mkcalendar>"""


class PersonsClient:
    """Of one collection, with its owner's password. Errors as of `Calendar`."""

    def __init__(self, door: Door, url: str, username: str, password: Secret) -> None:
        self._door = door
        self._collection = in_collection(read_address(url))
        self._credentials = Credentials(username, password, self._collection)

    async def make(self, title: str) -> None:
        """Make the collection (RFC 4791 section 5.3.1); it may be there already."""
        body = _MAKE.format(title=title).encode()
        headers = {"Content-Type": "application/xml; charset=utf-8"}
        call = Call("MKCALENDAR", self._collection, headers, body)
        answer = await self._call(call)
        if answer.status not in {201, 405, 409}:
            raise failure(answer)

    async def put(self, name: str, data: bytes) -> None:
        """Put a new object; one that is there already stays as it is."""
        answer = await self._call(create_call(self._collection, name, data))
        wrong = None if answer.status == 412 else write_failure(answer)
        if wrong:
            raise wrong

    async def take_out(self, name: str, original_start: datetime, at: datetime) -> None:
        """Delete one date of a repeating event, or the whole of one that does not.

        `at` is when its owner did so, for LAST-MODIFIED. `Gone` when it is not there.
        """
        answer = await self._call(get_call(self._collection, name))
        found = read_object(answer, name)
        edit = TakeOut(original_start, 0, at)
        left, etag = apply(found.data, edit, ZoneInfo("UTC")), found.etag
        call = (
            delete_call(self._collection, name, etag)
            if left is None
            else replace_call(self._collection, name, left, etag)
        )
        wrong = write_failure(await self._call(call))
        if wrong:
            raise wrong

    async def _call(self, call: Call) -> Answer:
        return await self._door.call(call, credentials=self._credentials)
