"""Days, clocks, places and numbers, as one language says them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from babel import Locale
from babel.dates import format_datetime, get_day_names, get_timezone_location
from babel.lists import format_list
from babel.units import format_unit

from integrations.mail.wording.catalogue import Catalogue
from scheduler.consistency import ENOUGH
from scheduler.letters import Mark
from scheduler.localtime import zone
from scheduler.timespan import Span

#: Half a day: from an anchor's midnight to the middle of that day, on any clock.
_NOON = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Speech:
    """How one reader is spoken to: language, own zone, and the partner's, if any."""

    words: Catalogue
    zone: str
    name: str = ""
    partner_zone: str = ""
    partner_name: str = ""

    @property
    def language(self) -> str:
        """Its primary subtag, such as `en`."""
        return self.words.language

    def day(self, span: Span) -> str:
        """`Tuesday 2 February`, on the reader's calendar."""
        return self._said(span.start, self.words.day)

    def moment(self, at: datetime) -> str:
        """`Monday 1 February, 09:10`, on the reader's clock."""
        return f"{self._said(at, self.words.day)}, {self.clock(at)}"

    def clock(self, at: datetime) -> str:
        """`15:00`, on the reader's clock."""
        return f"{at.astimezone(zone(self.zone)):%H:%M}"

    def date(self, at: datetime) -> str:
        """`2 February 2027`; of an anchor's midnight the day that begins with it."""
        return self._said(at + _NOON, self.words.date)

    def last_day(self, span: Span) -> str:
        """`14 February`: the last day of a stretch between an anchor's midnights."""
        return self._said(span.end - _NOON, self.words.short)

    def first_day(self, span: Span) -> str:
        """`1 February`: the first day of such a stretch."""
        return self._said(span.start + _NOON, self.words.short)

    def month(self, span: Span) -> str:
        """`February`: the month in the middle of a stretch."""
        middle = span.start + (span.end - span.start) / 2
        return self._said(middle, "LLLL")

    def month_of(self, at: datetime) -> str:
        """`September`: the month of the day that begins with an anchor's midnight."""
        return self._said(at + _NOON, "LLLL")

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
            return (self.words.alone.format(clock=mine, place=self.place()),)
        if self.partner_zone == self.zone:
            return (self.words.for_both.format(clock=mine, place=self.place()),)
        theirs = self._hours(span, self.partner_zone, until=until)
        return (
            self.words.for_you.format(clock=mine, place=self.place()),
            self.words.for_partner.format(
                clock=self._other_day(span) + theirs,
                place=_city(self.partner_zone, self.language),
                name=self.partner_name,
            ),
        )

    def number(self, count: int) -> str:
        """`nine`; in figures from thirteen on."""
        return self.words.number(count)

    def times(self, count: int) -> str:
        """`three times`."""
        return self.words.many_times(count)

    def length(self, minutes: int) -> str:
        """`7 hours and 30 minutes`."""
        hours, rest = divmod(minutes, 60)
        parts = [(hours, "duration-hour"), (rest, "duration-minute")]
        said = [format_unit(n, unit, locale=self.language) for n, unit in parts if n]
        whole = [one.replace(" ", "\xa0") for one in said]
        return str(format_list(whole, locale=self.language))

    def weekday(self, day: int) -> str:
        """`Thursday`, of a number from 0, which is Monday."""
        return str(get_day_names("wide", locale=self.language)[day])

    def mark(self, mark: Mark) -> str:
        """What a mark in the row is called."""
        return self.words.marks[mark.name.lower()]

    def figure(self, name: str) -> str:
        """What a rate or a count is called."""
        return self.words.figures.get(name, name)

    def rate(self, kept: int, due: int) -> str:
        """`9 of 10`; under three there is not enough to speak of."""
        if due < ENOUGH:
            return self.words.few
        return self.words.rate.format(kept=kept, due=due)

    def _said(self, at: datetime, pattern: str) -> str:
        local = at.astimezone(zone(self.zone))
        return str(format_datetime(local, pattern, locale=self.language))

    def _hours(self, span: Span, where: str, *, until: bool) -> str:
        start, end = (
            f"{at.astimezone(zone(where)):%H:%M}" for at in (span.start, span.end)
        )
        return self.words.to.format(start=start, end=end) if until else start

    def _other_day(self, span: Span) -> str:
        """The partner's day, where it is another one than the reader's."""
        theirs = span.start.astimezone(zone(self.partner_zone))
        if theirs.date() == span.start.astimezone(zone(self.zone)).date():
            return ""
        said = format_datetime(theirs, self.words.day, locale=self.language)
        return f"{said}, "


def _city(name: str, language: str) -> str:
    if name == "UTC":
        return "UTC"
    locale = Locale.parse(language)
    place = str(get_timezone_location(name, locale=locale, return_city=True))
    return place.rpartition("/")[2]
