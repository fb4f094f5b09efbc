"""Rules inside a window are what dateutil finds by walking there from the start.

Where dateutil leaves RFC 5545 (docs/decisions/icalendar-readings.md) it is not asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.ics.rule_text import read_rule
from integrations.ics.rules import Budget
from scheduler.errors import Refused
from tests.cases import tried

FIRST = datetime(2025, 1, 1)


def starts(text: str, first: datetime, low: datetime, high: datetime) -> list[datetime]:
    rule, _ = read_rule(text)
    return list(rule.between(first, low, high, Budget(10_000_000)))


def numbers(*pool: int) -> st.SearchStrategy[str]:
    picked = st.lists(st.sampled_from(pool), min_size=1, max_size=3, unique=True)
    return picked.map(lambda some: ",".join(str(one) for one in some))


weekdays = st.lists(
    st.sampled_from(["MO", "TU", "WE", "TH", "FR", "SA", "SU"]),
    min_size=1,
    max_size=4,
    unique=True,
).map(",".join)
nth_weekdays = st.lists(
    st.tuples(
        st.sampled_from(["1", "+2", "3", "-1", "-2"]), st.sampled_from(["MO", "SU"])
    ).map("".join),
    min_size=1,
    max_size=3,
    unique=True,
).map(",".join)
minutes = st.fixed_dictionaries(
    {},
    optional={"BYMINUTE": numbers(0, 20, 59), "BYSECOND": numbers(0, 30)},
)
#: With one that every set has: of a rule without any, dateutil finds no end.
positions = st.fixed_dictionaries(
    {}, optional={"BYSETPOS": st.sampled_from(["1", "-1", "1,5", "2,-1", "1,-3"])}
)
months = st.fixed_dictionaries({}, optional={"BYMONTH": numbers(1, 2, 6, 11, 12)})
hours = st.fixed_dictionaries({}, optional={"BYHOUR": numbers(0, 9, 23)})
week_start = st.fixed_dictionaries({}, optional={"WKST": st.sampled_from(["SU", "WE"])})


@st.composite
def rules(draw: st.DrawFn) -> str:
    """Rules that yield something before long: dateutil never gives up on the others."""
    kind = draw(st.sampled_from(["YEARLY", "MONTHLY", "WEEKLY", "DAILY", "HOURLY"]))
    parts = {"FREQ": kind, "INTERVAL": str(draw(st.sampled_from([1, 1, 2, 3, 5])))}
    parts |= draw(minutes) | draw(positions) | draw(week_start)
    match kind:
        case "YEARLY":
            parts |= draw(months) | draw(hours) | draw(of_a_year)
        case "MONTHLY":
            parts |= draw(months) | draw(hours) | draw(of_a_month)
            parts["INTERVAL"] = "1" if "BYMONTH" in parts else parts["INTERVAL"]
        case "WEEKLY":
            parts |= draw(hours)
            parts |= draw(st.fixed_dictionaries({}, optional={"BYDAY": weekdays}))
            parts.pop("BYSETPOS", None)
        case "DAILY":
            parts |= draw(months) | draw(hours)
            parts |= draw(st.fixed_dictionaries({}, optional={"BYDAY": weekdays}))
        case _:
            parts |= draw(months) | (draw(hours) if parts["INTERVAL"] == "1" else {})
            parts.pop("BYSETPOS", None)
    if draw(st.booleans()):
        parts["COUNT"] = str(draw(st.integers(1, 60)))
    return ";".join(f"{name}={value}" for name, value in parts.items())


of_a_year = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"BYDAY": weekdays}),
    st.fixed_dictionaries({"BYDAY": nth_weekdays}),
    st.fixed_dictionaries({"BYMONTHDAY": numbers(1, 13, 28, -1)}),
    st.fixed_dictionaries({"BYYEARDAY": numbers(1, 50, 365, -1, -366, -200)}),
    st.fixed_dictionaries(
        {"BYWEEKNO": numbers(1, 2, 20, 52, 53, -1), "BYDAY": weekdays}
    ),
)
of_a_month = st.one_of(
    st.just({}),
    st.fixed_dictionaries({"BYDAY": weekdays}),
    st.fixed_dictionaries({"BYDAY": nth_weekdays}),
    st.fixed_dictionaries({"BYMONTHDAY": numbers(1, 13, 28, 31, -1, -30)}),
    st.fixed_dictionaries({"BYMONTHDAY": numbers(13, 28), "BYDAY": weekdays}),
)
firsts = st.datetimes(datetime(2020, 1, 1), datetime(2025, 1, 1)).map(
    lambda when: when.replace(microsecond=0, second=when.second // 30 * 30)
)


@settings(max_examples=tried(100), deadline=None)
@given(rules(), firsts, st.integers(-400, 900), st.integers(0, 400))
def test_agrees_with_walking_from_the_start(
    text: str, first: datetime, after: int, days: int
) -> None:
    low = first + timedelta(days=after, hours=7)
    high = low + timedelta(days=days)
    if text.startswith("FREQ=HOURLY"):
        low, high = min(low, first + timedelta(days=60)), min(high, low)
    walked = rrulestr(text, dtstart=first).between(low, high, inc=True)
    assert starts(text, first, low, high) == walked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # A number and none in one BYDAY: either will do.
        ("FREQ=MONTHLY;BYDAY=1MO,TU;COUNT=4", ["01-06", "01-07", "01-14", "01-21"]),
        # Positions count in whole weeks, also in that of the start (a Wednesday).
        ("FREQ=WEEKLY;BYDAY=MO,WE,FR;BYSETPOS=2;COUNT=2", ["01-01", "01-08"]),
        # A week alone: the weekday is that of the start.
        ("FREQ=YEARLY;BYWEEKNO=20;COUNT=1", ["05-14"]),
        ("FREQ=YEARLY;BYMONTH=3;COUNT=1", ["03-01"]),
        ("FREQ=WEEKLY;BYDAY=2MO;COUNT=2", ["01-06", "01-13"]),
        ("FREQ=MONTHLY;BYMONTHDAY=31;COUNT=3", ["01-31", "03-31", "05-31"]),
        ("FREQ=DAILY;X-OWN=1;INTERVAL=400;COUNT=1", ["01-01"]),
        ("FREQ=DAILY;COUNT=0;UNTIL=20250102", ["01-01", "01-02", "01-03"]),
        (" freq = daily ; count = 2 ", ["01-01", "01-02"]),
    ],
)
def test_reads_as_the_rfc_says(text: str, expected: list[str]) -> None:
    high = datetime(2025, 1, 3) if "UNTIL" in text else datetime(2026, 1, 1)
    found = starts(text, FIRST, FIRST, high)
    assert [f"{when:%m-%d}" for when in found] == expected


def test_a_leap_day_comes_when_there_is_one() -> None:
    found = starts(
        "FREQ=YEARLY", datetime(2024, 2, 29), datetime(2024, 1, 1), datetime(2035, 1, 1)
    )
    assert [when.year for when in found] == [2024, 2028, 2032]


def test_the_years_end() -> None:
    last = datetime(9998, 1, 1)
    assert starts("FREQ=YEARLY;INTERVAL=5000", FIRST, FIRST, last) == [
        FIRST,
        datetime(7025, 1, 1),
    ]
    for text in ("FREQ=WEEKLY", "FREQ=MONTHLY", "FREQ=DAILY", "FREQ=HOURLY"):
        far = f"{text};INTERVAL=999999999"
        assert starts(far, FIRST, FIRST, last) == [FIRST]
        first = datetime(1, 1, 1)
        assert starts(far, first, first, last)[:1] == [first]


def test_what_lies_before_the_window_costs_nothing_without_a_count() -> None:
    rule, _ = read_rule("FREQ=HOURLY")
    low = datetime(2100, 1, 1)
    budget = Budget(1_000)
    assert list(rule.between(datetime(1700, 1, 1), low, low, budget)) == [low]


def test_a_budget_ends_a_search() -> None:
    rule, _ = read_rule("FREQ=DAILY;BYMONTH=2;BYMONTHDAY=31")
    with pytest.raises(Refused, match="E_RRULE_TOO_COMPLEX"):
        list(rule.between(FIRST, FIRST, datetime(9000, 1, 1), Budget(10_000)))
