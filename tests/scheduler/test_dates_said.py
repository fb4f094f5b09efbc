"""Days as people say them, against a calendar that is walked through day by day."""

from datetime import date, timedelta

import pytest
from babel.dates import get_day_names
from hypothesis import example, given
from hypothesis import strategies as st

from scheduler.dates_said import asked_promise, read_day, read_until

DAY = timedelta(days=1)
MONDAY = date(2026, 3, 2)
days = st.dates(date(2020, 1, 1), date(2060, 1, 1))
languages = st.sampled_from(["en", "de"])
#: What the writer may write, and how the walk goes: steps, or a name to arrive at.
COUNTED = {
    "en": [("day", 1), ("days", 1), ("week", 7), ("weeks", 7)],
    "de": [("Tag", 1), ("Tagen", 1), ("Woche", 7), ("Wochen", 7)],
}


def walked_to(name: str, today: date, language: str) -> date:
    """The first day after today that the language calls by this name."""
    found = today + DAY
    while get_day_names(locale=language)[found.weekday()] != name:
        found += DAY
    return found


@given(days, languages, st.integers(0, 6))
@example(MONDAY, "en", 0)
@example(MONDAY, "de", 6)
def test_a_weekday_is_the_next_one_and_never_today(today, language, weekday):
    name = get_day_names(locale=language)[weekday]
    expected = walked_to(name, today, language)
    assert today < expected <= today + 7 * DAY
    for said in (name, name.upper(), f" by {name} ", f"bis {name}."):
        assert read_day(said, today, language) == expected


@given(days, languages, st.integers(0, 400), st.integers(0, 3))
def test_some_days_or_weeks_ahead_are_counted(today, language, count, which):
    unit, steps = COUNTED[language][which]
    expected = today
    for _ in range(count * steps):
        expected += DAY
    assert read_day(f"in {count} {unit}", today, language) == expected
    assert read_day(f"By  in {count}  {unit.lower()}", today, language) == expected


@given(days, days, languages)
def test_a_day_in_figures_is_itself_whatever_today_is(today, wanted, language):
    assert read_day(wanted.isoformat(), today, language) == wanted
    assert read_day(f"by {wanted.isoformat()}", today, language) == wanted


@given(days)
def test_tomorrow(today):
    assert read_day("tomorrow", today, "en") == today + DAY
    assert read_day("Morgen", today, "de-AT") == today + DAY
    assert read_day("bis morgen", today, "de") == today + DAY


@pytest.mark.parametrize(
    "said",
    [
        "",
        "by",
        "someday",
        "2026-02-30",
        "2026-3-6",
        "06.03.2026",
        "next Friday",
        "Fri",
        "in three days",
        "in -3 days",
        "in 3 months",
        "in 99999 days",
        "yesterday",
        "today",
        "Friday and Monday",
        "²026-03-06",
    ],
)
def test_what_is_not_a_day_is_none(said: str):
    assert read_day(said, MONDAY, "en") is None
    assert read_day(said, MONDAY, "de") is None


def test_german_is_for_those_who_write_it_and_english_for_everybody():
    assert read_day("morgen", MONDAY, "en") is None
    assert read_day("Freitag", MONDAY, "en") is None
    assert read_day("in 3 Tagen", MONDAY, "en") is None
    assert read_day("Friday", MONDAY, "de") == date(2026, 3, 6)
    assert read_day("Friday", MONDAY, "fr") == date(2026, 3, 6)


@pytest.mark.parametrize(
    ("line", "language", "text", "day"),
    [
        ("I will send the list, by Friday", "en", "I will send the list", 6),
        ("I will send the list by Friday.", "en", "I will send the list", 6),
        ("stand by you by tomorrow", "en", "stand by you", 3),
        ("call her, in 3 days", "en", "call her", 5),
        ("ich schicke die Liste, bis Freitag", "de", "ich schicke die Liste", 6),
        ("Ich rufe an, morgen", "de", "Ich rufe an", 3),
        ("Entwurf bis zum 2026-03-06", "de", "Entwurf", 6),
        ("read, write and count, by 2026-03-06", "en", "read, write and count", 6),
        ("Liste bis in 2 Wochen", "de", "Liste", 16),
    ],
)
def test_what_is_promised_and_by_when(line: str, language: str, text: str, day: int):
    assert read_until(line, MONDAY, language) == (text, date(2026, 3, day))


@pytest.mark.parametrize(
    "line",
    [
        "send the list",
        "send the list by whenever",
        "by Friday",
        "send it Friday",
        ", Friday",
        "x" * 500 + " by Friday",
    ],
)
def test_without_a_day_or_without_words_it_is_no_promise(line: str):
    assert read_until(line, MONDAY, "en") is None


@given(st.text(max_size=60), days, languages)
def test_no_text_is_too_strange_to_be_looked_at(text, today, language):
    found = read_until(text, today, language)
    assert found is None or (found[0] and isinstance(found[1], date))
    read_day(text, today, language)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("promise: send it, by Friday", "send it, by Friday"),
        ("  - Promise :  send   it by Friday ", "send it by Friday"),
        ("Zusage: Liste, bis Freitag", "Liste, bis Freitag"),
        ("promise:", ""),
        ("I promise: send it", ""),
        ("promises: send it", ""),
        ("topic: promise: no", ""),
    ],
)
def test_a_line_asks_for_a_promise_with_its_first_word(line: str, said: str):
    assert asked_promise(line) == said
