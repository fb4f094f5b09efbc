"""What a file says, in few bytes; each object with an etag of all that it says."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import blake2b
from itertools import chain
from struct import Struct

from integrations.ics.decoded import MEANINGS, Decoded, Found
from integrations.ics.resource import Read
from scheduler.events import CalendarObject, Occurrence
from scheduler.ids import Etag, RemoteId

#: Occurrences in a window that one file may have; about 25 MB as Python has them.
MOST_DATES = 100_000

#: Etag; bytes of id and UID, number of dates; SEQUENCE, last change.
_HEAD = Struct("<16sIIIQq")
_ETAG = 16
#: A row: original start, start, end, number of a meaning.
_ROW = Struct("<qqqB")
_ROWS = {count: Struct("<" + "qqqB" * count) for count in range(8)}
#: Of an object that does not say when it was changed.
_NEVER = -(2**63)


def packed(found: Found) -> bytes:
    """One object; what `unpacked` reads."""
    name, uid = found.id.encode(), found.uid.encode()
    count = len(found.rows)
    shape = _ROWS.get(count) or Struct("<" + "qqqB" * count)
    rows = shape.pack(*chain.from_iterable(found.rows))
    changed = _NEVER if found.changed is None else found.changed
    known = _HEAD.pack(b"", 0, len(uid), count, found.sequence, changed) + uid + rows
    etag = blake2b(known, digest_size=_ETAG).digest()
    head = _HEAD.pack(etag, len(name), len(uid), count, found.sequence, changed)
    return b"".join((head, name, uid, rows))


def unpacked(content: bytes | memoryview) -> tuple[CalendarObject, ...]:
    """All objects, each with its etag."""
    return tuple(_objects(memoryview(content)))


def marked(decoded: Decoded) -> Read:
    """As the child would tell it."""
    objects = unpacked(b"".join(map(packed, decoded.found)))
    return Read(objects, decoded.warnings)


def _objects(content: memoryview) -> Iterator[CalendarObject]:
    at, end = 0, len(content)
    while at < end:
        etag, name, uid, count, sequence, changed = _HEAD.unpack_from(content, at)
        names = at + _HEAD.size
        uids, rows = names + name, names + name + uid
        at = rows + count * _ROW.size
        yield CalendarObject(
            id=RemoteId(str(content[names:uids], "utf-8")),
            uid=str(content[uids:rows], "utf-8"),
            occurrences=tuple(map(_occurrence, _ROW.iter_unpack(content[rows:at]))),
            etag=Etag(etag.hex()),
            changed_at=None if changed == _NEVER else _instant(changed),
            sequence=sequence,
        )


def _occurrence(row: tuple[int, int, int, int]) -> Occurrence:
    original, start, end, meaning = row
    begins = _instant(start)
    return Occurrence(
        begins if original == start else _instant(original),
        begins,
        _instant(end),
        MEANINGS[meaning],
    )


def _instant(since: int) -> datetime:
    return datetime.fromtimestamp(since, UTC)
