"""Following one calendar: what a whole read comes to as a `Delta`, and its cursor.

The state is the cursor's token, so that what is known and where reading goes on are
kept together or not at all (promises.md F19). Some 45 bytes an event, compressed.
"""

from __future__ import annotations

import zlib
from base64 import b85decode, b85encode
from collections.abc import Sequence
from zoneinfo import ZoneInfo

from integrations.google.items import Item
from integrations.google.protocol import Page
from integrations.google.state import (
    EMPTY,
    State,
    apply,
    news,
    objects,
    read_state,
    within,
)
from scheduler.errors import CursorExpired, Refused, Unavailable
from scheduler.events import Cursor, Delta
from scheduler.localtime import zone as zone_of
from scheduler.timespan import Span

_PACKED = "g1."


def known(since: Cursor | None, window: Span) -> State | None:
    """What is known of the calendar; None where everything is to be read.

    `CursorExpired` for a cursor of another window or form, and for one that has no
    token to go on with.
    """
    if since is None:
        return None
    if since.window != window or not since.token.startswith(_PACKED):
        raise CursorExpired
    try:
        text = zlib.decompress(b85decode(since.token.removeprefix(_PACKED))).decode()
    except (ValueError, zlib.error):
        raise CursorExpired from None
    state = read_state(text)
    if not state.token:
        raise CursorExpired
    return state


def cursor(window: Span, state: State) -> Cursor:
    """Where reading goes on."""
    text = b85encode(zlib.compress(state.text().encode())).decode()
    return Cursor(window, _PACKED + text)


def delta(
    before: State | None,
    items: Sequence[Item],
    last: Page,
    *,
    window: Span,
    home: ZoneInfo,
) -> Delta:
    """What a read that came to its end says; `items` are those of all its pages.

    `before` None: it was a full one. `home` places whole days until Google says which
    zone the calendar has; when its owner changes that zone, every object is told anew.
    `Unavailable` where the last page is not the last: nothing may be missing (F18).
    """
    if last.next_page:
        raise Unavailable("the list of events did not come to its end")
    since = before or EMPTY
    after = apply(since, items, complete=before is None)
    zone = last.zone or since.zone
    after = State(after.events, last.token, zone)
    told = news(since, after, items)
    everything = before is None
    anew = everything or zone != since.zone
    read = objects(
        after, window, _zone(zone, home), only=None if anew else told.changed
    )
    kept = within(after, read.objects)
    seen = read.objects
    if everything:
        seen = tuple(one for one in seen if one.occurrences)
    return Delta(
        changed=seen,
        cursor=cursor(window, kept),
        gone=frozenset() if everything else told.gone,
        deleted=frozenset() if everything else told.gone,
        everything=everything,
        warnings=read.warnings,
    )


def _zone(name: str, home: ZoneInfo) -> ZoneInfo:
    try:
        return zone_of(name) if name else home
    except Refused:
        return home
