"""What is kept of events -> objects with their occurrences inside a window.

Each event becomes a `Record`, the form in which integrations.ics reads a VEVENT, and
takes the same fast or careful way: so a series means the same whether Google told it
or a feed. There is no text of a calendar in between; only values, as they are kept.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from integrations.google.items import Kept
from integrations.google.versions import version
from integrations.ics.blocks import Left
from integrations.ics.clocks import Named
from integrations.ics.decode import STEPS
from integrations.ics.decoded import EPOCH, Decoded, Found
from integrations.ics.events import Warn
from integrations.ics.offsets import NotPlain
from integrations.ics.plain import Plain
from integrations.ics.plain_series import PlainSeries
from integrations.ics.records import Record
from integrations.ics.resource import Read
from integrations.ics.rules import Budget
from scheduler.events import CalendarObject, Meaning, Warned
from scheduler.ids import RemoteId
from scheduler.timespan import Span

#: Stands for the owner of the calendar among guests of whom nobody else is known.
_OWNER = "self"
_DAY = timedelta(days=1)
_MOST_WARNINGS = 1_000

Groups = Mapping[str, Sequence[Kept]]


def grouped(events: Iterable[Kept]) -> dict[str, list[Kept]]:
    """Events by the object they are of, masters first, then by their ids."""
    groups: dict[str, list[Kept]] = {}
    for one in sorted(events, key=lambda one: (bool(one.series), one.id)):
        groups.setdefault(one.object_id, []).append(one)
    return groups


def expanded(groups: Groups, *, window: Span, zone: ZoneInfo) -> Read:
    """Each group as an object, one without an occurrence near the window included.

    `zone` is the calendar's own: it places whole days. `Refused` with E_EVENT_… or
    E_RRULE_…: what cannot be read must not look free.
    """
    warnings: dict[Warned, None] = {}

    def warn(code: str, uid: str, message: str) -> None:
        if len(warnings) < _MOST_WARNINGS:
            warnings[Warned(code, uid, message)] = None

    found = {one.uid: one for one in _found(groups, Asking(window, zone, warn))}
    objects = (_object(name, groups[name], found.get(name)) for name in groups)
    return Read(tuple(objects), tuple(warnings))


class Asking:
    """One reading: its window, the calendar's zone, a budget for all rules."""

    def __init__(self, window: Span, zone: ZoneInfo, warn: Warn) -> None:
        self.window = window
        self.home = Named(zone)
        self.budget = Budget(STEPS)
        self.plain = PlainSeries(Plain(window, self.home), self.budget)
        self.warn = warn


def _found(groups: Groups, asking: Asking) -> list[Found]:
    found: list[Found] = []
    left: list[Left] = []
    for name, events in groups.items():
        records = [_record(name, one, n) for n, one in enumerate(events, len(left))]
        try:
            found.append(asking.plain.found(records))
        except NotPlain as not_plain:
            why = not_plain.why
            left += [Left(one.place, one.component(), why) for one in records]
    return found + _carefully(left, asking) if left else found


def _carefully(left: list[Left], asking: Asking) -> list[Found]:
    # Takes longer to import than most calendars to read.
    from integrations.ics.careful import Careful  # noqa: PLC0415

    careful = Careful(
        window=asking.window,
        home=asking.home,
        owner=_OWNER,
        zones=[],
        budget=asking.budget,
        warn=asking.warn,
    )
    return [found for _, found in careful.found(left, None)]


# Events as records ------------------------------------------------------------------

_STATUS = {Meaning.CANCELLED: b":CANCELLED"}
_TRANSPARENT = {Meaning.FREE: b":TRANSPARENT"}
_DECLINED = (f";PARTSTAT=DECLINED:mailto:{_OWNER}".encode(),)


def _record(name: str, one: Kept, place: int) -> Record:
    rules = _by_name(one.rules)
    return Record(
        place=place,
        stamp=one.updated.encode() or None,
        start=one.start.encode(),
        end=one.end.encode() or None,
        duration=None,
        rule=_lines(rules.get("RRULE")),
        not_dates=_lines(rules.get("EXDATE")),
        replaces=one.original.encode() or None,
        status=_STATUS.get(one.meaning),
        transparent=_TRANSPARENT.get(one.meaning),
        sequence=f":{one.sequence}".encode(),
        changed=one.updated.encode() or None,
        dates=_lines(rules.get("RDATE")),
        not_rules=_lines(rules.get("EXRULE")),
        uid=name,
        guests=_DECLINED if one.meaning is Meaning.DECLINED else None,
    )


def _by_name(lines: Iterable[str]) -> dict[str, list[bytes]]:
    found: dict[str, list[bytes]] = {}
    for line in lines:
        cut = min(n for n in (line.find(";"), line.find(":")) if n > 0)
        found.setdefault(line[:cut], []).append(line[cut:].encode())
    return found


def _lines(found: list[bytes] | None) -> bytes | tuple[bytes, ...] | None:
    if not found:
        return None
    return found[0] if len(found) == 1 else tuple(found)


# Objects ----------------------------------------------------------------------------


def _object(name: str, events: Sequence[Kept], found: Found | None) -> CalendarObject:
    shown = Decoded((found,)).objects[0] if found else None
    return CalendarObject(
        id=RemoteId(name),
        uid=events[0].uid,
        occurrences=shown.occurrences if shown else (),
        etag=version(events),
        changed_at=shown.changed_at if shown else None,
        sequence=max(one.sequence for one in events),
    )


def is_on_rule(master: Kept, instance: Kept) -> bool:
    """Whether the series has the date that an instance of it stands for.

    Where that cannot be told it is taken to be so: what is kept is busy.
    """
    original = original_start(instance)
    if original is None:
        return True
    day = Span(original, original + _DAY)
    asking = Asking(day, ZoneInfo("UTC"), _unheard)
    alone = replace(master, meaning=Meaning.BUSY)
    found = _found({master.id: [alone]}, asking)
    at = (original - EPOCH) // timedelta(seconds=1)
    return any(row[0] == at for one in found for row in one.rows)


def original_start(instance: Kept) -> datetime | None:
    """The original start of an instance; of a whole day its midnight in UTC."""
    text = instance.original.rpartition(":")[2].removesuffix("Z")
    form = "%Y%m%dT%H%M%S" if "T" in text else "%Y%m%d"
    try:
        return datetime.strptime(f"{text}+0000", f"{form}%z").replace(
            tzinfo=EPOCH.tzinfo
        )
    except ValueError:
        return None


def _unheard(code: str, uid: str, message: str) -> None:
    """What is odd in a series is told when it is read for its window."""
