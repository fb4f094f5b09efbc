"""Bringing what we know of a calendar up to what it says."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from scheduler.events import CalendarObject, Cursor, Delta, Meaning, Rsvp
from scheduler.ids import Etag, RemoteId
from scheduler.rsvps import heard


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What to store, what to forget, and where reading goes on."""

    upsert: tuple[CalendarObject, ...]
    gone: frozenset[RemoteId]
    cursor: Cursor


def plan_sync(known: Mapping[RemoteId, Etag | None], delta: Delta) -> SyncPlan:
    """Compare what we know with what changed; applying twice changes nothing.

    An object without an etag is always stored again. `delta.gone_hints` must have
    been read by id before: those that are gone belong in `delta.gone`.
    """
    upsert = tuple(
        o for o in delta.changed if o.etag is None or known.get(o.id) != o.etag
    )
    gone = known.keys() & delta.gone
    if delta.everything:
        gone |= known.keys() - {o.id for o in delta.changed}
    return SyncPlan(upsert, frozenset(gone), delta.cursor)


def with_ours(
    plan: SyncPlan,
    deleted: Collection[RemoteId],
    before: Iterable[CalendarObject],
    said: Mapping[RemoteId, tuple[Rsvp, ...]],
    now: datetime,
) -> SyncPlan:
    """The same, with what has to be remembered of our own objects.

    `before` are those that are known. What a guest `said` is held against what they
    said before, of a part that people split from a series to the rest of it. Of one
    that its source says was deleted its dates stay, cancelled: so that it is not taken
    for one that merely vanished.
    """
    kept = {one.id: one for one in before if one.uid}
    parts = {one.uid: one for one in kept.values() if one.rsvps}
    upsert = tuple(
        _remembered(o, kept.get(o.id) or parts.get(o.uid), said, now)
        for o in plan.upsert
    )
    signs = sorted(plan.gone & kept.keys() & frozenset(deleted))
    deletions = tuple(_deleted(kept[name]) for name in signs)
    return SyncPlan((*upsert, *deletions), plan.gone - set(signs), plan.cursor)


def _remembered(
    found: CalendarObject,
    before: CalendarObject | None,
    said: Mapping[RemoteId, tuple[Rsvp, ...]],
    now: datetime,
) -> CalendarObject:
    known = before.rsvps if before else ()
    asked_before = known if before and before.id == found.id else ()
    return replace(found, rsvps=heard(known, said.get(found.id, asked_before), now))


def _deleted(found: CalendarObject) -> CalendarObject:
    dates = (replace(one, meaning=Meaning.CANCELLED) for one in found.occurrences)
    return replace(found, occurrences=tuple(dates), etag=None, deleted=True)


#: Fewer than this share of what was known, and a full read is doubted.
DOUBTED_SHARE = 0.5
DOUBTED_FROM = 5


def is_doubtful(known: Mapping[RemoteId, Etag | None], delta: Delta) -> bool:
    """Whether a full read came back so empty that it is checked before it counts.

    promises.md F30: an empty listing is an error to be checked, never a mass
    cancellation. A second read that agrees, 15 minutes later, is believed.
    """
    if not delta.everything or len(known) < DOUBTED_FROM:
        return False
    still = sum(1 for o in delta.changed if o.id in known)
    return still < DOUBTED_SHARE * len(known)
