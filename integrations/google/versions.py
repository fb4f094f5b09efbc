"""Which version of an object something was decided on, where Google has many etags.

"An etag on the master does not cover its exceptions" (promises.md section 1), and a
series is one object of ours. Its etag therefore says all of theirs:
`troth:<master>;<original start>=<exception>;…`, each as a digest, a cancelled one as
`-`. So it can be checked by reading the master and the one date that is to be changed,
and it says which dates are changed at all. An object of one event keeps Google's etag.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from hashlib import sha256

from integrations.google.items import Kept
from scheduler.events import Meaning
from scheduler.ids import Etag

_PREFIX = "troth:"
_CANCELLED = "-"


def version(events: Sequence[Kept]) -> Etag | None:
    """Of an object's events; None where one came without etag: always stored anew."""
    if len(events) == 1 and not events[0].series:
        return Etag(events[0].etag) if events[0].etag else None
    masters = [one for one in events if not one.series]
    dates = {_stamp(one): _mark(one) for one in events if one.series}
    marks = [_mark(one) for one in masters]
    if not all((*marks, *dates.values())):
        return None
    return _written("".join(marks), dates)


def of_one_date(master: Kept, instance: Kept) -> Etag | None:
    """What a read of one date can vouch for, though nothing was changed in it."""
    if not (_mark(master) and _mark(instance)):
        return None
    return _written(_mark(master), {_stamp(instance): _mark(instance)})


def agrees(etag: Etag, master: Kept, instances: Iterable[Kept]) -> bool:
    """Whether what was read is still what the etag was made of.

    Of dates that it does not name, an instance must stand on its rule, uncancelled.
    """
    if not etag.startswith(_PREFIX):
        known, dates = _digest(etag), dict[str, str]()
    else:
        known, dates = _read(etag)
    return known == _mark(master) and all(
        dates[_stamp(one)] == _mark(one) if _stamp(one) in dates else _is_plain(one)
        for one in instances
    )


def advanced(etag: Etag, written: Kept) -> Etag | None:
    """After a write of our own: the answer's etag in the place of the old one."""
    if not written.series:
        if not etag.startswith(_PREFIX):
            return Etag(written.etag) if written.etag else None
        return _written(_mark(written), _read(etag)[1])
    known, dates = _read(etag) if etag.startswith(_PREFIX) else (_digest(etag), {})
    return _written(known, dates | {_stamp(written): _mark(written)})


def _written(master: str, dates: Mapping[str, str]) -> Etag:
    each = "".join(f";{stamp}={mark}" for stamp, mark in sorted(dates.items()))
    return Etag(f"{_PREFIX}{master}{each}")


def _read(etag: Etag) -> tuple[str, dict[str, str]]:
    master, *dates = etag.removeprefix(_PREFIX).split(";")
    pairs = (one.partition("=") for one in dates)
    return master, {stamp: mark for stamp, _, mark in pairs}


def _stamp(instance: Kept) -> str:
    return instance.original.rpartition(":")[2]


def _mark(one: Kept) -> str:
    """A digest of an event's etag; '' without one, unless it is cancelled."""
    if one.meaning is Meaning.CANCELLED:
        return _CANCELLED
    return _digest(one.etag) if one.etag else ""


def _digest(etag: str) -> str:
    return sha256(etag.encode()).hexdigest()[:12]


def _is_plain(instance: Kept) -> bool:
    return (
        instance.meaning is not Meaning.CANCELLED
        and instance.start == instance.original
    )
