"""Dates, times and heads of lines as they are usually written, each looked at once."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date

from integrations.ics.clocks import UTC_CLOCK, Named, known_clock
from integrations.ics.decoded import seconds
from integrations.ics.offsets import DAY, Clock, NotPlain
from integrations.ics.sieve import read_property, unfolded
from integrations.ics.values import FIRST_RULE_YEAR, LAST_YEAR, stamp

_EPOCH = date(1970, 1, 1).toordinal()
_HEAD = re.compile(rb"(?:;[^=;:\"\n]+=(?:\"[^\"\n]*\"|[^\";:\n]*))*:")
_TIME = re.compile(rb"T?((?:[01]\d|2[0-3])[0-5]\d[0-5]\d)Z?")
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
        begins, length = _MONTHS[text[:6]]
        day = int(text[6:])
        if not 1 <= day <= length:
            raise NotPlain("a date that does not exist")
        if len(self) < _MOST_TEXTS:
            self[text] = begins + day
        return begins + day


class _Months(dict[bytes, tuple[int, int]]):
    """`202601` -> the day before it since 1970, and how many days it has.

    No calendar has months of its own, so all of them share these.
    """

    def __missing__(self, text: bytes) -> tuple[int, int]:
        year, month = int(text[:4]), int(text[4:])
        if not FIRST_RULE_YEAR <= year <= LAST_YEAR:
            raise NotPlain("a year that is far away")
        if not 1 <= month <= 12:
            raise NotPlain("a date that does not exist")
        found = (
            date(year, month, 1).toordinal() - _EPOCH - 1,
            monthrange(year, month)[1],
        )
        self[text] = found
        return found


_MONTHS = _Months()


class _Times(dict[bytes, int]):
    """`T090000` or `090000Z` -> seconds of the day."""

    def __missing__(self, text: bytes) -> int:
        match = _TIME.fullmatch(text)
        if not match or len(text) != 7:
            raise NotPlain("a time that is not written as usual")
        digits = match[1]
        found = int(digits[:2]) * 3600 + int(digits[2:4]) * 60 + int(digits[4:])
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
        self.times = _Times()
        self.stamps = _Stamps(self)

    def when(self, rest: bytes) -> When:
        """A line from its head on; `NotPlain`."""
        try:
            if rest[-7] == _T:
                head = self._heads[rest[:-15]]
                return head, self._days[rest[-15:-7]], self.times[rest[-7:]]
            if rest[-1] == _Z and rest[-8] == _T:
                head = self._heads[rest[:-16]]
                return self.utc, self._days[rest[-16:-8]], self.times[rest[-7:]]
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

    def stamp(self, rest: bytes) -> int | None:
        """LAST-MODIFIED in seconds since 1970; None where it cannot be read."""
        try:
            if rest[:1] == b":" and rest[16:] == b"Z":
                return self._days[rest[1:9]] * DAY + self.times[rest[9:16]]
        except NotPlain:
            pass
        found = stamp(read_property(b"X" + rest))
        return seconds(found) if found else None
