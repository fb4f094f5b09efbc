"""What calendars are written with, each as an event that surely has it.

Here what nearly all calendars use; `rarer` has what is left to the careful path.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tests.integrations.ics.invented.meant import (
    BUSY_MOODS,
    DAY,
    FREE_MOODS,
    Change,
    FreeBusy,
    Long,
    Meant,
    Rule,
)
from tests.integrations.ics.invented.places import turns
from tests.integrations.ics.invented.site import HOUR, MINUTE, Invent, Site


def single(site: Site) -> Meant:
    return site.event()


def free_single(site: Site) -> Meant:
    return site.event(mood=site.dice.choice(FREE_MOODS))


def free_series(site: Site) -> Meant:
    return site.series("WEEKLY", mood=site.dice.choice(FREE_MOODS))


def daily(site: Site) -> Meant:
    return site.series("DAILY", interval=site.dice.choice((1, 1, 2, 3, 10)))


def daily_by_month(site: Site) -> Meant:
    months = tuple(site.dice.sample(range(1, 13), 4))
    start = site.start()
    weekdays = site.dice.choice(((), site.weekdays(start)))
    return site.series("DAILY", start=start, months=months, weekdays=weekdays)


def weekly(site: Site) -> Meant:
    return site.series("WEEKLY", interval=site.dice.choice((1, 1, 2, 5)))


def weekly_by_day(site: Site) -> Meant:
    start = site.start()
    return site.series("WEEKLY", start=start, weekdays=site.weekdays(start))


def weekly_from_another_day(site: Site) -> Meant:
    """WKST matters when every other week has days on both sides of it."""
    start = site.start()
    return site.series(
        "WEEKLY",
        start=start,
        interval=2,
        weekdays=site.weekdays(start, 5),
        week_start=site.dice.randint(1, 6),
    )


def monthly(site: Site) -> Meant:
    return site.series("MONTHLY", interval=site.dice.choice((1, 1, 2, 3)))


def monthly_by_number(site: Site) -> Meant:
    start = site.start()
    pool = (1, 2, 13, 28, 29, 30, 31, -1, -2, -28, -29, -31)
    days = {start.day, *site.dice.sample(pool, site.dice.randint(1, 4))}
    return site.series("MONTHLY", start=start, month_days=tuple(days))


def monthly_by_weekday(site: Site) -> Meant:
    start = site.start()
    first = ((start.day - 1) // 7 + 1, start.weekday())
    others = site.dice.sample(
        [(n, day) for n in (0, 1, 2, 4, 5, -1, -2, -5) for day in range(7)],
        site.dice.randint(0, 2),
    )
    return site.series(
        "MONTHLY",
        start=start,
        interval=site.dice.choice((1, 1, 2)),
        weekdays=(first, *others),
    )


def monthly_on_some(site: Site) -> Meant:
    """The thirteenth if it is a Friday, and its like; only in some months."""
    start = site.start()
    return site.series(
        "MONTHLY",
        start=start,
        month_days=(start.day, *site.dice.sample(range(1, 29), 9)),
        weekdays=site.weekdays(start, 2),
        months=site.dice.choice(((), (start.month, 1, 6, 11))),
    )


def yearly(site: Site) -> Meant:
    return site.series("YEARLY", start=site.start(before=2_000))


def yearly_on_a_leap_day(site: Site) -> Meant:
    start = datetime(site.dice.choice((1996, 2004, 2008)), 2, 29, 10, 15)
    return site.series("YEARLY", start=start, interval=site.dice.choice((1, 1, 4)))


def yearly_by_month(site: Site) -> Meant:
    start = site.start(before=1_500)
    months = tuple({start.month, *site.dice.sample(range(1, 13), 3)})
    days = site.dice.choice(((), (start.day,), (start.day, 29, 31, -1)))
    return site.series(
        "YEARLY", start=start, months=months, month_days=days, interval=1
    )


def yearly_by_weekday(site: Site) -> Meant:
    """The second Sunday of March; with several months, numbers and days."""
    start = site.start(before=1_500)
    first = ((start.day - 1) // 7 + 1, start.weekday())
    others = [(n, day) for n in (0, 1, 4, -1) for day in (0, 6)]
    return site.series(
        "YEARLY",
        start=start,
        months=(start.month, *site.dice.sample(range(1, 13), 2)),
        weekdays=(first, *site.dice.sample(others, site.dice.randint(0, 2))),
    )


def yearly_by_weekday_of_the_year(site: Site) -> Meant:
    """20MO is the twentieth Monday of the year."""
    start = site.start(before=1_500)
    first = ((start.timetuple().tm_yday - 1) // 7 + 1, start.weekday())
    return site.series("YEARLY", start=start, weekdays=(first, (-1, 4), (-20, 2)))


def start_off_its_rule(site: Site) -> Meant:
    """DTSTART is the first all the same, and COUNT counts it."""
    start = site.start()
    other = ((0, (start.weekday() + 2) % 7),)
    count = site.dice.choice((0, 2, 30))
    return site.series("WEEKLY", start=start, weekdays=other, count=count)


def count_of_excluded(site: Site) -> Meant:
    """Dates that are left out are counted."""
    every = site.dice.choice(("DAILY", "WEEKLY", "MONTHLY"))
    start = site.start(before=100)
    series = site.series(every, start=start, count=site.dice.randint(5, 40))
    return site.with_exceptions(series, most=10)


def until(site: Site) -> Meant:
    """UNTIL on the start of an occurrence, or a second to either side of it."""
    start = site.start(before=200)
    last = start + site.dice.randrange(0, 500) * DAY
    last += site.dice.choice((-1, 0, 0, 1)) * MINUTE
    how = site.dice.choice(("utc", "floating", "date"))
    return site.series("DAILY", start=start, until=max(start, last), until_as=how)


def left_out(site: Site) -> Meant:
    series = site.series(site.dice.choice(("DAILY", "WEEKLY")))
    every = site.with_exceptions(series, most=20)
    return replace(every, changes=(), left_out=every.left_out)


def changed(site: Site) -> Meant:
    every = site.dice.choice(("DAILY", "WEEKLY", "MONTHLY", "YEARLY"))
    return site.with_exceptions(site.series(every), most=12)


def cancelled_without_a_start(site: Site) -> Meant:
    series = site.series("WEEKLY", count=60)
    event = site.with_exceptions(series, most=3)
    bare = tuple(
        Change(one.was, one.was, Long(), "STATUS:CANCELLED", bare=True)
        for one in event.changes
    )
    return replace(event, changes=bare, plain=True)


def whole_days(site: Site) -> Meant:
    start = site.day()
    days = site.dice.choice((0, 0, 1, 2, 9))
    by_end = Long(end=start + days * DAY)
    long = site.dice.choice((Long(days=days), by_end))
    return site.event(start=start, zone="", whole_day=True, long=long)


def whole_day_series(site: Site) -> Meant:
    one = whole_days(site)
    every = site.dice.choice(("DAILY", "WEEKLY", "MONTHLY", "YEARLY"))
    rule = Rule(every, interval=site.dice.choice((1, 2)))
    if site.dice.random() < 0.6:
        rule = site.ended(rule, one.start)
        if rule.until_as == "floating":
            rule = replace(rule, until_as="date")
    return site.with_exceptions(replace(one, rule=rule))


def whole_days_until(site: Site) -> Meant:
    """UNTIL on the last of the days: as that date, or as its midnight in UTC."""
    start = site.day(before=50)
    last = start + site.dice.randrange(0, 150) * DAY
    how = site.dice.choice(("utc", "date"))
    rule = Rule("DAILY", until=last, until_as=how)
    return site.event(start=start, zone="", whole_day=True, long=Long(), rule=rule)


def long_from_before(site: Site) -> Meant:
    """Begun days before the window, and not over."""
    first = site.place.window.start.replace(tzinfo=None)
    days = site.dice.randrange(4, 300)
    start = first - days * DAY + site.dice.randrange(96) * 15 * MINUTE
    end = start + (days + site.dice.choice((0, 1, 5))) * DAY
    every = site.dice.choice((None, "MONTHLY", "YEARLY"))
    return site.event(start=start, long=Long(end=end), rule=every and Rule(every))


def moved_from_afar(site: Site) -> Meant:
    """A date years away, moved into the window; one of the window, moved away."""
    start = site.start(before=0)
    event = site.series("WEEKLY", start=start - 1_400 * DAY, interval=2, count=400)
    far, near = event.start + 28 * DAY, event.start + 1_400 * DAY
    changes = (
        Change(far, start + 3 * DAY, Long(minutes=25)),
        Change(near, near + 900 * DAY, Long(minutes=35)),
    )
    return replace(event, changes=changes)


def floating(site: Site) -> Meant:
    event = site.series(site.dice.choice(("DAILY", "WEEKLY")), zone="")
    return site.with_exceptions(event)


def in_utc(site: Site) -> Meant:
    """Stays UTC, whatever X-WR-TIMEZONE says."""
    event = site.series(site.dice.choice(("DAILY", "WEEKLY")), zone="UTC")
    return site.with_exceptions(event)


def windows_name(site: Site) -> Meant:
    name = site.dice.choice((site.place.windows, site.place.windows.lower()))
    return site.with_exceptions(site.series("WEEKLY", tzid=name))


def other_spelling(site: Site) -> Meant:
    name = site.dice.choice(
        (
            site.zone.lower(),
            f"/{site.zone}",
            f"/mozilla.org/20050126_1/{site.zone}",
            f"/freeassociation.sourceforge.net/Tzfile/{site.zone}",
        )
    )
    return site.with_exceptions(site.series("WEEKLY", tzid=name))


def at_a_clock_change(site: Site, *, skips: bool) -> datetime:
    """A wall time that is skipped, or shown twice, in a zone that has one here."""
    return site.turn_wall(skips=skips) or site.start(before=0)


def single_in_a_gap(site: Site) -> Meant:
    return site.event(start=at_a_clock_change(site, skips=True))


def single_at_a_repeat(site: Site) -> Meant:
    return site.event(start=at_a_clock_change(site, skips=False))


def series_from_a_gap(site: Site) -> Meant:
    start = at_a_clock_change(site, skips=True)
    return site.series(site.dice.choice(("DAILY", "WEEKLY")), start=start)


def series_from_a_repeat(site: Site) -> Meant:
    start = at_a_clock_change(site, skips=False)
    return site.series(site.dice.choice(("DAILY", "WEEKLY")), start=start)


def series_over_gap_and_repeat(site: Site) -> Meant:
    wall = at_a_clock_change(site, skips=site.dice.random() < 0.5)
    start = wall - site.dice.choice((7, 14, 28, 364)) * DAY
    every = site.dice.choice(("DAILY", "WEEKLY"))
    return site.with_exceptions(site.series(every, start=start))


def end_turned_around(site: Site) -> Meant:
    """A start that is skipped, and an end just after the clocks went forward."""
    found = [t for t in turns(site.zone, site.place.window) if t.skips]
    if not found:
        return site.event()
    turn = site.dice.choice(found)
    start = turn.low + site.dice.randrange(0, (turn.high - turn.low) // MINUTE) * MINUTE
    end = turn.high + site.dice.choice((0, 5)) * MINUTE
    every = site.dice.choice((None, "DAILY"))
    return site.event(start=start, long=Long(end=end), rule=every and Rule(every))


def end_across_a_change(site: Site) -> Meant:
    """DTEND makes exact time, whichever night the clocks change in."""
    wall = at_a_clock_change(site, skips=site.dice.random() < 0.5)
    start = wall - site.dice.choice((0, 1, 1, 7)) * DAY - 5 * HOUR
    long = Long(end=start + site.dice.choice((6, 9, 30, 100)) * HOUR)
    return site.series("DAILY", start=start, long=long)


def days_across_a_change(site: Site) -> Meant:
    """Days of a DURATION are days of the wall clock."""
    wall = at_a_clock_change(site, skips=site.dice.random() < 0.5)
    start = wall - site.dice.choice((0, 1, 7)) * DAY - site.dice.choice((0, 5)) * HOUR
    long = Long(site.dice.choice((1, 2, 7)), site.dice.choice((0, 0, 150)))
    return site.series("WEEKLY", start=start, long=long)


def zero_length(site: Site) -> Meant:
    return site.series("DAILY", long=Long())


def free_busy(site: Site) -> FreeBusy:
    kinds = ("BUSY", "BUSY", "BUSY-TENTATIVE", "BUSY-UNAVAILABLE", "FREE", "X-OWN")
    found = []
    for _ in range(site.dice.randint(1, 8)):
        start = site.place.window.start + site.dice.randrange(-2_000, 9_000) * HOUR
        end = start + site.dice.choice((15, 60, 600, 5_000)) * MINUTE
        found.append((start, end, site.dice.choice(kinds)))
    return FreeBusy(tuple(found))


def many_moods(site: Site) -> Meant:
    return site.with_exceptions(
        site.series("WEEKLY", mood=site.dice.choice(FREE_MOODS + BUSY_MOODS)), most=12
    )


COMMON: dict[str, Invent] = {
    invent.__name__: invent
    for invent in (
        *(single, free_single, free_series, daily, daily_by_month, weekly),
        *(weekly_by_day, weekly_from_another_day, monthly, monthly_by_number),
        *(monthly_by_weekday, monthly_on_some, yearly, yearly_on_a_leap_day),
        *(yearly_by_month, yearly_by_weekday, yearly_by_weekday_of_the_year),
        *(start_off_its_rule, count_of_excluded, until, left_out, changed),
        *(cancelled_without_a_start, whole_days, whole_day_series, floating, in_utc),
        *(windows_name, other_spelling, single_in_a_gap, single_at_a_repeat),
        *(series_from_a_gap, series_from_a_repeat, series_over_gap_and_repeat),
        *(end_across_a_change, days_across_a_change, zero_length, free_busy),
        *(whole_days_until, long_from_before, moved_from_afar, end_turned_around),
        many_moods,
    )
}
