"""Objects of a calendar as few bytes, each with an etag of all that is known of it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from struct import Struct

from integrations.ics.decode import Decoded
from integrations.ics.resource import Read
from scheduler.events import CalendarObject, Meaning, Occurrence
from scheduler.ids import Etag, RemoteId

#: Occurrences in a window that one file may have; about 25 MB as Python has them.
MOST_DATES = 100_000

#: Etag; bytes of id and UID, number of dates; SEQUENCE, last change.
_HEAD = Struct("<16sIIIQq")
_ETAG = 16
#: Original start, start, end, place in _MEANINGS.
_DATE = Struct("<qqqB")
_MEANINGS = tuple(Meaning)
_PLACES = {meaning: place for place, meaning in enumerate(_MEANINGS)}
#: Of an object that does not say when it was changed.
_NEVER = -(2**63)


def seconds(when: datetime) -> int:
    """Since 1970."""
    return int(when.timestamp())


def instant(since: int) -> datetime:
    """So many seconds after 1970."""
    return datetime.fromtimestamp(since, UTC)


def packed(found: CalendarObject) -> bytes:
    """One object; what `unpacked` reads."""
    name, uid = found.id.encode(), found.uid.encode()
    dates = b"".join(
        _DATE.pack(seconds(o), seconds(start), seconds(end), _PLACES[meaning])
        for o, start, end, meaning in map(_parts, found.occurrences)
    )
    changed = seconds(found.changed_at) if found.changed_at else _NEVER
    count = len(found.occurrences)
    known = _HEAD.pack(b"", 0, len(uid), count, found.sequence, changed) + uid + dates
    etag = blake2b(known, digest_size=_ETAG).digest()
    head = _HEAD.pack(etag, len(name), len(uid), count, found.sequence, changed)
    return b"".join((head, name, uid, dates))


def unpacked(content: bytes | memoryview) -> tuple[CalendarObject, ...]:
    """All objects, each with its etag."""
    return tuple(_objects(memoryview(content)))


def marked(decoded: Decoded) -> Read:
    """As the child would tell it."""
    objects = unpacked(b"".join(map(packed, decoded.objects)))
    return Read(objects, decoded.warnings)


def _parts(one: Occurrence) -> tuple[datetime, datetime, datetime, Meaning]:
    return one.original_start, one.start, one.end, one.meaning


def _objects(content: memoryview) -> Iterator[CalendarObject]:
    at, end = 0, len(content)
    while at < end:
        etag, name, uid, count, sequence, changed = _HEAD.unpack_from(content, at)
        names = at + _HEAD.size
        uids, dates = names + name, names + name + uid
        at = dates + count * _DATE.size
        yield CalendarObject(
            id=RemoteId(str(content[names:uids], "utf-8")),
            uid=str(content[uids:dates], "utf-8"),
            occurrences=tuple(
                Occurrence(instant(o), instant(start), instant(end), _MEANINGS[place])
                for o, start, end, place in _DATE.iter_unpack(content[dates:at])
            ),
            etag=Etag(etag.hex()),
            changed_at=None if changed == _NEVER else instant(changed),
            sequence=sequence,
        )
