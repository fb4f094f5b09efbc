"""Changes to one written copy: from its bytes to its bytes, everything else kept.

People's alarms, colours and notes stay as they are written. No date ever has both an
EXDATE and an override; a date that a person took out is not put back (people win).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import assert_never
from zoneinfo import ZoneInfo

from integrations.ics.blocks import sieve
from integrations.ics.clocks import Clocks, Named, Unknown
from integrations.ics.decode import STEPS, decode
from integrations.ics.lines import bare, line, text
from integrations.ics.raw import Block, Line, fresh, parse
from integrations.ics.rules import Budget
from integrations.ics.sieve import Property
from integrations.ics.tables import Tables
from integrations.ics.values import Moment, Reader, Unreadable
from scheduler.errors import Gone, Refused, Rejected
from scheduler.events import Meaning, Occurrence
from scheduler.ports.calendars import (
    Accept,
    Describe,
    Edit,
    Move,
    PutBack,
    Rebook,
    Shorten,
    TakeOut,
)
from scheduler.timespan import Span

ALWAYS = Span(datetime(1970, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC))
_SECOND = timedelta(seconds=1)
_REPEATS = ("RRULE", "RDATE", "EXRULE", "EXDATE")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
#: What a description is also written as; it would go on saying the old text.
_OTHER_TEXTS = ("X-ALT-DESC", "STYLED-DESCRIPTION")


def apply(data: bytes, edit: Edit, home: ZoneInfo) -> bytes | None:
    """The object after this edit: the very same bytes where it is already true.

    None when nothing would be left, so that the object is to be deleted. `home` places
    floating times. Raises `Gone` (no such date any more) and `Rejected` (unreadable).
    """
    copy = _Copy(data, home)
    match edit:
        case Move():
            return copy.move(edit)
        case TakeOut():
            return copy.take_out(edit)
        case PutBack():
            return copy.put_back(edit)
        case Shorten():
            return copy.shorten(edit)
        case Describe():
            return copy.describe(edit)
        case Accept() | Rebook():
            raise Rejected("a stored copy has no guests, and is replaced as a whole")
        case _:
            assert_never(edit)


def description(data: bytes, original_start: datetime, home: ZoneInfo) -> str:
    """The text of one occurrence, unescaped. `Gone` when there is no such date."""
    copy = _Copy(data, home)
    copy.must_stand(original_start)
    return _text(copy.speaking_for(original_start))


def _text(event: Block, name: str = "DESCRIPTION") -> str:
    """A text as people see it (RFC 5545 section 3.3.11)."""
    given = event.first(name)

    def plain(found: re.Match[str]) -> str:
        return "\n" if found[1] in "nN" else found[1]

    return _ESCAPED.sub(plain, given.value) if given else ""


class _Copy:
    """One object, read: its events, and what their times mean."""

    def __init__(self, data: bytes, home: ZoneInfo) -> None:
        self.data = data
        self.home = home
        self.root = parse(data)
        try:
            zones = sieve(data).named("VTIMEZONE")
            clocks = Clocks(Tables(zones, Budget(STEPS)).named)
        except Refused as error:
            raise Rejected(error.message) from None
        self.reader = Reader(Named(home), clocks.named)
        self.events = self.root.blocks("VEVENT")
        if not self.events:
            raise Rejected("the object holds no event")

    # What stands there.

    @property
    def master(self) -> Block | None:
        return next((e for e in self.events if not e.has("RECURRENCE-ID")), None)

    @property
    def recurs(self) -> bool:
        return self.master is not None and self.master.has("RRULE", "RDATE")

    def overrides(self, at: datetime) -> tuple[Block, ...]:
        """The events that stand for this date alone."""
        return tuple(e for e in self.events if self._replaces(e, at))

    def _replaces(self, event: Block, at: datetime) -> bool:
        given = event.first("RECURRENCE-ID")
        return given is not None and at in self._instants(given)

    def occurrences(self, window: Span) -> Iterator[Occurrence]:
        return _occurrences(self.data, window, self.home)

    def standing(self, at: datetime) -> Occurrence | None:
        """The occurrence of this date, unless somebody took it out or cancelled it."""
        for found in self.occurrences(Span(at, at + _SECOND)):
            if found.original_start == at and found.meaning is not Meaning.CANCELLED:
                return found
        return None

    def must_stand(self, at: datetime) -> Occurrence:
        found = self.standing(at)
        if found is None:
            raise Gone("there is no such date any more")
        return found

    def speaking_for(self, at: datetime) -> Block:
        """The event that says what this date is."""
        return next(iter(self.overrides(at)), self.master or self.events[0])

    # How times are written in it.

    def _instants(self, given: Property) -> list[datetime]:
        return [moment.utc for moment in self.reader.readable(given)]

    def start(self, event: Block) -> tuple[Property, Moment]:
        given = event.first("DTSTART")
        try:
            if given is not None:
                return given, self.reader.moment(given)
        except Unreadable:
            pass
        raise Rejected("an event of the object has no start")

    def date_line(self, name: str, at: datetime, event: Block) -> str:
        """An instant in the form of the event's DTSTART, as its rule writes it."""
        given, start = self.start(event)
        wall = start.clock.wall(at)
        if start.whole_day:
            return line(name, wall.strftime("%Y%m%d"), {"VALUE": "DATE"})
        by_rule = datetime.combine(wall.date(), start.wall.time())
        if start.clock.utc(by_rule) == at:
            wall = by_rule
        return _wall_line(name, at, wall, given, start)

    def span_lines(self, span: Span, event: Block) -> dict[str, list[str]]:
        given, start = self.start(event)
        news: dict[str, list[str]] = {"DTSTART": [], "DTEND": [], "DURATION": []}
        for name, at in (("DTSTART", span.start), ("DTEND", span.end)):
            wall = start.clock.wall(at)
            news[name] = [_wall_line(name, at, wall, given, start)]
        return news

    # The edits.

    def move(self, edit: Move) -> bytes:
        at, span = edit.original_start, edit.span
        if not self.recurs and self._is_at(span):
            return self.data
        found = self.must_stand(at)
        if found.span == span:
            return self.data
        event = self.speaking_for(at)
        news = self.span_lines(span, event) | _stamps(event, edit)
        if self.recurs and not self.overrides(at):
            return self._with_override(at, news)
        return self._put(event, event.changed(news))

    def _is_at(self, span: Span) -> bool:
        """Whether this single event has been moved there already."""
        return any(o.span == span for o in self.occurrences(span))

    def take_out(self, edit: TakeOut) -> bytes | None:
        at = edit.original_start
        if self.standing(at) is None:
            return self.data
        gone = self.overrides(at)
        root = self.root.mapped(lambda item: None if item in gone else item)
        if self.recurs and self.master:
            exdate = fresh([self.date_line("EXDATE", at, self.master)], like=root.begin)
            stamped = self.master.changed(_stamps(self.master, edit))
            root = root.swapped(self.master, stamped.added(exdate))
        elif self.master:
            return None
        return self._if_any_left(root)

    def put_back(self, edit: PutBack) -> bytes:
        """The rule gives the date again, once no EXDATE names it."""
        at, master = edit.original_start, self.master
        if self.standing(at) is not None:
            return self.data
        if master is None or not self.recurs:
            raise Gone("there is no such date any more")
        whole = master.mapped(
            lambda item: self._keep_dates(item, ("EXDATE",), lambda one: one != at)
        )
        root = self.root.swapped(master, whole.changed(_stamps(master, edit)))
        again = _Copy(root.octets(), self.home)
        move = Move(at, edit.span, edit.sequence, edit.stamp)
        return again.move(move)

    def shorten(self, edit: Shorten) -> bytes | None:
        late = Span(edit.before, max(ALWAYS.end, edit.before + _SECOND))
        if not any(o.original_start >= edit.before for o in self.occurrences(late)):
            return self.data
        master = self.master
        root = self.root.mapped(
            lambda item: None if self._begins_late(item, edit.before) else item
        )
        if master is not None and self.recurs:
            ended = master.mapped(lambda item: self._cut(item, edit.before))
            rules = [self._ended(rule, edit.before) for rule in master.lines("RRULE")]
            news = {"RRULE": rules} | _stamps(master, edit)
            root = root.swapped(master, ended.changed(news))
        return self._if_any_left(root)

    def _begins_late(self, item: Line | Block, before: datetime) -> bool:
        """Whether this event stands for a date from `before` on, alone."""
        if isinstance(item, Line) or item.name != "VEVENT":
            return False
        given = item.first("RECURRENCE-ID")
        if given is None:
            return not self.recurs and self.start(item)[1].utc >= before
        return any(at >= before for at in self._instants(given))

    def _cut(self, item: Line | Block, before: datetime) -> Line | Block | None:
        """The line without the dates from `before` on."""
        return self._keep_dates(item, ("RDATE", "EXDATE"), lambda at: at < before)

    def _keep_dates(
        self,
        item: Line | Block,
        names: tuple[str, ...],
        is_kept: Callable[[datetime], bool],
    ) -> Line | Block | None:
        """A line of dates with those alone that are to be kept; None if none is."""
        if isinstance(item, Block) or item.name not in names:
            return item
        given = item.property
        kept = [
            part
            for part in given.value.split(",")
            if all(
                is_kept(at) for at in self._instants(Property(part, given.parameters))
            )
        ]
        if len(kept) == given.value.count(",") + 1:
            return item
        if not kept:
            return None
        written = line(item.name, ",".join(kept), given.parameters)
        return fresh([written], like=item)[0]

    def _ended(self, rule: Line, before: datetime) -> str:
        """The rule with an UNTIL in the form that its DTSTART asks for."""
        last = before - _SECOND
        parts = [
            part
            for part in rule.property.value.split(";")
            if not part.upper().startswith(("COUNT=", "UNTIL="))
        ]
        _, start = self.start(self.master or self.events[0])
        if start.whole_day:
            until = start.clock.wall(last).strftime("%Y%m%d")
        elif start.floating:
            until = start.clock.wall(last).strftime("%Y%m%dT%H%M%S")
        else:
            until = last.strftime("%Y%m%dT%H%M%SZ")
        return line("RRULE", ";".join([*parts, f"UNTIL={until}"]))

    def describe(self, edit: Describe) -> bytes:
        at = edit.original_start
        found = self.must_stand(at)
        event = self.speaking_for(at)
        attached = [a.property.value for a in event.lines("ATTACH")]
        attach = bare(edit.attach)
        new_link = [attach] if attach and attach not in attached else []
        news = _located(event, edit)
        if _text(event) == edit.text and not new_link and not news:
            return self.data
        news |= {name: [] for name in _OTHER_TEXTS}
        news["DESCRIPTION"] = [line("DESCRIPTION", text(edit.text))]
        links = fresh(
            (line("ATTACH", url, {"FMTTYPE": "text/html"}) for url in new_link),
            like=event.begin,
        )
        if self.recurs and not self.overrides(at):
            if found.span is None:
                raise Rejected("the date has no length")
            times = self.span_lines(found.span, event)
            return self._with_override(at, times | news, links)
        return self._put(event, event.changed(news).added(links))

    # Putting it together.

    def _with_override(
        self, at: datetime, news: dict[str, list[str]], more: tuple[Line, ...] = ()
    ) -> bytes:
        """The object with a new event for this date: the master's, changed."""
        master = self.master or self.events[0]
        single = master.mapped(
            lambda item: (
                None if isinstance(item, Line) and item.name in _REPEATS else item
            )
        )
        which = {"RECURRENCE-ID": [self.date_line("RECURRENCE-ID", at, master)]}
        override = single.changed(which | news).added(more)
        items: list[Line | Block] = list(self.root.items)
        last = max(n for n, item in enumerate(items) if item in self.events)
        items.insert(last + 1, override)
        return Block("VCALENDAR", self.root.begin, tuple(items), self.root.end).octets()

    def _put(self, old: Block, new: Block) -> bytes:
        return self.root.swapped(old, new).octets()

    def _if_any_left(self, root: Block) -> bytes | None:
        """The object, or None where no date of it would stand any more."""
        if not root.blocks("VEVENT"):
            return None
        octets = root.octets()
        left = _occurrences(octets, ALWAYS, self.home)
        return octets if any(o.meaning is not Meaning.CANCELLED for o in left) else None


def _occurrences(data: bytes, window: Span, home: ZoneInfo) -> Iterator[Occurrence]:
    try:
        decoded = decode(data, window=window, zone=home)
    except Refused as error:
        raise Rejected(error.message) from None
    for found in decoded.objects:
        yield from found.occurrences


def _wall_line(
    name: str, at: datetime, wall: datetime, given: Property, start: Moment
) -> str:
    """A DATE-TIME in the zone of `given`, or in UTC where that cannot name it."""
    wall = wall.replace(fold=0)  # what is written cannot say which of two it is
    zone = given.parameters.get("TZID")
    named = zone is not None and not isinstance(start.clock, Unknown)
    if start.whole_day or not (named or start.floating) or start.clock.utc(wall) != at:
        return line(name, at.strftime("%Y%m%dT%H%M%SZ"))
    words = {"TZID": zone} if zone is not None else {}
    return line(name, wall.strftime("%Y%m%dT%H%M%S"), words)


def _stamps(
    event: Block, edit: Move | TakeOut | PutBack | Shorten
) -> dict[str, list[str]]:
    """SEQUENCE, never lower than it was, and when it was changed."""
    given = event.first("SEQUENCE")
    before = int(given.value) if given and given.value.strip().isdecimal() else 0
    stamp = edit.stamp.strftime("%Y%m%dT%H%M%SZ")
    news = {
        "SEQUENCE": [f"SEQUENCE:{max(before, edit.sequence)}"],
        "DTSTAMP": [f"DTSTAMP:{stamp}"],
    }
    if event.has("LAST-MODIFIED"):
        news["LAST-MODIFIED"] = [f"LAST-MODIFIED:{stamp}"]
    return news


def _located(event: Block, edit: Describe) -> dict[str, list[str]]:
    """Where they meet now, in the place of what an earlier agreement said."""
    stands = _text(event, "LOCATION")
    if stands == edit.location or stands not in edit.instead_of:
        return {}
    return {
        "LOCATION": [line("LOCATION", text(edit.location))] if edit.location else []
    }
