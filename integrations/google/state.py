"""What is known of one calendar between two reads, and how a read changes it.

A delta brings only what changed, so masters and instances are kept as they are known
(promises.md F18 to F20). A value of this kind is as good as a full read: whatever way
a calendar was read, page by page, in deltas, some of it twice, the same is kept.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

from integrations.google.expand import expanded, grouped, is_on_rule
from integrations.google.items import Item, Kept, Removed
from integrations.ics.resource import Read
from scheduler.errors import CursorExpired
from scheduler.events import CalendarObject, Meaning
from scheduler.ids import RemoteId
from scheduler.timespan import Span

_FORM = 1


@dataclass(frozen=True, slots=True)
class State:
    """The events of one calendar by their ids, and Google's token for what follows.

    `zone` is the calendar's own, '' until it is told.
    """

    events: Mapping[str, Kept] = field(
        default_factory=lambda: MappingProxyType({}), repr=False
    )
    token: str = field(default="", repr=False)
    zone: str = ""

    def text(self) -> str:
        """As JSON, without any title. The same state, the same text."""
        events = [_row(one) for _, one in sorted(self.events.items())]
        known = {"form": _FORM, "token": self.token, "zone": self.zone}
        return json.dumps(known | {"events": events}, separators=(",", ":"))


EMPTY = State()


def read_state(text: str) -> State:
    """What `text()` wrote; `CursorExpired` for anything else."""
    try:
        known = json.loads(text)
        if known["form"] != _FORM:
            raise CursorExpired
        events = {one.id: one for one in map(_kept, known["events"])}
        token, zone = str(known["token"]), str(known["zone"])
    except (ValueError, TypeError, KeyError):
        raise CursorExpired from None
    return State(MappingProxyType(events), token, zone)


def apply(state: State, items: Iterable[Item], *, complete: bool) -> State:
    """The state after a read of which these are all items, page after page.

    Of several accounts of one event the last counts; beyond that their order does not
    matter. `complete`: they are everything there is, and nothing from before stays.
    A read that broke off is not applied at all: only a complete paging may say that
    something is missing (F18).
    """
    news = {item.id: item for item in items}
    before = {} if complete else state.events
    removed = {one.id for one in news.values() if isinstance(one, Removed)}
    events = {
        name: one
        for name, one in before.items()
        if name not in news and one.series not in removed
    }
    told = {
        name: one if isinstance(one, Kept) else _cancelled(before[name])
        for name, one in news.items()
        if isinstance(one, Kept) or _is_instance(before.get(name))
    }
    stale = _stale(events, told)
    every = {name: one for name, one in (events | told).items() if name not in stale}
    kept = {name: one for name, one in every.items() if not _is_nothing(one, every)}
    return State(MappingProxyType(kept), state.token, state.zone)


def _is_instance(one: Kept | None) -> bool:
    return one is not None and bool(one.series)


def _cancelled(one: Kept) -> Kept:
    """A known instance of which nothing is told but that it is cancelled."""
    return Kept(
        id=one.id,
        uid=one.uid,
        start=one.original,
        meaning=Meaning.CANCELLED,
        series=one.series,
        original=one.original,
        sequence=one.sequence,
    )


def _is_nothing(one: Kept, events: Mapping[str, Kept]) -> bool:
    """A cancelled instance of no series: an anonymous one that is gone, or a leftover.

    Of a series they are kept for its life (promises.md section 1).
    """
    return one.meaning is Meaning.CANCELLED and one.series not in events


def _stale(before: Mapping[str, Kept], told: Mapping[str, Kept]) -> set[str]:
    """Instances that a changed series has no date for any more.

    'Delete this and following' only shortens the rule and tells nothing of the tail;
    an edit of all dates gives the instances other ids (promises.md section 1). What
    a full read would not show has to go, or it would be busy for ever. A rule that is
    shortened and made longer again between two reads looks unchanged: then its old
    instances stay until the next full read.

    Of a date that was set apart, and is not on the new rule, Google tells that it is
    cancelled: that is a leftover of the edit, and nobody cancelled a meeting.
    """
    every = {**before, **told}
    changed = {name for name, one in told.items() if not one.series}
    doubtful = {n: one for n, one in before.items() if one.series in changed}
    doubtful |= {n: o for n, o in told.items() if o.meaning is Meaning.CANCELLED}
    return {
        name
        for name, one in doubtful.items()
        if one.series in every and not is_on_rule(every[one.series], one)
    }


@dataclass(frozen=True, slots=True)
class News:
    """The ids of the objects that a delta touched.

    `gone`: Google said so, or nothing is left of them. The rest stands in `changed`.
    """

    changed: frozenset[str] = frozenset()
    gone: frozenset[RemoteId] = frozenset()


def news(before: State, after: State, items: Iterable[Item]) -> News:
    """What a delta's items came to: every object they name, there or not."""
    named = {one.object_id if isinstance(one, Kept) else one.id for one in items}
    # An instance that stood alone is named by its own id when it is taken away.
    named |= {before.events[name].object_id for name in named if name in before.events}
    there = {one.object_id for one in after.events.values()}
    known = {one.object_id for one in before.events.values()}
    gone = (named - there) & known
    return News(frozenset(named & there), frozenset(map(RemoteId, gone)))


def objects(
    state: State, window: Span, zone: ZoneInfo, *, only: Collection[str] | None = None
) -> Read:
    """The calendar as objects with their occurrences; of `only` these ids if given.

    `zone` is the calendar's own. `Refused` with E_EVENT_… or E_RRULE_….
    """
    groups = grouped(
        one for one in state.events.values() if only is None or one.object_id in only
    )
    return expanded(groups, window=window, zone=zone)


def within(state: State, found: Iterable[CalendarObject]) -> State:
    """Without those of the objects that have no occurrence in their window.

    Deltas tell of dates outside the window too; they are not kept. An object that
    left the window is still told, once, as one without occurrences.
    """
    empty = {one.id for one in found if not one.occurrences}
    kept = {
        name: one for name, one in state.events.items() if one.object_id not in empty
    }
    return State(MappingProxyType(kept), state.token, state.zone)


# As JSON ----------------------------------------------------------------------------


def _row(one: Kept) -> list[Any]:
    return [
        one.id,
        one.uid,
        one.start,
        one.end,
        one.meaning.value,
        one.series,
        one.original,
        list(one.rules),
        one.sequence,
        one.etag,
        one.updated,
    ]


def _kept(row: list[Any]) -> Kept:
    name, uid, start, end, meaning, series, original, rules, sequence, *stamps = row
    etag, updated = stamps
    return Kept(
        id=name,
        uid=uid,
        start=start,
        end=end,
        meaning=Meaning(meaning),
        series=series,
        original=original,
        rules=tuple(rules),
        sequence=int(sequence),
        etag=etag,
        updated=updated,
    )
