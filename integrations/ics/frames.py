"""What passes between a worker and the child that decodes for it: JSON, in frames.

A frame is its length in four bytes, then that many bytes. A question is two frames
(what is asked, the file), an answer one. Instants are whole seconds since 1970.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from integrations.ics.decode import Decoded, decode
from scheduler.errors import Refused
from scheduler.events import CalendarObject, Meaning, Occurrence, Warned
from scheduler.ids import RemoteId
from scheduler.timespan import Span

#: Bytes of the length that stands before each frame.
LENGTH = 4
#: Said of a file that used up its share of time or memory.
TOO_MUCH = Refused(
    "E_RRULE_TOO_COMPLEX",
    "Reading this calendar takes too much time or memory; delete the event that repeats"
    " most, or publish a smaller calendar.",
)


def framed(content: bytes) -> bytes:
    """One frame."""
    return len(content).to_bytes(LENGTH, "big") + content


def question(data: bytes, *, window: Span, zone: ZoneInfo, owner: str) -> bytes:
    """Both frames of a question."""
    asked = {
        "window": [_seconds(window.start), _seconds(window.end)],
        "zone": zone.key,
        "owner": owner,
    }
    return framed(json.dumps(asked).encode()) + framed(data)


def answer(asked: bytes, data: bytes) -> bytes:
    """The content of the answer to a question; never raises for a file's sake.

    What the decoder should not have raised is told by its kind and place alone: its
    words could hold somebody's data.
    """
    try:
        found = _answered(json.loads(asked), data)
    except Refused as refused:
        found = {"refused": [refused.code, refused.message, refused.field]}
    except MemoryError:
        found = {"refused": [TOO_MUCH.code, TOO_MUCH.message, None]}
    except Exception as error:  # noqa: BLE001 - no file may end the child
        found = {"bug": f"{type(error).__name__}{_place(error)}"}
    return json.dumps(found).encode()


def told(content: bytes) -> Decoded:
    """What an answer says; `Refused` as the decoder raised it, or E_ICS_UNREADABLE."""
    found = json.loads(content)
    if "refused" in found:
        code, message, field = found["refused"]
        raise Refused(code, message, field=field)
    if "bug" in found:
        raise Refused(
            "E_ICS_UNREADABLE",
            f"This version of Troth cannot read that calendar ({found['bug']}); please"
            " report it.",
        )
    return Decoded(
        tuple(_object(*one) for one in found["objects"]),
        tuple(Warned(*one) for one in found["warnings"]),
    )


def _answered(asked: dict[str, Any], data: bytes) -> dict[str, Any]:
    start, end = asked["window"]
    decoded = decode(
        data,
        window=Span(_instant(start), _instant(end)),
        zone=ZoneInfo(asked["zone"]),
        owner=asked["owner"],
    )
    return {
        "objects": [
            [
                one.id,
                one.uid,
                [_written(occurrence) for occurrence in one.occurrences],
                one.changed_at and _seconds(one.changed_at),
                one.sequence,
            ]
            for one in decoded.objects
        ],
        "warnings": [[w.code, w.uid, w.message] for w in decoded.warnings],
    }


def _written(one: Occurrence) -> tuple[int, int, int, str]:
    return (
        _seconds(one.original_start),
        _seconds(one.start),
        _seconds(one.end),
        one.meaning.value,
    )


def _object(
    name: str,
    uid: str,
    occurrences: list[tuple[int, int, int, str]],
    changed: int | None,
    sequence: int,
) -> CalendarObject:
    return CalendarObject(
        id=RemoteId(name),
        uid=uid,
        occurrences=tuple(
            Occurrence(_instant(o), _instant(start), _instant(end), Meaning(meaning))
            for o, start, end, meaning in occurrences
        ),
        changed_at=None if changed is None else _instant(changed),
        sequence=sequence,
    )


def _seconds(when: datetime) -> int:
    return int(when.timestamp())


def _instant(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _place(error: BaseException) -> str:
    trace, place = error.__traceback__, ""
    while trace:
        module = trace.tb_frame.f_globals.get("__name__", "")
        place = f" in {module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return place
