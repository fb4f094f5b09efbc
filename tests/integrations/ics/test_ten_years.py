"""Ten years of weekly meetings in ten zones, on the wall clock (promises.md F32).

Held against zoneinfo alone: a skipped wall time is read with the offset before the
change, a repeated one is the first (RFC 5545 section 3.3.5).
"""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from integrations.ics.decode import decode
from scheduler.timespan import Span
from tests.integrations.ics.texts import calendar, event

ZONES = (
    "Europe/Berlin",
    "Europe/Dublin",  # its winter time is the one that is set back
    "Africa/Casablanca",  # winter time for Ramadan
    "America/New_York",
    "America/St_Johns",
    "America/Sao_Paulo",  # gave summer time up
    "Asia/Kathmandu",
    "Asia/Tehran",  # the same, and changed at midnight
    "Australia/Lord_Howe",  # changes by half an hour
    "Pacific/Chatham",
)
FIRST, WEEKS, DAYS = datetime(2016, 1, 3), 522, 7
#: Around every hour at which these zones change, and at noon.
TIMES = (time(0, 0), time(0, 30), time(2, 0), time(2, 30), time(2, 45), time(12, 0))
WINDOW = Span(datetime(2015, 12, 1, tzinfo=UTC), datetime(2026, 6, 1, tzinfo=UTC))


def weekly(zone: str, at: time) -> list[tuple[datetime, list[datetime]]]:
    """The first wall time of each weekday's series, and its instants."""
    where, found = ZoneInfo(zone), []
    for day in range(DAYS):
        first = datetime.combine(FIRST.date() + timedelta(days=day), at)
        walls = [first + timedelta(weeks=week) for week in range(WEEKS)]
        instants = [wall.replace(tzinfo=where).astimezone(UTC) for wall in walls]
        found.append((first, instants))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("plainly", [True, False])
@pytest.mark.parametrize("zone", ZONES)
def test_a_weekly_meeting_keeps_its_wall_time(zone: str, *, plainly: bool) -> None:
    # The careful way is a hundred times slower: there one time of day is enough.
    for at in TIMES if plainly else TIMES[3:4]:
        series = weekly(zone, at)
        events = [
            event(
                f"DTSTART;TZID={zone}:{first:%Y%m%dT%H%M%S}",
                "DURATION:PT15M",
                f"RRULE:FREQ=WEEKLY;COUNT={WEEKS}",
                uid=str(day),
            )
            for day, (first, _) in enumerate(series)
        ]
        read = decode(
            calendar(*events), window=WINDOW, zone=ZoneInfo("UTC"), plainly=plainly
        )
        assert [[o.start for o in one.occurrences] for one in read.objects] == [
            instants for _, instants in series
        ]
