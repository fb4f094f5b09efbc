"""VTIMEZONE for a zone and the years that an object speaks about.

Not icalendar's generator: version 7.3 writes the onset of summer time in the new
offset, where RFC 5545 section 3.6.5 wants the old one, an hour apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from integrations.ics.lines import line, text
from scheduler.localtime import zone

_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STAMP = "%Y%m%dT%H%M%S"


@dataclass(frozen=True, slots=True)
class _Onset:
    """A change of offset; `wall` is its instant read with the offset before it."""

    wall: datetime
    before: timedelta
    after: timedelta
    name: str
    summer: bool

    @property
    def kind(self) -> tuple[timedelta, timedelta, str, bool]:
        """What onsets of one observance have in common."""
        return self.before, self.after, self.name, self.summer


@lru_cache(maxsize=512)
def vtimezone(name: str, first_year: int, last_year: int) -> tuple[str, ...]:
    """Its unfolded lines, right for every instant of those years (both included)."""
    where = zone(name)
    start = datetime(first_year - 1, 1, 1, tzinfo=UTC)
    onsets = list(_onsets(where, start, datetime(last_year + 1, 1, 1, tzinfo=UTC)))
    lines = ["BEGIN:VTIMEZONE", f"TZID:{name}"]
    if not onsets or onsets[0].wall.year >= first_year:
        lines += _observance([_standing(start, where)], last_year)
    kinds = dict.fromkeys(onset.kind for onset in onsets)
    for kind in kinds:
        lines += _observance([o for o in onsets if o.kind == kind], last_year)
    return (*lines, "END:VTIMEZONE")


def _onsets(where: ZoneInfo, start: datetime, end: datetime) -> Iterator[_Onset]:
    """Every change of offset in [start, end), found day by day, then to the second."""
    day = timedelta(days=1)
    while start < end:
        before, after = _offset(start, where), _offset(start + day, where)
        if before != after:
            at = _first_of(after, start, start + day, where)
            yield _onset(at, before, where)
        start += day


def _first_of(
    offset: timedelta, low: datetime, high: datetime, where: ZoneInfo
) -> datetime:
    """The first second in (low, high] that has this offset."""
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=(high - low) // timedelta(seconds=2))
        low, high = (
            (low, middle) if _offset(middle, where) == offset else (middle, high)
        )
    return high


def _onset(at: datetime, before: timedelta, where: ZoneInfo) -> _Onset:
    local = at.astimezone(where)
    after = _offset(at, where)
    earlier = (at - timedelta(seconds=1)).astimezone(where)
    seasonal = bool(local.dst()) or bool(earlier.dst())
    wall = at.replace(tzinfo=None) + before
    return _Onset(
        wall, before, after, local.tzname() or "", seasonal and after > before
    )


def _standing(start: datetime, where: ZoneInfo) -> _Onset:
    """What holds at `start`, as if it began there."""
    local = start.astimezone(where)
    offset = _offset(start, where)
    return _Onset(
        start.replace(tzinfo=None), offset, offset, local.tzname() or "", summer=False
    )


def _offset(at: datetime, where: ZoneInfo) -> timedelta:
    return at.astimezone(where).utcoffset() or timedelta()


def _observance(onsets: list[_Onset], last_year: int) -> list[str]:
    first = onsets[0]
    part = "DAYLIGHT" if first.summer else "STANDARD"
    lines = [
        f"BEGIN:{part}",
        f"DTSTART:{first.wall.strftime(_STAMP)}",
        f"TZOFFSETFROM:{_signed(first.before)}",
        f"TZOFFSETTO:{_signed(first.after)}",
        line("TZNAME", text(first.name)),
    ]
    rule = _rule([o.wall for o in onsets], last_year)
    if rule:
        lines.append(rule)
    else:
        lines += [f"RDATE:{o.wall.strftime(_STAMP)}" for o in onsets[1:]]
    return [*lines, f"END:{part}"]


def _rule(walls: list[datetime], last_year: int) -> str:
    """A yearly rule, if one says the same; some programs read no RDATE here."""
    first = walls[0]
    every_year = [w.year for w in walls] == list(range(first.year, last_year + 1))
    alike = {(w.month, w.weekday(), w.time()) for w in walls}
    if len(walls) < 2 or not every_year or len(alike) > 1:
        return ""
    weeks = {(w.day - 1) // 7 + 1 for w in walls}
    if all((w + timedelta(days=7)).month != w.month for w in walls):
        week = -1
    elif len(weeks) == 1:
        week = weeks.pop()
    else:
        return ""
    day = f"{week}{_DAYS[first.weekday()]}"
    return f"RRULE:FREQ=YEARLY;BYMONTH={first.month};BYDAY={day}"


def _signed(offset: timedelta) -> str:
    seconds = int(abs(offset).total_seconds())
    sign = "-" if offset < timedelta() else "+"
    odd = f"{seconds % 60:02}" if seconds % 60 else ""
    return f"{sign}{seconds // 3600:02}{seconds // 60 % 60:02}{odd}"
