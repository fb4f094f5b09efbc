"""events.list, events.instances and events.get: pages, deltas, and their tokens."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from integrations.google.fake.finding import calendar_of, entry_of
from integrations.google.fake.problems import (
    TOO_LONG_AGO,
    Answered,
    Json,
    bad_request,
    invalid,
)
from integrations.google.fake.showing import Show, standing
from integrations.google.fake.times import canonical, read_instant, rfc3339, stamp
from integrations.google.fake.tokens import (
    NEVER_BESIDE,
    Page,
    Sync,
    begun,
    bound,
    packed,
    page_bound,
    read_page,
    read_sync,
)
from integrations.google.fake.views import Lens
from integrations.google.fake.world import (
    BEGINNING,
    Behaviour,
    Call,
    Entry,
    Outcome,
    World,
)

_MOST = 2500
#: With these a listing is a search, after which nothing can be followed.
_SEARCHES = frozenset(NEVER_BESIDE) - {"timeMin", "timeMax"}


@dataclass(frozen=True, slots=True)
class _Item:
    key: str
    value: Json


def get(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """events.get, of deleted events too."""
    calendar = calendar_of(world, call)
    entry = entry_of(calendar, call, behaviour)
    return world, Lens.of(call, calendar, behaviour).event(entry)


def list_events(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """events.list: everything, or what changed since a token; the token comes last."""
    calendar = calendar_of(world, call)
    lens = Lens.of(call, calendar, behaviour)
    if call.query.get("orderBy") == "startTime" and not call.asks("singleEvents"):
        message = "The requested ordering is not available for the particular query."
        raise bad_request("orderingNotAvailable", message, "orderBy")
    page = _page(world, call, calendar.id)
    text = call.query.get("syncToken")
    if text is None:
        show = _show(lens, call, datetime.fromisoformat(page.at))
        items = _full(show, _seen(show, page))
        sync = Sync(page.upto, bound(call, calendar.id), page.at, *_window(show))
    else:
        token = read_sync(text, call, calendar.id, behaviour)
        show = _again(lens, call, token)
        items = _delta(show, token.after, _seen(show, page))
        sync = Sync(page.upto, token.bound, page.at, token.low, token.high)
    answer = _paged(items, page, call, behaviour)
    if "nextPageToken" not in answer and not _SEARCHES & call.query.keys():
        answer["nextSyncToken"] = packed(sync)
    return world, {**_head(lens), **answer}


def instances(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """events.instances of one series, exceptions in their places."""
    calendar = calendar_of(world, call)
    master = entry_of(calendar, call, behaviour)
    lens = Lens.of(call, calendar, behaviour)
    if not master.body.get("recurrence"):
        raise invalid("The event is not recurring.", "eventId")
    page = _page(world, call, calendar.id)
    show = _show(lens, call, datetime.fromisoformat(page.at))
    met = {one.id: one for one in show.instances(master) if not master.is_cancelled}
    met |= {one.id: one for one in calendar.exceptions(master.id)}
    items = []
    for one in met.values():
        if one.is_cancelled and not call.asks("showDeleted"):
            continue
        if _is_asked(one, call, calendar.zone) and show.touches(one):
            items.append(_Item(show.key(one), lens.event(one)))
    return world, {**_head(lens), **_paged(items, page, call, behaviour)}


def _is_asked(entry: Entry, call: Call, home: str) -> bool:
    text = call.query.get("originalStart")
    if text is None:
        return True
    kind = "dateTime" if "T" in text else "date"
    return stamp(entry.body["originalStartTime"]) == stamp(
        canonical({kind: text}, home)
    )


def _page(world: World, call: Call, calendar: str) -> Page:
    """The page that is asked for, or the first one of a listing that begins."""
    text = call.query.get("pageToken")
    if text is not None:
        return read_page(text, call, calendar)
    return Page(world.change, None, page_bound(call, calendar), begun(call))


def _show(lens: Lens, call: Call, at: datetime) -> Show:
    low, high = (call.query.get(name) for name in ("timeMin", "timeMax"))
    first = read_instant(low) if low else None
    last = read_instant(high) if high else None
    if first and last and first >= last:
        message = "The specified time range is empty."
        raise bad_request("timeRangeEmpty", message, "timeMax")
    return Show(lens, call, first, last, last or at + lens.behaviour.horizon)


def _window(show: Show) -> tuple[str | None, str]:
    low = show.low.isoformat() if show.low else None
    return low, show.until.isoformat()


def _again(lens: Lens, call: Call, token: Sync) -> Show:
    """Expanded deltas keep to the window of the first read; others have none."""
    until = datetime.fromisoformat(token.high)
    show = Show(lens, call, None, None, until)
    if not show.expands:
        return show
    low = datetime.fromisoformat(token.low) if token.low else None
    return Show(lens, call, low, until, until)


def _seen(show: Show, page: Page) -> dict[str, Entry]:
    """The entries that a page is made of.

    Instances are told as they were when the listing began: one that came and went
    between two pages has no later write of its own that a delta could tell.
    """
    return standing(show.lens, page.upto if show.expands else None)


def _full(show: Show, entries: dict[str, Entry]) -> list[_Item]:
    query = show.call.query
    since = _updated_min(show)
    found = show.all(entries)
    if since is not None:
        deleted = (one for one in entries.values() if one.is_cancelled)
        found |= {show.name(one): one for one in deleted if show.may_show(one)}
        found = {name: one for name, one in found.items() if one.updated >= since}
    wanted = (one for one in found.values() if _matches(one, query))
    return [_Item(show.key(one), _shown(show, one)) for one in wanted]


def _shown(show: Show, entry: Entry) -> Json:
    if entry.is_cancelled and not show.call.asks("showDeleted"):
        return show.lens.deleted(entry)
    return show.lens.event(entry)


def _updated_min(show: Show) -> datetime | None:
    text = show.call.query.get("updatedMin")
    if text is None:
        return None
    since = read_instant(text)
    if show.call.now - since > show.lens.behaviour.token_life:
        raise Answered(TOO_LONG_AGO)
    return since


def _delta(show: Show, after: int, entries: dict[str, Entry]) -> list[_Item]:
    """What a full list shows otherwise now than it did after that write."""
    now = show.all(entries)
    if show.expands:
        return list(_difference(show, after, now))
    out = []
    for one in entries.values():
        if one.change <= after:
            continue
        if show.name(one) in now:
            out.append(_Item(show.key(one), _shown(show, one)))
        elif one.is_cancelled and not _is_buried(one, entries) and show.may_show(one):
            out.append(_Item(show.key(one), show.lens.deleted(one)))
    return out


def _is_buried(entry: Entry, entries: Mapping[str, Entry]) -> bool:
    """Whether it went with its whole series, of which alone a delta tells."""
    master = entries.get(entry.master or "")
    return master is not None and master.is_cancelled


def _difference(show: Show, after: int, now: dict[str, Entry]) -> Iterator[_Item]:
    before = show.all(standing(show.lens, after))
    for name, one in now.items():
        if one.change > after or name not in before:
            yield _Item(show.key(one), _shown(show, one))
    for name in before.keys() - now.keys():
        gone = {"kind": "calendar#event", "id": name, "status": "cancelled"}
        yield _Item(name, gone)


def _matches(entry: Entry, query: Mapping[str, Any]) -> bool:
    """The filters of a search."""
    if query.get("iCalUID") not in {None, entry.body["iCalUID"]}:
        return False
    for kind in ("private", "shared"):
        have = entry.body.get("extendedProperties", {}).get(kind, {})
        for text in query.get(f"{kind}ExtendedProperty", ()):
            name, _, value = text.partition("=")
            if have.get(name) != value:
                return False
    words = (query.get("q") or "").casefold().split()
    fields = ("summary", "description", "location")
    text = " ".join(str(entry.body.get(name, "")) for name in fields).casefold()
    text += " ".join(guest["email"] for guest in entry.guests())
    return all(word in text for word in words)


def _paged(items: list[_Item], page: Page, call: Call, b: Behaviour) -> Json:
    """One page; there may be more behind a page that has no items at all."""
    ordered = sorted(items, key=lambda item: item.key)
    if b.empty_first_page and page.last is None and ordered:
        return {"items": [], "nextPageToken": _next(page, "")}
    left = [item for item in ordered if page.last is None or item.key > page.last]
    size = min(call.query.get("maxResults", 250), _MOST, b.page_limit or _MOST)
    answer: Json = {"items": [item.value for item in left[:size]]}
    if len(left) > size:
        answer["nextPageToken"] = _next(page, left[size - 1].key)
    return answer


def _next(page: Page, last: str) -> str:
    return packed(Page(page.upto, last, page.bound, page.at))


def _head(lens: Lens) -> Json:
    calendar = lens.calendar
    last = max((one.updated for one in calendar.entries.values()), default=BEGINNING)
    head = {
        "kind": "calendar#events",
        "etag": f'"{calendar.change:016d}"',
        "updated": rfc3339(last),
        "timeZone": calendar.zone,
    }
    if lens.times_only:
        return {**head, "accessRole": "freeBusyReader"}
    more = {"summary": calendar.summary, "description": calendar.description}
    return {**head, **more, "accessRole": "owner", "defaultReminders": []}
