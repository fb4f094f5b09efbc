"""One event of Google's JSON -> the little that is kept of it.

Times are kept as iCalendar writes them, from the parameters on (`:20260105T090000Z`,
`;TZID=Europe/Berlin:20260105T090000`, `;VALUE=DATE:20260105`), since Google gives the
rules as iCalendar lines in any case: so the engine of integrations.ics reads all of it
in one way, and a state of them is plain text. No title, text, place or guest is
looked at (promises.md S23).

Source: the `Event` resource of the discovery document, and
developers.google.com/workspace/calendar/api/v3/reference/events.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from integrations.ics.clocks import Clock, known_clock
from scheduler.errors import Refused
from scheduler.events import Meaning

#: An instance is called after its series and its original start (promises.md F20).
_INSTANCE = re.compile(r"(.+)_(\d{8}(?:T\d{6}Z)?)")
#: Which series 'this and following' was split from (promises.md F41).
_SPLIT = re.compile(r"(.+?)(?:_R\d{8}(?:T\d{6}Z?)?)+")
_REPEATS = re.compile(r"(RRULE|EXRULE|RDATE|EXDATE)([;:][^\r\n]*)", re.IGNORECASE)
_ZONE = re.compile(r"[A-Za-z0-9_+/-]{1,64}")
#: What stands for a zone whose name cannot be one: read in every way there is.
_NO_ZONE = "Unknown"


@dataclass(frozen=True, slots=True)
class Kept:
    """One event as Google tells it: single, a series, or one instance of a series.

    `start`, `end` and `original` are as said above; `original` is set of instances,
    with `series` the id of the one they belong to. `rules` are iCalendar lines. `uid`
    is '' of an invitation that neither Google nor Troth made: it may name people.
    """

    id: str
    uid: str
    start: str
    end: str = ""
    meaning: Meaning = Meaning.BUSY
    series: str = ""
    original: str = ""
    rules: tuple[str, ...] = ()
    sequence: int = 0
    etag: str = ""
    #: When it was last changed, as DTSTAMP writes it; '' when not told.
    updated: str = ""

    @property
    def object_id(self) -> str:
        """What it is an event of: its series, or itself."""
        return self.series or self.id


@dataclass(frozen=True, slots=True)
class Removed:
    """A single event or a whole series that is not there any more."""

    id: str


Item = Kept | Removed


def read_items(
    items: Iterable[Mapping[str, Any]], *, domain: str = ""
) -> tuple[Item, ...]:
    """Each item that has an id; `Refused` E_GOOGLE_EVENT for one that has no start.

    `domain` is the programme's, at which Troth makes the UIDs of its invitations.
    """
    return tuple(_items(items, f"@{domain}" if domain else ""))


def _items(items: Iterable[Mapping[str, Any]], ours: str) -> Iterator[Item]:
    for item in items:
        if name := _text(item.get("id")):
            yield _item(name, item, ours)


def _item(name: str, item: Mapping[str, Any], ours: str) -> Item:
    series, original = _instance(name, item)
    meaning = _meaning(item)
    if meaning is Meaning.CANCELLED and not original:
        return Removed(name)
    rules = () if original else tuple(_rules(item.get("recurrence")))
    start = _when(item.get("start"), in_zone=bool(rules))
    if not start and meaning is Meaning.CANCELLED:
        start = original
    if not start:
        raise Refused(
            "E_GOOGLE_EVENT",
            "An event of this calendar has no start that can be read; save it anew in"
            " Google Calendar.",
            field="start",
        )
    return Kept(
        id=name,
        uid=_uid(_text(item.get("iCalUID")), series or name, ours),
        start=start,
        # With `endTimeUnspecified` an end is given all the same: it counts.
        end=_when(item.get("end"), in_zone=False),
        meaning=meaning,
        series=series,
        original=original,
        rules=rules,
        sequence=_number(item.get("sequence")),
        etag=_text(item.get("etag")),
        updated=_stamp(_text(item.get("updated"))),
    )


def _uid(told: str, name: str, ours: str) -> str:
    """Google's own, which says no more than its id does, or one that Troth made.

    Others are kept nowhere: the store drops them too, since programs write addresses
    and hosts into them.
    """
    is_kept = told == f"{name}@google.com" or (bool(ours) and told.endswith(ours))
    return told if is_kept else ""


# What it is an instance of ----------------------------------------------------------


def _instance(name: str, item: Mapping[str, Any]) -> tuple[str, str]:
    """The series and the original start; two '' for what is no instance.

    A sparse cancelled one has nothing but its id, whose suffix says both (F20). The
    same suffix groups the anonymous instances of a free/busy answer without masters.
    """
    by_id = instance_of(name)
    series = _text(item.get("recurringEventId")) or (by_id[0] if by_id else "")
    if not series:
        return "", ""
    original = _when(item.get("originalStartTime"), in_zone=False)
    if not original and by_id:
        original = _from_suffix(by_id[1])
    if not original:
        original = _when(item.get("start"), in_zone=False)
    return (series, original) if original else ("", "")


def instance_of(name: str) -> tuple[str, str] | None:
    """The id of a series and the stamp of an original start, from an instance's id."""
    match = _INSTANCE.fullmatch(name)
    return (match[1], match[2]) if match and _from_suffix(match[2]) else None


def instance_id(series: str, original_start: datetime, *, whole_day: bool) -> str:
    """What Google calls the instance of this original start (UTC; a day: its date)."""
    stamp = "%Y%m%d" if whole_day else "%Y%m%dT%H%M%SZ"
    return f"{series}_{original_start.strftime(stamp)}"


def split_from(series: str) -> str:
    """The series that a `<old>_R<stamp>` was split from, at first; itself for others.

    Those that share it are parts of one series (promises.md F41).
    """
    match = _SPLIT.fullmatch(series)
    return match[1] if match else series


def _from_suffix(stamp: str) -> str:
    form = "%Y%m%d" if len(stamp) == 8 else "%Y%m%dT%H%M%SZ"
    try:
        when = datetime.strptime(stamp, form)  # noqa: DTZ007 - its Z is read
    except ValueError:
        return ""
    return _day(when.date()) if len(stamp) == 8 else _utc(when)


# Times ------------------------------------------------------------------------------


def _when(given: object, *, in_zone: bool) -> str:
    """`{date}` or `{dateTime, timeZone}` as iCalendar writes it; '' for neither.

    `in_zone`: as wall time in the zone that is named, in which a rule is expanded
    ("the time zone in which the time is specified … for recurring events this field
    is required"); else as the instant.
    """
    if not isinstance(given, Mapping):
        return ""
    try:
        if day := _text(given.get("date")):
            return _day(date.fromisoformat(day))
        if text := _text(given.get("dateTime")):
            when = datetime.fromisoformat(text).replace(microsecond=0)
            return _time(when, _text(given.get("timeZone")), in_zone=in_zone)
    except (ValueError, OverflowError):
        pass
    return ""


def _time(when: datetime, zone: str, *, in_zone: bool) -> str:
    if when.tzinfo is not None and not (in_zone and zone):
        return _utc(when.astimezone(UTC))
    if not zone:
        return f":{when:%Y%m%dT%H%M%S}"
    clock = _clock(zone)
    if clock is not None and when.tzinfo is not None:
        when = clock.wall(when.astimezone(UTC))
    if not _ZONE.fullmatch(zone):
        zone = _NO_ZONE
    return f";TZID={zone}:{when:%Y%m%dT%H%M%S}"


@lru_cache(maxsize=512)
def _clock(zone: str) -> Clock | None:
    return known_clock(zone)


def _day(day: date) -> str:
    return f";VALUE=DATE:{day:%Y%m%d}"


def _utc(when: datetime) -> str:
    return f":{when:%Y%m%dT%H%M%S}Z"


def _stamp(text: str) -> str:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return ""
    return _utc(when.astimezone(UTC)) if when.tzinfo else ""


def _rules(given: object) -> Iterator[str]:
    """RRULE, EXRULE, RDATE and EXDATE lines, names in capitals."""
    for line in given if isinstance(given, list) else ():
        match = _REPEATS.fullmatch(_text(line).strip())
        if match:
            yield match[1].upper() + match[2]


# What it means ----------------------------------------------------------------------

#: "Focus time" and "out of office" hold the time whatever else is said of them
#: (guides/calendar-status: their transparency is opaque).
_HOLDING = frozenset(("focusTime", "outOfOffice"))
#: Where someone works and whose birthday it is takes no time.
_IDLE = frozenset(("workingLocation", "birthday"))


def _meaning(item: Mapping[str, Any]) -> Meaning:
    kind = _text(item.get("eventType"))
    if item.get("status") == "cancelled":
        return Meaning.CANCELLED
    if _declined(item.get("attendees")):
        return Meaning.DECLINED
    if kind in _IDLE:
        return Meaning.FREE
    if kind not in _HOLDING and item.get("transparency") == "transparent":
        return Meaning.FREE
    return Meaning.BUSY


def _declined(guests: object) -> bool:
    """Whether the owner of this calendar does not come."""
    return isinstance(guests, list) and any(
        isinstance(guest, Mapping)
        and guest.get("self") is True
        and guest.get("responseStatus") == "declined"
        for guest in guests
    )


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _number(value: object) -> int:
    return value if isinstance(value, int) and 0 <= value < 10**9 else 0
