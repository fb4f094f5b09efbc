"""Before the last day, and after it: ask how it goes on, and let the agreement end.

product.md, Agreements: three weeks before the last day both are asked: go on, change,
or close. Whoever agreed on that day later than this has just said how it goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from scheduler.agreement import Agreement
from scheduler.ids import PersonId
from scheduler.localtime import instant, midnight, zone
from scheduler.people import Person
from scheduler.quiet import OPENS, open_from
from scheduler.series import Series
from scheduler.timespan import Span
from scheduler.versions import latest, ruling

#: How long before the last day they are asked.
ASK_BEFORE = timedelta(weeks=3)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Renewal:
    """That one of the two is to be asked at an instant; `day` is the last day."""

    due_at: datetime
    to: PersonId
    version: Agreement
    #: From midnight to midnight, on the clock of the slot.
    day: Span


def renewals(
    people: Sequence[Person], versions: Sequence[Agreement], series: Sequence[Series]
) -> Iterator[Renewal]:
    """Whom to ask, and when; nobody once a later last day is on the table."""
    clock = series[-1].zone if series else people[0].zone
    rules, text = ruling(versions), latest(versions)
    if rules is None or text is None or text.terms.last_day > rules.terms.last_day:
        return
    for person in people:
        at = instant(rules.terms.last_day - ASK_BEFORE, OPENS, zone(person.zone))
        if rules.in_force_at and rules.in_force_at < at:
            due = open_from(at, person.zone, person.quiet_days)
            yield Renewal(due, person.id, rules, last_day(rules, clock))


def last_day(version: Agreement, clock: str) -> Span:
    """The last day of a version, from midnight to midnight on a clock."""
    day, where = version.terms.last_day, zone(clock)
    return Span(midnight(day, where), midnight(day + _DAY, where))


def ends_at(
    version: Agreement, zones: Iterable[str], series: Iterable[Series]
) -> datetime:
    """When a version in force ends by itself.

    Once its last day is over for both, and so is what still stands beyond that day.
    """
    days = [last_day(version, name).end for name in zones]
    meetings = [m.span.end for s in series for m in s.live() if m.span]
    return max([*days, *meetings])
