"""What passes between a worker and the child that decodes for it, in frames.

A frame is its length in four bytes, then that many bytes. A question is what is asked
(JSON), the file in as many frames as its sender likes, and an empty one; an answer is
one frame. Instants are whole seconds since 1970.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Self
from zoneinfo import ZoneInfo

from integrations.ics import packed
from integrations.ics.decode import decode
from integrations.ics.decoded import instant, seconds, seconds_back
from integrations.ics.resource import Read
from integrations.ics.shelf import Feed, Shelf
from scheduler.errors import Refused
from scheduler.events import Warned
from scheduler.timespan import Span

#: Bytes of the length that stands before each frame.
LENGTH = 4
#: Ends the file of a question.
END = bytes(LENGTH)
#: Said of a file that used up its share of time or memory.
TOO_MUCH = Refused(
    "E_RRULE_TOO_COMPLEX",
    "Reading this calendar takes too much time or memory; delete the event that repeats"
    " most, or publish a smaller calendar.",
    field="url",
)


def framed(content: bytes) -> bytes:
    """One frame."""
    return len(content).to_bytes(LENGTH, "big") + content


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked about a file; `seconds` of CPU are its share."""

    start: int
    end: int
    zone: str
    owner: str
    #: The calendar whose file it is; '' for nobody's.
    calendar: str = ""
    #: Whether the calendar's next file will be much like this one.
    again: bool = False
    seconds: float = 5

    @classmethod
    def of(cls, window: Span, zone: ZoneInfo, owner: str) -> Self:
        """About a file of nobody's, with the share that is usual."""
        return cls(seconds(window.start), -seconds_back(window.end), zone.key, owner)

    @classmethod
    def read(cls, frame: bytes) -> Self:
        """What `frame` wrote."""
        return cls(**json.loads(frame))

    def frame(self) -> bytes:
        """As the first frame of a question."""
        return framed(json.dumps(asdict(self)).encode())

    @property
    def window(self) -> Span:
        """The time that is asked about."""
        return Span(instant(self.start), instant(self.end))

    @property
    def feed(self) -> Feed:
        """What is kept of its file belongs to this."""
        return Feed(self.calendar, self.start, self.end, self.zone, self.owner)


@dataclass(frozen=True, slots=True)
class Told:
    """What an answer says: what was read, or why not; and the CPU seconds it took.

    `warm` when something was known of the feed; `crowded` when there was no room
    beside what was known of others, which is forgotten now: ask again.
    """

    read: Read | None
    refused: Refused | None
    cost: float
    warm: bool = False
    crowded: bool = False


def answer(
    asked: Question, pieces: Iterator[bytes], shelf: Shelf
) -> tuple[dict[str, Any], bytes]:
    """What is said of a file, in two parts; never raises for a file's sake.

    What the decoder should not have raised is told by its kind and place alone: its
    words could hold somebody's data.
    """
    try:
        return _answered(asked, pieces, shelf)
    except Refused as refused:
        return {"refused": [refused.code, refused.message, refused.field]}, b""
    except MemoryError:
        crowded = bool(shelf)
        shelf.clear()
        too_much = [TOO_MUCH.code, TOO_MUCH.message, TOO_MUCH.field]
        return {"refused": too_much, "crowded": crowded}, b""
    except Exception as error:  # noqa: BLE001 - no file may end the child
        return {"bug": f"{type(error).__name__}{_place(error)}"}, b""


def answered(said: dict[str, Any], objects: bytes, cost: float) -> bytes:
    """The frame of an answer."""
    head = json.dumps({**said, "cost": cost}).encode()
    return framed(framed(head) + objects)


def told(content: bytes) -> Told:
    """What an answer says; a bug of the child is E_ICS_UNREADABLE."""
    size = LENGTH + int.from_bytes(content[:LENGTH], "big")
    head = json.loads(content[LENGTH:size])
    if "warnings" not in head:
        crowded = head.get("crowded", False)
        return Told(None, _refusal(head), head["cost"], crowded=crowded)
    warnings = tuple(Warned(*one) for one in head["warnings"])
    objects = packed.unpacked(memoryview(content)[size:])
    return Told(Read(objects, warnings), None, head["cost"], head["warm"])


def _refusal(head: dict[str, Any]) -> Refused:
    if "refused" in head:
        code, message, field = head["refused"]
        return Refused(code, message, field=field or "url")
    return Refused(
        "E_ICS_UNREADABLE",
        f"This version of Troth cannot read that calendar ({head['bug']}); please"
        " report it.",
        field="url",
    )


def _answered(
    asked: Question, pieces: Iterator[bytes], shelf: Shelf
) -> tuple[dict[str, Any], bytes]:
    warm = asked.again and asked.feed in shelf
    known = shelf.known(asked.feed) if asked.again else None
    decoded = decode(
        pieces,
        window=asked.window,
        zone=ZoneInfo(asked.zone),
        owner=asked.owner,
        known=known,
    )
    if sum(len(one.rows) for one in decoded.found) > packed.MOST_DATES:
        raise Refused(TOO_MUCH.code, TOO_MUCH.message, field=TOO_MUCH.field)
    if known is not None:
        shelf.put(asked.feed, known, decoded)
    warnings = [[w.code, w.uid, w.message] for w in decoded.warnings]
    objects = b"".join(map(packed.packed, decoded.found))
    return {"warnings": warnings, "warm": warm}, objects


def _place(error: BaseException) -> str:
    trace, place = error.__traceback__, ""
    while trace:
        module = trace.tb_frame.f_globals.get("__name__", "")
        place = f" in {module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
