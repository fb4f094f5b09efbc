"""Terms: what is refused names its field, and a text has one digest."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.store.types import Codec
from scheduler.agreement import Agreement, AgreementState, Template, Terms
from scheduler.cadence import MONTHLY, Cadence
from scheduler.daysoff import days_off, known_country
from scheduler.errors import Refused
from scheduler.ids import AgreementId, PairId
from scheduler.people import Hours, Role, day_names, read_quiet_days
from scheduler.venue import Venue, VenueKind, read_venue

TERMS = Terms(Cadence("week", 2), 45, date(2026, 3, 9), date(2026, 9, 6))
#: Another value for each field of the terms.
OTHERWISE: dict[str, Any] = {
    "cadence": MONTHLY,
    "minutes": 60,
    "first_day": date(2026, 3, 10),
    "last_day": date(2026, 9, 7),
    "mentor_hours": Hours.parse("Mon 09:00-12:00"),
    "mentee_hours": Hours.parse("Tue 09:00-12:00"),
    "notice_hours": 48,
    "book_without_asking": True,
    "agenda_in_event": False,
    "mentor_quiet": frozenset({5}),
    "mentee_quiet": frozenset({6}),
    "mentor_country": "DE-BY",
    "mentee_country": "US",
    "venue": Venue(VenueKind.PLACE, "The library"),
    "off_limits": ("Marks",),
    "review_weeks": None,
}


def version(terms: Terms) -> Agreement:
    return Agreement(AgreementId("a"), PairId("p"), 1, terms, AgreementState.DRAFT)


def test_a_digest_differs_in_every_field() -> None:
    assert OTHERWISE.keys() == {field.name for field in fields(Terms)}
    texts = [TERMS, *(replace(TERMS, **{k: v}) for k, v in OTHERWISE.items())]
    assert len({version(terms).digest for terms in texts}) == len(texts)


@given(st.permutations([0, 1, 2, 3, 5, 6]))
def test_a_digest_does_not_depend_on_the_order_of_a_set(days: list[int]) -> None:
    one, other = frozenset(range(7)) - {4}, frozenset[int]()
    for day in days:
        other |= {day}
    assert (
        version(replace(TERMS, mentor_quiet=one)).digest
        == version(replace(TERMS, mentor_quiet=other)).digest
    )


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"mentor_quiet": frozenset(range(7))}, "E_QUIET", "mentor_quiet"),
        ({"mentee_quiet": frozenset({7})}, "E_QUIET", "mentee_quiet"),
        ({"mentor_country": "Germany"}, "E_COUNTRY", "mentor_country"),
        ({"off_limits": ("",)}, "E_OFF_LIMITS", "off_limits"),
        ({"off_limits": ("two\nlines",)}, "E_OFF_LIMITS", "off_limits"),
        ({"off_limits": ("x",) * 13}, "E_OFF_LIMITS", "off_limits"),
        ({"review_weeks": 0}, "E_REVIEW", "review_weeks"),
        ({"review_weeks": 53}, "E_REVIEW", "review_weeks"),
    ],
)
def test_a_wrong_term_names_its_field(
    changes: dict[str, Any], code: str, field: str
) -> None:
    with pytest.raises(Refused, match=code) as refused:
        replace(TERMS, **changes)
    assert refused.value.field == field


def test_terms_of_an_older_database_say_nothing_more_than_they_did() -> None:
    codec = Codec(Terms)
    new = {"mentor_quiet", "mentee_quiet", "mentor_country", "mentee_country"}
    new |= {"venue", "off_limits", "review_weeks"}
    old = {k: v for k, v in codec.dump(TERMS).items() if k not in new}
    assert codec.load(old) == TERMS
    assert codec.load(codec.dump(full := replace(TERMS, **OTHERWISE))) == full


def test_a_template_proposes_all_that_it_says() -> None:
    template = Template(
        MONTHLY,
        quiet_days=frozenset({6}),
        country="DE",
        venue=Venue(VenueKind.CALENDAR),
        off_limits=("Marks",),
        review_weeks=8,
    )
    terms = template.terms(TERMS.first_day, TERMS.last_day)
    for role in Role:
        assert terms.quiet_of(role) == {6}
        assert terms.country_of(role) == "DE"
    assert (terms.off_limits, terms.review_weeks) == (("Marks",), 8)
    assert terms.venue.kind is VenueKind.CALENDAR
    with pytest.raises(Refused, match="E_REVIEW"):
        replace(template, review_weeks=0)
    with pytest.raises(Refused, match="E_WEEKS"):
        replace(template, weeks=200)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("link", "meet.example/a room"),
        ("link", "javascript:alert(1)"),
        ("link", "https://meet.example/\u202eroom"),
        ("link", ""),
        ("place", "  "),
        ("place", "x" * 201),
        ("nowhere", ""),
    ],
)
def test_where_they_meet_is_refused_with_its_field(kind: str, text: str) -> None:
    with pytest.raises(Refused, match="E_WHERE") as refused:
        read_venue(kind, text)
    assert refused.value.field == "where"


def test_where_they_meet_is_read_as_it_is_meant() -> None:
    assert read_venue("link", " https://meet.example/x?y ").link
    assert read_venue("place", "The  library").location == "The library"
    assert read_venue("calendar", "left over") == Venue(VenueKind.CALENDAR)
    assert read_venue("open", "") == TERMS.venue
    with pytest.raises(Refused):
        Venue(VenueKind.OPEN, "somewhere")


@given(st.frozensets(st.integers(0, 6), max_size=6))
def test_quiet_days_are_read_as_they_are_written(days: frozenset[int]) -> None:
    assert read_quiet_days(day_names(days), field="quiet") == days


def test_a_day_that_is_none_is_refused() -> None:
    assert read_quiet_days("saturday, SUN", field="quiet") == {5, 6}
    with pytest.raises(Refused, match="E_QUIET"):
        read_quiet_days("Sat, Caturday", field="quiet")


@pytest.mark.parametrize("text", ["", "de", "DE-BY", "us-ny", "GB-SCT", "FR-57"])
def test_a_known_country_is_kept_as_its_code(text: str) -> None:
    assert known_country(text, field="country") == text.upper()


@pytest.mark.parametrize(
    ("text", "mend"),
    [
        ("Germany", "DE-BY"),
        ("ZZ", "leave it empty"),
        ("DE-XX", "BB, BE, BW, BY"),
        ("VA-1", "VA alone"),
    ],
)
def test_a_wrong_country_names_the_mend(text: str, mend: str) -> None:
    with pytest.raises(Refused, match="E_COUNTRY") as refused:
        known_country(text, field="mentor_country")
    assert refused.value.field == "mentor_country"
    assert mend in refused.value.message


def test_where_nothing_is_known_no_day_is_off() -> None:
    assert not days_off("", 2026, 2027)
    assert not days_off("ZZ", 2026, 2027)
    assert not days_off("DE-XX", 2026, 2027)
    assert date(2026, 1, 6) in days_off("DE-BY", 2026, 2027)
    assert date(2026, 1, 6) not in days_off("DE-BE", 2026, 2027)
    assert datetime(2026, 1, 6, tzinfo=UTC) not in days_off("DE-BY", 2026, 2026)
