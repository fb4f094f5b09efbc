"""Lists to plan at once: what rows leave out, and what they say of one person."""

from dataclasses import replace
from datetime import date

import pytest

from scheduler.cadence import WEEKLY, Cadence
from scheduler.people import Hours
from scheduler.programme.listing import Asked, Defaults, asked, read_listing
from scheduler.roster import COLUMNS, Problem

MORE = ("mentor_calendar", "mentee_calendar", "mentor_max_day", "mentor_max_week")
DEFAULTS = Defaults(
    "Europe/Berlin",
    "Asia/Kolkata",
    cadence=WEEKLY,
    minutes=45,
    first=date(2026, 3, 2),
    count=10,
)


def read(
    *rows: dict[str, str], defaults: Defaults = DEFAULTS
) -> tuple[list[Asked], list[Problem]]:
    columns = (*COLUMNS, *MORE)
    whole = {"mentor_email": "ida@a.test", "mentee_email": "leyla@b.test"}
    lines = [
        ",".join(f'"{(whole | row).get(name, "")}"' for name in columns) for row in rows
    ]
    listing = read_listing("\n".join([",".join(columns), *lines]).encode())
    pairs, problems = asked(listing, defaults)
    return pairs, [*listing.problems, *problems]


def test_what_a_row_leaves_out_is_filled_in() -> None:
    (pair,), problems = read({})
    assert not problems
    request = pair.request
    assert (request.mentor.zone, request.mentee.zone) == (
        "Europe/Berlin",
        "Asia/Kolkata",
    )
    assert (request.cadence, request.minutes, request.turns) == (WEEKLY, 45, 10)
    assert (pair.mentor.calendar, pair.max_day) == ("none", None)


def test_a_row_says_it_all() -> None:
    row = {
        "mentor_zone": "America/New_York",
        "mentor_hours": "Mon 09:00-12:00",
        "mentor_calendar": "ida.ics",
        "mentee_calendar": "https://b.test/leyla.ics",
        "mentor_max_day": "2",
        "mentor_max_week": "3",
        "mentor_country": "DE",
        "cadence": "every 2 weeks",
        "minutes": "30",
        "first_day": "2026-03-02",
        "last_day": "2026-03-29",
    }
    (pair,), problems = read(row)
    assert not problems
    request = pair.request
    assert request.mentor.hours == Hours.parse("Mon 09:00-12:00")
    assert (request.cadence, request.minutes) == (Cadence("week", 2), 30)
    assert (request.until, request.turns) == (date(2026, 3, 30), 2)
    assert (pair.mentor.calendar, pair.mentee.calendar) == (
        "ida.ics",
        "https://b.test/leyla.ics",
    )
    assert (pair.max_day, pair.max_week) == (2, 3)
    assert date(2026, 4, 3) in request.mentor.days_off  # Good Friday


def test_what_one_row_says_of_a_person_holds_in_all() -> None:
    pairs, problems = read(
        {"mentee_email": "one@b.test"},
        {"mentor_zone": "Asia/Tokyo", "mentor_max_day": "1"},
        {"mentor_email": "three@b.test", "mentee_email": "IDA@a.test"},
    )
    assert not problems
    assert [pair.request.mentor.zone for pair in pairs[:2]] == ["Asia/Tokyo"] * 2
    assert pairs[2].request.mentee.zone == "Asia/Tokyo"
    assert pairs[2].mentee.email == pairs[0].mentor.email
    assert [pair.max_day for pair in pairs] == [1, 1, None]


@pytest.mark.parametrize(
    ("row", "code", "field"),
    [
        ({"mentor_max_day": "0"}, "E_LIMIT", "mentor_max_day"),
        ({"mentor_max_week": "two"}, "E_LIMIT", "mentor_max_week"),
        ({"mentee_calendar": "=HYPERLINK()"}, "E_CSV_FORMULA", "mentee_calendar"),
        ({"mentee_zone": "Mars/Base"}, "E_TZ_UNKNOWN", "mentee_zone"),
        ({"last_day": "2026-03-03"}, "E_DATES", "until"),
        ({"mentee_email": "one@b.test"}, "E_CSV_DUPLICATE", "mentee_email"),
        ({"mentor_calendar": "other.ics"}, "E_CSV_PERSON", "mentor_calendar"),
    ],
)
def test_a_row_that_is_wrong_is_told_with_its_field(
    row: dict[str, str], code: str, field: str
) -> None:
    first = {"mentee_email": "one@b.test", "mentor_calendar": "ida.ics"}
    pairs, (problem,) = read(first, row)
    assert (problem.row, problem.code, problem.field) == (3, code, field)
    assert [pair.row for pair in pairs][:1] == [2]


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("mentor_zone", "mentor_zone"),
        ("mentee_zone", "mentee_zone"),
        ("cadence", "cadence"),
        ("minutes", "minutes"),
        ("first", "first_day"),
        ("count", "last_day"),
    ],
)
def test_what_nobody_says_is_asked_for(name: str, field: str) -> None:
    nothing = dict.fromkeys([name])
    pairs, (problem,) = read({}, defaults=replace(DEFAULTS, **nothing))
    assert not pairs
    assert (problem.row, problem.code, problem.field) == (2, "E_CSV_MISSING", field)
