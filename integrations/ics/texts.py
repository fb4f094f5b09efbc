"""Dates, times and heads of lines as they are usually written, each looked at once."""

from __future__ import annotations

import re
from datetime import date

from integrations.ics.clocks import UTC_CLOCK, Named, known_clock
from integrations.ics.decoded import seconds
from integrations.ics.offsets import DAY, Clock, NotPlain
from integrations.ics.sieve import read_property, unfolded
from integrations.ics.values import FIRST_RULE_YEAR, LAST_YEAR, stamp

_EPOCH = date(1970, 1, 1).toordinal()
_FIRST = date(FIRST_RULE_YEAR, 1, 1).toordinal() - _EPOCH
_END = date(LAST_YEAR + 1, 1, 1).toordinal() - _EPOCH
_HEAD = re.compile(rb"(?:;[^=;:\"\n]+=(?:\"[^\"\n]*\"|[^\";:\n]*))*:")
_TIME = re.compile(rb"T(?:[01]\d|2[0-3])[0-5]\d[0-5]\d")
#: Of one file; each may cost a little memory.
_MOST_ZONES, _MOST_TEXTS = 64, 50_000

#: A clock (None where the value names none), a day since 1970, and a second of that
#: day, -1 where only the day is written.
When = tuple[Clock | None, int, int]
WHOLE = -1
_T, _Z = b"TZ"


class _Days(dict[bytes, int]):
    """`20260105` -> days since 1970."""

    def __missing__(self, text: bytes) -> int:
        if len(text) != 8 or not text.isdigit():
            raise NotPlain("a date that is not written as usual")
        try:
            day = date.fromisoformat(text.decode()).toordinal() - _EPOCH
        except ValueError:
            raise NotPlain("a date that does not exist") from None
        if not _FIRST <= day < _END:
            raise NotPlain("a year that is far away")
        if len(self) < _MOST_TEXTS:
            self[text] = day
        return day


class _Times(dict[bytes, int]):
    """`T090000` -> seconds of the day."""

    def __missing__(self, text: bytes) -> int:
        if not _TIME.fullmatch(text):
            raise NotPlain("a time that is not written as usual")
        found = int(text[1:3]) * 3600 + int(text[3:5]) * 60 + int(text[5:])
        self[text] = found
        return found


class _Heads(dict[bytes, Clock | None]):
    """What stands in front of a value, `;TZID=Europe/Berlin:` -> a clock, if any."""

    def __init__(self, low: int, high: int) -> None:
        super().__init__()
        self._range = low, high
        self._odd: dict[bytes, str] = {}
        self._named: dict[str, Clock | None] = {}

    def __missing__(self, head: bytes) -> Clock | None:
        if why := self._odd.get(head):
            raise NotPlain(why)
        try:
            found = self._found(head)
        except NotPlain as not_plain:
            if len(self._odd) < _MOST_TEXTS:
                self._odd[head] = not_plain.why
            raise
        if len(self) < _MOST_TEXTS:
            self[head] = found
        return found

    def _found(self, head: bytes) -> Clock | None:
        if not _HEAD.fullmatch(head):
            raise NotPlain("a line that is not written as usual")
        words = read_property(b"X" + head).parameters
        if "RANGE" in words:
            raise NotPlain("RANGE")
        name = words.get("TZID")
        return self._clock(name) if name else None

    def _clock(self, name: str) -> Clock:
        if name not in self._named:
            # To look a name up costs more than to read an event.
            if len(self._named) >= _MOST_ZONES:
                raise NotPlain("more than 64 time zones in one file")
            known = known_clock(name)
            self._named[name] = (
                Clock(known.zone, *self._range) if isinstance(known, Named) else None
            )
        found = self._named[name]
        if found is None:
            raise NotPlain("a time zone that has no IANA or Windows name")
        return found


class _Stamps(dict[bytes | None, int | None]):
    """LAST-MODIFIED -> seconds since 1970; None where it cannot be read."""

    def __init__(self, texts: Texts) -> None:
        super().__init__()
        self._texts = texts

    def __missing__(self, rest: bytes | None) -> int | None:
        found = self._texts.stamp(rest) if rest else None
        if len(self) < _MOST_TEXTS:
            self[rest] = found
        return found


class Texts:
    """What the texts of one file mean.

    From day `low` to day `high` (since 1970) clocks remember their offsets.
    """

    def __init__(self, low: int, high: int) -> None:
        self.utc = Clock(UTC_CLOCK.zone, low, high)
        self._heads = _Heads(low, high)
        self._days = _Days()
        self._times = _Times()
        self.stamps = _Stamps(self)

    def when(self, rest: bytes) -> When:
        """A line from its head on; `NotPlain`."""
        try:
            if rest[-7] == _T:
                head = self._heads[rest[:-15]]
                return head, self._days[rest[-15:-7]], self._times[rest[-7:]]
            if rest[-1] == _Z:
                head = self._heads[rest[:-16]]
                return self.utc, self._days[rest[-16:-8]], self._times[rest[-8:-1]]
            head = self._heads[rest[:-8]]
            return None, self._days[rest[-8:]], WHOLE
        except IndexError:
            raise NotPlain("a line that is not written as usual") from None
        except NotPlain:
            start, colon, value = unfolded(rest).rpartition(b":")
            tidy = start + colon + value.strip().upper()
            if tidy == rest:
                raise
        return self.when(tidy)

    def end(self, rest: bytes, start: bytes, begin: When) -> When:
        """DTEND: most are on the day of DTSTART, whose line and time are given."""
        if rest[:-7] == start[:-7] and rest[-7:-6] == b"T" and begin[2] != WHOLE:
            second = self._times.get(rest[-7:])
            if second is not None:
                return begin[0], begin[1], second
        return self.when(rest)

    def stamp(self, rest: bytes) -> int | None:
        """LAST-MODIFIED in seconds since 1970; None where it cannot be read."""
        try:
            if rest[:1] == b":" and rest[16:] == b"Z":
                return self._days[rest[1:9]] * DAY + self._times[rest[9:16]]
        except NotPlain:
            pass
        found = stamp(read_property(b"X" + rest))
        return seconds(found) if found else None
