"""One Google calendar as a `Calendar`: which call follows which; `Ask` makes them.

Whoever makes them (`Ask`) knows tokens, quota and repeats, and nothing of events.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from integrations.google import parts
from integrations.google.edits import (
    Standing,
    needed,
    remove,
    requests,
    set_apart,
)
from integrations.google.edits import text_of as text_of_date
from integrations.google.failures import Operation
from integrations.google.follow import delta, known
from integrations.google.items import Item, Kept, read_items, split_from
from integrations.google.naming import uid_of
from integrations.google.protocol import (
    Page,
    Request,
    delta_read,
    foreign_instances,
    full_read,
    guests_of_dates,
    one_event,
    own_event,
    own_instance,
    own_tail,
    read_page,
)
from integrations.google.readback import Found, found, leads, rsvps
from integrations.google.state import EMPTY, apply, objects
from integrations.google.versions import advanced, agrees, of_one_date
from integrations.google.whole import accept, rebook, settle
from integrations.google.writing import Wish, event_id, insert
from scheduler.errors import Conflict, CursorExpired, Gone, Refused, Unavailable
from scheduler.events import CalendarObject, Cursor, Delta, Rsvp
from scheduler.ids import Etag, RemoteId
from scheduler.invite import Invite
from scheduler.ports.calendars import Accept, Edit, Rebook, Shorten, Text, Written
from scheduler.timespan import Span

#: Pages of one read; a server that never ends is no calendar.
_PAGES = 500
#: Times that an edit is tried on what somebody else keeps changing.
_TRIES = 3
Json = Mapping[str, Any]


class Ask(Protocol):
    """Makes one call."""

    async def __call__(self, request: Request, operation: Operation) -> Json:
        """Its answer; {} where it has none, or where `failures.error` is None.

        Raises what `failures.error` names, after repeats that may help.
        """


@dataclass(frozen=True, slots=True)
class GoogleCalendar:
    """One calendar of one account. Remote ids are Google's event ids.

    `home` places whole days until Google tells the calendar's zone; `domain` is the
    programme's. `reminders` and `meet` are wishes for what is made here.
    """

    ask: Ask
    calendar: str
    home: ZoneInfo
    domain: str = ""
    reminders: tuple[int, ...] = ()
    meet: bool = False

    # CalendarSource

    async def changes(self, since: Cursor | None, window: Span) -> Delta:
        """By sync token; one call where little changed."""
        before = known(since, window)
        items: list[Item] = []
        if before is None:
            pages = self._pages(partial(full_read, self.calendar, window))
        else:
            pages = self._pages(
                partial(delta_read, self.calendar, before.token), Operation.DELTA
            )
        try:
            async for page in pages:
                items += await asyncio.to_thread(
                    read_items, page.items, domain=self.domain
                )
        except CursorExpired:
            if before is None:
                raise Unavailable("Google refuses to begin") from None
            raise
        return await asyncio.to_thread(
            delta, before, items, page, window=window, home=self.home
        )

    async def _pages(
        self,
        asking: Callable[[str], Request],
        operation: Operation = Operation.LIST,
    ) -> AsyncIterator[Page]:
        token = ""
        for _ in range(_PAGES):
            page = read_page(await self.ask(asking(token), operation))
            yield page
            if not page.next_page:
                return
            token = page.next_page
        raise Unavailable("the list of events never comes to an end")

    async def read(self, remote: RemoteId, window: Span) -> CalendarObject:
        """One event, a series with its dates in the window; `Gone`."""
        event = await self.ask(one_event(self.calendar, remote), Operation.READ)
        if event.get("status") == "cancelled":
            raise Gone(remote)
        told = [event]
        if event.get("recurrence"):
            asking = partial(foreign_instances, self.calendar, remote, window)
            async for page in self._pages(asking, Operation.READ):
                # With its series' etag an instance is one that nobody changed.
                told += (one for one in page.items if _etag(one) != _etag(event))
        items = read_items(told, domain=self.domain)
        state = apply(EMPTY, items, complete=True)
        found = await asyncio.to_thread(objects, state, window, self.home)
        return next(one for one in found.objects if one.id == remote)

    async def rsvps(
        self, remote: RemoteId, emails: frozenset[str], window: Span
    ) -> tuple[Rsvp, ...]:
        """From the whole event, and from the lists of its dates; two calls."""
        event = await self.ask(own_event(self.calendar, remote), Operation.READ)
        if event.get("status") == "cancelled":
            raise Gone(remote)
        if not leads(event):
            return ()
        dates: list[Json] = []
        if event.get("recurrence"):
            asking = partial(guests_of_dates, self.calendar, remote, window)
            async for page in self._pages(asking, Operation.READ):
                dates += page.items
        return rsvps(Standing(self.calendar, event, tuple(dates)), emails)

    def ours(self, found: CalendarObject, uids: frozenset[str]) -> str:
        """By Google's name for it, or by the UID of an invitation that came by mail."""
        return found.uid if found.uid in uids else uid_of(found.id, uids)

    # CalendarTarget

    async def create(self, invite: Invite, *, generation: int = 1) -> Written:
        """A new event under an id of ours, then the dates of it that are moved.

        `Conflict` when it was made before, all of it by now; `Gone` when a person has
        deleted it since (promises.md F25, F26).
        """
        meet = self.meet or invite.meet
        wish = Wish(event_id(invite.uid, 0), self.reminders, meet)
        request = insert(self.calendar, invite, wish, generation)
        name = RemoteId(event_id(invite.uid, generation))
        async with _writing():
            try:
                made = await self.ask(request, Operation.INSERT)
            except Conflict:
                await self._made_before(name, wish, invite)
                raise
            etag = await self._set_apart(name, invite, _etag(made))
        return Written(name, etag)

    async def _made_before(self, name: RemoteId, wish: Wish, invite: Invite) -> None:
        """Finish what a try began that never heard of it; `Gone`."""
        event = await self.ask(own_event(self.calendar, name), Operation.READ)
        match found(event, wish.tag):
            case Found.DELETED:
                raise Gone(name)
            case Found.OURS:
                await self._set_apart(name, invite, None)
            case _:
                return

    async def _set_apart(
        self, name: RemoteId, invite: Invite, etag: Etag | None
    ) -> Etag | None:
        for one in invite.overrides:
            standing = await self._standing(name, one.original_start)
            etag = await self._make(set_apart(standing, one), etag)
        return etag

    async def find(self, uid: str, *, generation: int = 1) -> Written | None:
        """By the id we give; None when a person deleted it."""
        name = RemoteId(event_id(uid, generation))
        async with _writing():
            try:
                event = await self.ask(own_event(self.calendar, name), Operation.READ)
            except Gone:
                return None
        return (
            None if event.get("status") == "cancelled" else Written(name, _etag(event))
        )

    async def text(self, remote: RemoteId, original_start: datetime) -> Text:
        """The description of one date, and an etag of its words; `Gone`."""
        async with _writing():
            standing = await self._standing(remote, original_start)
        text = text_of_date(standing, original_start)
        return Text(text, _seen(standing))

    async def edit(self, remote: RemoteId, edit: Edit, *, etag: Etag | None) -> Written:
        """Read, decide, write over what was read."""
        async with _writing():
            if etag is not None:
                return await self._edited(remote, edit, etag)
            for _ in range(_TRIES - 1):
                try:
                    return await self._edited(remote, edit, None)
                except Conflict:
                    continue
            return await self._edited(remote, edit, None)

    async def _edited(self, remote: RemoteId, edit: Edit, etag: Etag | None) -> Written:
        match edit:
            case Rebook():
                return await self._rebooked(remote, edit, etag)
            case Shorten():
                standing = await self._with_tail(remote, edit.before)
            case Accept():
                standing = await self._standing(remote, None)
            case _:
                standing = await self._standing(remote, needed(edit))
        is_part = standing.event.get("id") != remote
        if etag is not None and not is_part and not _agrees(etag, standing):
            raise Conflict(remote)
        if isinstance(edit, Accept):
            calls = accept(standing)
        else:
            calls = requests(standing, edit)
        after = await self._make(calls, etag or _seen(standing))
        if isinstance(edit, Shorten):
            for part in await self._parts(remote, standing.event):
                await self._edited(part, edit, None)
        return Written(remote, etag if is_part else after)

    async def _rebooked(
        self, remote: RemoteId, edit: Rebook, etag: Etag | None
    ) -> Written:
        """The whole first; its dates are read again, since they change with it."""
        standing = await self._standing(remote, None)
        if etag is not None and not _agrees(etag, standing):
            raise Conflict(remote)
        for part in await self._parts(remote, standing.event):
            await self.remove(part, etag=None)  # its dates are the whole's again
        await self._make(rebook(standing, edit.invite), None)
        whole = await self._with_tail(remote, edit.invite.span.start)
        await self._make(settle(whole, edit.invite), None)
        return Written(remote, None)

    async def remove(self, remote: RemoteId, *, etag: Etag | None) -> None:
        """Delete it and tell its guests; it may be gone already."""
        async with _writing():
            try:
                standing = await self._standing(remote, None)
            except Gone:
                return
            for part in await self._parts(remote, standing.event):
                await self.remove(part, etag=None)
            if standing.event.get("status") == "cancelled":
                return
            if etag is not None and not _agrees(etag, standing):
                raise Conflict(remote)
            await self.ask(remove(standing), Operation.DELETE)

    async def _make(self, calls: tuple[Request, ...], etag: Etag | None) -> Etag | None:
        """Make these calls one after the other; the etag of the object afterwards."""
        for call in calls:
            if call.method == "delete":
                await self.ask(call, Operation.DELETE)
                return None
            answer = await self.ask(call, Operation.CHANGE)
            written = _kept(answer)
            etag = advanced(etag, written) if etag and written else None
        return etag

    async def _standing(self, remote: RemoteId, at: datetime | None) -> Standing:
        """The event as it stands, of a series with the instance of one date."""
        event = await self.ask(own_event(self.calendar, remote), Operation.READ)
        if at is None or not event.get("recurrence"):
            return Standing(self.calendar, event)
        asking = partial(own_instance, self.calendar, remote, at)
        dates: list[Json] = []
        async for page in self._pages(asking, Operation.READ):
            dates += page.items
        if not dates:
            # People may have split the series before this date.
            for part in await self._parts(remote, event):
                standing = await self._standing(part, at)
                if standing.instances:
                    return standing
        return Standing(self.calendar, event, tuple(dates))

    async def _parts(self, remote: RemoteId, event: Json) -> list[RemoteId]:
        """The other parts of a series that people split."""
        asking = parts.asking(self.calendar, event)
        if asking is None or not parts.was_cut(event) or split_from(remote) != remote:
            return []
        found: list[Json] = []
        async for page in self._pages(asking, Operation.READ):
            found += page.items
        return parts.others(remote, found)

    async def _with_tail(self, remote: RemoteId, since: datetime) -> Standing:
        """The event, and those of its later dates that are not on their rule."""
        standing = await self._standing(remote, None)
        if not standing.recurs:
            return standing
        asking = partial(own_tail, self.calendar, remote, since)
        changed: list[Json] = []
        async for page in self._pages(asking, Operation.READ):
            changed += [one for one in page.items if not _is_on_rule(one)]
        return Standing(self.calendar, standing.event, tuple(changed))


def _is_on_rule(instance: Json) -> bool:
    one = _kept(instance)
    return (
        one is not None
        and one.start == one.original
        and (instance.get("status") != "cancelled")
    )


def _kept(event: Json) -> Kept | None:
    found = read_items((event,))
    return found[0] if found and isinstance(found[0], Kept) else None


def _etag(event: Json) -> Etag | None:
    found = event.get("etag")
    return Etag(found) if isinstance(found, str) and found else None


def _seen(standing: Standing) -> Etag | None:
    """What the read can vouch for: the event's own etag, or that of one date too."""
    master = _kept(standing.event)
    dates = [one for each in standing.instances if (one := _kept(each))]
    if master is None or not dates:
        return _etag(standing.event)
    return of_one_date(master, dates[0])


def _agrees(etag: Etag, standing: Standing) -> bool:
    master = _kept(standing.event)
    dates = [one for each in standing.instances if (one := _kept(each))]
    return master is not None and agrees(etag, master, dates)


@asynccontextmanager
async def _writing() -> AsyncIterator[None]:
    """What is refused when reading is, for a copy that must be written, an outage."""
    try:
        yield
    except Refused as error:
        raise Unavailable(error.message) from None
