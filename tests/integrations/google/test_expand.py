"""A series means the same whether Google tells it or an iCalendar file."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from scheduler.events import Occurrence
from scheduler.localtime import is_skipped
from tests.integrations.google.events import Json, event, instance, read, utc_at
from tests.integrations.ics import texts
from tests.integrations.ics.texts import YEAR

ZONES = (
    "Europe/Berlin",
    "America/New_York",
    "Europe/Dublin",
    "Africa/Casablanca",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "America/St_Johns",
    "Pacific/Apia",
)
RULES = (
    "FREQ=WEEKLY",
    "FREQ=WEEKLY;COUNT=9",
    "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE",
    "FREQ=DAILY;COUNT=40",
    "FREQ=DAILY;UNTIL=20260601T000000Z",
    "FREQ=MONTHLY;BYDAY=2TU",
    "FREQ=MONTHLY;BYMONTHDAY=31",
    "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
    "FREQ=YEARLY",
)


@dataclass(frozen=True)
class Change:
    """What happens to the n-th date: left out, cancelled, or moved."""

    nth: int
    kind: str
    by: timedelta


@dataclass(frozen=True)
class Series:
    zone: str
    start: datetime
    whole_day: bool
    minutes: int
    rule: str
    changes: tuple[Change, ...]

    @property
    def until(self) -> str:
        """Google writes the UNTIL of whole days as a day, as RFC 5545 asks."""
        return self.rule.replace("T000000Z", "") if self.whole_day else self.rule


changes = st.builds(
    Change,
    nth=st.integers(0, 8),
    kind=st.sampled_from(["left out", "cancelled", "sparse", "moved", "declined"]),
    by=st.integers(-20 * 60, 20 * 60).map(lambda minutes: timedelta(minutes=minutes)),
)
serieses = st.builds(
    Series,
    zone=st.sampled_from(ZONES),
    start=st.builds(
        datetime.combine,
        st.dates(date(2025, 9, 1), date(2026, 11, 1)),
        st.sampled_from([time(0, 30), time(2, 30), time(9), time(18, 45)]),
    ),
    whole_day=st.booleans(),
    minutes=st.sampled_from([0, 30, 60, 1_500]),
    rule=st.sampled_from(RULES),
    changes=st.lists(changes, max_size=3, unique_by=lambda one: one.nth).map(tuple),
)


def _ics(series: Series, dates: list[datetime]) -> list[str]:
    """The series as VEVENTs; `dates` are its original starts, UTC."""
    zone = ZoneInfo(series.zone)
    if series.whole_day:
        lines = [f"DTSTART;VALUE=DATE:{series.start:%Y%m%d}"]
    else:
        first = series.start.replace(tzinfo=zone).astimezone(UTC)
        end = first + timedelta(minutes=series.minutes)
        lines = [
            f"DTSTART;TZID={series.zone}:{series.start:%Y%m%dT%H%M%S}",
            f"DTEND:{end:%Y%m%dT%H%M%SZ}",
        ]
    lines.append(f"RRULE:{series.until}")
    others = []
    for change in series.changes:
        if change.nth >= len(dates):
            continue
        original = dates[change.nth]
        day = original.astimezone(zone)
        which = f";VALUE=DATE:{day:%Y%m%d}" if series.whole_day else _z(original)
        if change.kind == "left out":
            lines.append(f"EXDATE{which}")
            continue
        start = original + change.by
        others.append(
            texts.event(
                f"RECURRENCE-ID{which}",
                *_changed(change.kind, which, start, start + timedelta(hours=1)),
            )
        )
    return [texts.event(*lines), *others]


def _changed(kind: str, which: str, start: datetime, end: datetime) -> list[str]:
    if kind in {"cancelled", "sparse"}:
        return [f"DTSTART{which}", "STATUS:CANCELLED"]
    lines = [f"DTSTART{_z(start)}", f"DTEND{_z(end)}"]
    if kind == "declined":
        lines.append("ATTENDEE;PARTSTAT=DECLINED:mailto:me@example.org")
    return lines


def _z(when: datetime) -> str:
    return f":{when:%Y%m%dT%H%M%SZ}"


def _google(series: Series, dates: list[datetime]) -> list[Json]:
    """The same as items of `events.list`."""
    zone = ZoneInfo(series.zone)
    if series.whole_day:
        begin: Json = {"date": f"{series.start:%Y-%m-%d}"}
        finish: Json = {"date": f"{series.start + timedelta(days=1):%Y-%m-%d}"}
    else:
        first = series.start.replace(tzinfo=zone)
        end = (first.astimezone(UTC) + timedelta(minutes=series.minutes)).astimezone(
            zone
        )
        begin = {"dateTime": first.isoformat(), "timeZone": series.zone}
        finish = {"dateTime": end.isoformat(), "timeZone": series.zone}
    rules = [f"RRULE:{series.until}"]
    others = []
    for change in series.changes:
        if change.nth >= len(dates):
            continue
        original = dates[change.nth]
        day = original.astimezone(zone)
        if change.kind == "left out":
            which = f";VALUE=DATE:{day:%Y%m%d}" if series.whole_day else _z(original)
            rules.append(f"EXDATE{which}")
            continue
        others.append(_one(series, change, original, day))
    return [*others, event("one", begin, finish, *rules)]


def _one(series: Series, change: Change, original: datetime, day: datetime) -> Json:
    stamp = f"{day:%Y%m%d}" if series.whole_day else f"{original:%Y%m%dT%H%M%SZ}"
    if change.kind == "sparse":
        return {"id": f"one_{stamp}", "status": "cancelled"}
    which = {"date": f"{day:%Y-%m-%d}"} if series.whole_day else utc_at(original)
    if change.kind == "cancelled":
        return instance("one", which, stamp, status="cancelled")
    start = original + change.by
    more: dict[str, Any] = {
        "start": utc_at(start),
        "end": utc_at(start + timedelta(hours=1)),
    }
    if change.kind == "declined":
        more["attendees"] = [{"self": True, "responseStatus": "declined"}]
    return instance("one", which, stamp, **more)


def _read_ics(series: Series, dates: list[datetime]) -> tuple[Occurrence, ...]:
    found = texts.read(
        *_ics(series, dates),
        window=YEAR,
        zone=ZoneInfo(series.zone),
        owner="me@example.org",
    )
    return found.objects[0].occurrences


@settings(max_examples=150, deadline=None)
@given(serieses)
def test_google_and_icalendar_say_the_same(series: Series) -> None:
    # Google tells the first start as an instant, which no clock skips.
    first = series.start
    assume(not is_skipped(first.date(), first.time(), ZoneInfo(series.zone)))
    plain = Series(
        series.zone, series.start, series.whole_day, series.minutes, series.rule, ()
    )
    dates = [one.original_start for one in _read_ics(plain, [])]
    found = read(*_google(series, dates), window=YEAR, zone=ZoneInfo(series.zone))
    (google,) = found.objects
    assert google.occurrences == _read_ics(series, dates)
