"""Days, clocks, places and numbers, as one language says them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel import Locale
from babel.dates import format_datetime, get_timezone_location

from scheduler.letters import Mark
from scheduler.localtime import zone
from scheduler.timespan import Span

#: Half a day: from an anchor's midnight to the middle of that day, on any clock.
_NOON = timedelta(hours=12)

_NUMBERS = {
    "en": "none one two three four five six seven eight nine ten eleven twelve",
    "de": "keins eins zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
}
_DAY = {"en": "EEEE d\xa0MMMM", "de": "EEEE, d.\xa0MMMM"}
_DATE = {"en": "d\xa0MMMM y", "de": "d.\xa0MMMM y"}
_SHORT = {"en": "d\xa0MMMM", "de": "d.\xa0MMMM"}
_HERE = {
    "en": ("{clock} in {place}, for you", "{clock} in {place}, for {name}"),
    "de": ("{clock} in {place}, für dich", "{clock} in {place}, für {name}"),
}
_BOTH = {
    "en": "{clock} in {place}, for you both",
    "de": "{clock} in {place}, für euch beide",
}
_ALONE = {"en": "{clock} in {place}", "de": "{clock} in {place}"}
_TO = {"en": "{start} to {end}", "de": "{start} bis {end}"}
_MARKS = {
    "en": {
        Mark.KEPT: "kept",
        Mark.REPAIRED: "repaired",
        Mark.SKIPPED: "skipped by agreement",
        Mark.PAUSED: "paused",
        Mark.OWED: "owed",
        Mark.UNCONFIRMED: "unconfirmed",
        Mark.LEFT_OUT: "not counted",
        Mark.TO_COME: "to come",
    },
    "de": {
        Mark.KEPT: "gehalten",
        Mark.REPAIRED: "nachgeholt",
        Mark.SKIPPED: "gemeinsam ausgelassen",
        Mark.PAUSED: "Pause",
        Mark.OWED: "noch offen",
        Mark.UNCONFIRMED: "unbestätigt",
        Mark.LEFT_OUT: "nicht gezählt",
        Mark.TO_COME: "kommt noch",
    },
}
_FIGURES = {
    "en": {
        "due": "Due",
        "kept": "Kept",
        "repaired": "Repaired",
        "owed": "Still owed",
        "unconfirmed": "Unconfirmed",
        "left out": "Not counted",
        "skipped": "Skipped by agreement",
    },
    "de": {
        "due": "Fällig",
        "kept": "Gehalten",
        "repaired": "Nachgeholt",
        "owed": "Noch offen",
        "unconfirmed": "Unbestätigt",
        "left out": "Nicht gezählt",
        "skipped": "Gemeinsam ausgelassen",
    },
}
LANGUAGES = tuple(_NUMBERS)


def spoken(language: str) -> str:
    """The language of ours that is nearest to a BCP 47 tag; English if none is."""
    primary = language.replace("_", "-").partition("-")[0].lower()
    return primary if primary in LANGUAGES else "en"


@dataclass(frozen=True, slots=True)
class Speech:
    """How one reader is spoken to: language, own zone, and the partner's, if any."""

    language: str
    zone: str
    name: str = ""
    partner_zone: str = ""
    partner_name: str = ""

    def day(self, span: Span) -> str:
        """`Tuesday 2 February`, on the reader's calendar."""
        return self._said(span.start, _DAY[self.language])

    def moment(self, at: datetime) -> str:
        """`Monday 1 February, 09:10`, on the reader's clock."""
        return f"{self._said(at, _DAY[self.language])}, {self.clock(at)}"

    def clock(self, at: datetime) -> str:
        """`15:00`, on the reader's clock."""
        return f"{at.astimezone(zone(self.zone)):%H:%M}"

    def date(self, at: datetime) -> str:
        """`2 February 2027`; of an anchor's midnight the day that begins with it."""
        return self._said(at + _NOON, _DATE[self.language])

    def last_day(self, span: Span) -> str:
        """`14 February`: the last day of a stretch between an anchor's midnights."""
        return self._said(span.end - _NOON, _SHORT[self.language])

    def first_day(self, span: Span) -> str:
        """`1 February`: the first day of such a stretch."""
        return self._said(span.start + _NOON, _SHORT[self.language])

    def month(self, span: Span) -> str:
        """`February`: the month in the middle of a stretch."""
        middle = span.start + (span.end - span.start) / 2
        return self._said(middle, "LLLL")

    def short_month(self, span: Span) -> str:
        """`Feb`: the month in which a period begins."""
        return self._said(span.start + _NOON, "LLL").removesuffix(".")

    def place(self) -> str:
        """The city of the reader's zone."""
        return _city(self.zone, self.language)

    def clocks(self, span: Span, *, until: bool = True) -> tuple[str, ...]:
        """The time in both places, the reader's first; one line where it is one."""
        mine = self._hours(span, self.zone, until=until)
        if not self.partner_zone:
            return (_ALONE[self.language].format(clock=mine, place=self.place()),)
        if self.partner_zone == self.zone:
            return (_BOTH[self.language].format(clock=mine, place=self.place()),)
        theirs = self._hours(span, self.partner_zone, until=until)
        here, there = _HERE[self.language]
        return (
            here.format(clock=mine, place=self.place()),
            there.format(
                clock=self._other_day(span) + theirs,
                place=_city(self.partner_zone, self.language),
                name=self.partner_name,
            ),
        )

    def number(self, count: int) -> str:
        """`nine`; in figures from thirteen on."""
        words = _NUMBERS[self.language].split()
        return words[count] if 0 <= count < len(words) else str(count)

    def mark(self, mark: Mark) -> str:
        """What a mark in the row is called."""
        return _MARKS[self.language][mark]

    def figure(self, name: str) -> str:
        """What a count is called."""
        return _FIGURES[self.language].get(name, name)

    def _said(self, at: datetime, pattern: str) -> str:
        local = at.astimezone(zone(self.zone))
        return str(format_datetime(local, pattern, locale=self.language))

    def _hours(self, span: Span, where: str, *, until: bool) -> str:
        start, end = (
            f"{at.astimezone(zone(where)):%H:%M}" for at in (span.start, span.end)
        )
        return _TO[self.language].format(start=start, end=end) if until else start

    def _other_day(self, span: Span) -> str:
        """The partner's day, where it is another one than the reader's."""
        theirs = span.start.astimezone(zone(self.partner_zone))
        if theirs.date() == span.start.astimezone(zone(self.zone)).date():
            return ""
        said = format_datetime(theirs, _DAY[self.language], locale=self.language)
        return f"{said}, "


def _city(name: str, language: str) -> str:
    if name == "UTC":
        return "UTC"
    locale = Locale.parse(language)
    place = str(get_timezone_location(name, locale=locale, return_city=True))
    return place.rpartition("/")[2]
