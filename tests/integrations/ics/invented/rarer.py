"""What few calendars are written with, each as an event that surely has it."""

from __future__ import annotations

from dataclasses import replace

from tests.integrations.ics.invented.busy import starts
from tests.integrations.ics.invented.meant import (
    BUSY_MOODS,
    DAY,
    FREE_MOODS,
    NOWHERE,
    Change,
    Long,
    Meant,
    Rule,
)
from tests.integrations.ics.invented.places import ZONES, instant, shown
from tests.integrations.ics.invented.site import HOUR, MINUTE, Invent, Site
from tests.integrations.ics.invented.written import OWN


def own_zone(site: Site) -> Meant:
    """Its VTIMEZONE must be used: nobody knows its name."""
    event = site.series("DAILY", interval=3, tzid=OWN + site.zone, start=site.start())
    return site.with_exceptions(event)


def own_zone_at_a_change(site: Site) -> Meant:
    wall = site.turn_wall(skips=site.dice.random() < 0.5) or site.start(before=0)
    start = wall - site.dice.choice((0, 1, 7)) * DAY
    return site.series("DAILY", start=start, tzid=OWN + site.zone)


def unknown_zone(site: Site) -> Meant:
    """Busy over all that it may mean."""
    start = site.start(before=100)
    every = site.dice.choice(("DAILY", "WEEKLY"))
    rule = Rule(every, interval=3)
    if site.dice.random() < 0.5:
        last = start + site.dice.randrange(300) * DAY
        rule = replace(rule, until=last)
    if site.dice.random() < 0.3:
        return site.event(start=start, zone=NOWHERE)
    return site.event(start=start, zone=NOWHERE, rule=rule)


def ends_in_another_zone(site: Site) -> Meant:
    """As a flight does."""
    start = site.start()
    there = site.dice.choice((*ZONES, "UTC"))
    end = shown(instant(start, site.zone) + site.dice.randrange(1, 99) * HOUR, there)
    long = Long(end=end, zone=there)
    every = site.dice.choice((None, "DAILY", "WEEKLY"))
    if every is None:
        return site.event(start=start, long=long)
    return site.series(every, start=start, long=long)


def positions(site: Site) -> Meant:
    """BYSETPOS: the last working day of the month, and its like."""
    every, weekdays = site.dice.choice(
        (
            ("MONTHLY", ((0, 0), (0, 1), (0, 2), (0, 3), (0, 4))),
            ("MONTHLY", ((0, 5), (0, 6), (1, 2))),
            ("WEEKLY", ((0, 0), (0, 2), (0, 4))),
            ("YEARLY", ((0, 0), (0, 6))),
        )
    )
    chosen = site.dice.choice(((1,), (-1,), (2, -2), (1, 3), (-1, 1)))
    return site.series(
        every, start=site.start(before=900), weekdays=weekdays, positions=chosen
    )


def hours(site: Site) -> Meant:
    """Several times of a day."""
    every = site.dice.choice(("DAILY", "WEEKLY", "MONTHLY"))
    return site.with_exceptions(
        site.series(
            every,
            hours=tuple(site.dice.sample(range(24), 3)),
            minutes=site.dice.choice(((), (0, 20), (45,))),
            positions=site.dice.choice(((), (), (1, -1))),
        )
    )


def hourly(site: Site) -> Meant:
    """Each hour of some, on the wall clock; no exceptions at clock changes."""
    interval, chosen = site.dice.choice(((1, (9, 10, 17)), (5, (9, 10)), (36, ())))
    return site.series(
        "HOURLY",
        start=site.start(before=60),
        interval=interval,
        hours=chosen,
        count=site.dice.choice((0, 300)),
    )


def weeks(site: Site) -> Meant:
    start = site.start(before=900)
    numbers = {start.isocalendar()[1], *site.dice.sample((1, 20, 52, 53, -1), 2)}
    return site.series("YEARLY", start=start, weeks=tuple(numbers))


def year_days(site: Site) -> Meant:
    start = site.start(before=900)
    numbers = (start.timetuple().tm_yday, 1, 100, 366, -1, -200)
    return site.series("YEARLY", start=start, year_days=numbers)


def dates_by_hand(site: Site) -> Meant:
    """RDATE, with and without a length of its own, with and without a rule."""
    start = site.start()
    days = site.dice.choice((35, 800))  # few days: often one that is there anyway
    dates = tuple(
        (
            start + site.dice.randrange(days) * DAY + site.dice.choice((0, 3)) * HOUR,
            site.dice.choice((None, None, Long(minutes=150))),
        )
        for _ in range(site.dice.randint(1, 9))
    )
    long = Long(minutes=site.dice.choice((0, 40, 400)))
    if site.dice.random() < 0.4:
        return replace(site.event(start=start, long=long), dates=dates)
    series = site.series("WEEKLY", start=start, interval=1, long=long)
    return site.with_exceptions(replace(series, dates=dates))


def not_by_rule(site: Site) -> Meant:
    """EXRULE, which RFC 5545 took out and calendars still have."""
    start = site.start()
    event = site.series("DAILY", start=start)
    other = ((start.weekday() + 1) % 7, (start.weekday() + 3) % 7)
    not_rule = Rule("WEEKLY", weekdays=tuple((0, day) for day in other))
    # An EXRULE has the first of its event only where that is on it.
    return replace(event, not_rule=not_rule)


def this_and_future(site: Site) -> Meant:
    """RANGE=THISANDFUTURE moves all that follow, until the next of its kind."""
    start = site.start(before=300)
    event = site.series("WEEKLY", start=start, count=120, long=Long(minutes=60))
    every = starts(event, site.home, site.place.window)
    chosen = sorted(site.dice.sample(every[2:], 3))
    changes = [
        Change(
            was,
            was + site.dice.choice((-1, 0, 1)) * DAY + 90 * MINUTE,
            Long(minutes=site.dice.choice((30, 200))),
            site.dice.choice((*BUSY_MOODS, *FREE_MOODS)),
            onwards=True,
        )
        for was in chosen[:2]
    ]
    changes.append(Change(chosen[2], chosen[2] + 2 * HOUR, Long(minutes=10)))
    return replace(event, changes=tuple(changes), plain=True)


def change_of_no_date(site: Site) -> Meant:
    """RECURRENCE-ID on no date of the series: it is somebody's time."""
    series = site.series("WEEKLY", start=site.start(before=0), count=3)
    was = series.start + 50 * DAY + 1 * HOUR
    change = Change(was, was + 2 * HOUR, Long(minutes=60), alone=True)
    return replace(series, changes=(change,), plain=True)


def change_of_a_date_left_out(site: Site) -> Meant:
    """EXDATE and an override for one date: left out."""
    event = site.with_exceptions(site.series("WEEKLY", count=60), most=8)
    both = tuple(change.was for change in event.changes)
    return replace(event, left_out=event.left_out + both, plain=True)


def instances_alone(site: Site) -> Meant:
    """As a free/busy feed has them: RECURRENCE-IDs of one UID, no master."""
    event = site.series("WEEKLY", start=site.start(before=0))
    every = starts(event, site.home, site.place.window)
    chosen = site.dice.sample(every, min(len(every), 5))
    changes = tuple(
        Change(was, was + site.dice.choice((0, 24)) * HOUR, Long(minutes=45))
        for was in chosen
    )
    return replace(event, rule=None, changes=changes, headless=True, plain=True)


def two_accounts(site: Site) -> Meant:
    """Two events with one UID: the one changed last counts."""
    event = site.series("WEEKLY")
    stamps = site.dice.choice(
        (
            "SEQUENCE:3|SEQUENCE:2",
            "SEQUENCE:1|DTSTAMP:20260601T000000Z",
            "DTSTAMP:20260602T000000Z|DTSTAMP:20260601T000000Z",
        )
    )
    return replace(event, older=(event.start + 3 * HOUR, stamps))


RARER: dict[str, Invent] = {
    invent.__name__: invent
    for invent in (
        *(own_zone, own_zone_at_a_change, unknown_zone, ends_in_another_zone),
        *(positions, hours, hourly, weeks, year_days, dates_by_hand, not_by_rule),
        *(this_and_future, change_of_no_date, change_of_a_date_left_out),
        *(instances_alone, two_accounts),
    )
}
