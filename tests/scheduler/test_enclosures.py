"""Links beside an agenda, and what is none (promises.md, bad input 63)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.enclosures import Enclosure, enclosed, on_agenda, taken_off
from scheduler.errors import Refused
from scheduler.ids import PairId, PersonId

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
GOOD = "https://docs.example.org/d/1?tab=2#part"


def add(known: list[Enclosure], url: str = GOOD, title: str = "") -> Enclosure:
    return enclosed(known, url, title, pair=PairId("p"), who=PersonId("ida"), now=NOW)


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "JaVaScRiPt:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://example.org/",
        "ftp://example.org/",
        "//example.org/x",
        "example.org",
        "",
        "https://",
        "https:///x",
        "https://localhost/",
        "https://bank.example@evil.example/",
        "https://example.org:8443/",
        "https://example.org:99999/",
        "https://exa mple.org/",
        "https://example.org/\nx",
        "https://example.org\\@evil.example/",
        'https://example.org/"onclick="x',
        "https://example.org/<script>",
        "https://[::1/",
    ],
)
def test_only_an_https_address_is_a_link(url: str):
    with pytest.raises(Refused) as refused:
        add([], url)
    assert (refused.value.code, refused.value.field) == ("E_AGENDA_LINK", "url")


@pytest.mark.parametrize(
    ("url", "title", "code"),
    [
        ("https://example.org/setup.exe", "", "E_AGENDA_TYPE"),
        ("https://example.org/x/SETUP.EXE?y=1", "", "E_AGENDA_TYPE"),
        ("https://example.org/" + "x" * 2000, "", "E_AGENDA_TOO_BIG"),
        (GOOD, "x" * 121, "E_AGENDA_TOO_BIG"),
    ],
)
def test_what_is_refused_says_why(url: str, title: str, code: str):
    with pytest.raises(Refused) as refused:
        add([], url, title)
    assert refused.value.code == code


def test_the_twenty_sixth_is_one_too_many():
    known: list[Enclosure] = []
    for n in range(25):
        known.append(add(known, f"{GOOD}&n={n}"))
    with pytest.raises(Refused) as refused:
        add(known)
    assert refused.value.code == "E_AGENDA_TOO_MANY"
    assert add(known, known[3].url) == known[3]
    off = [taken_off(known[0], NOW), *known[1:]]
    assert add(off).url == GOOD
    assert taken_off(off[0], NOW + timedelta(hours=1)) == off[0]


def test_the_same_link_twice_is_one_and_comes_back_where_it_was():
    one = add([], GOOD, "  The  draft ")
    assert one.text == f"The draft: {GOOD}"
    assert add([one]) == one
    off = taken_off(one, NOW)
    assert on_agenda([off]) == ()
    assert add([off], GOOD, "Draft") == replace(one, title="Draft")


@given(st.text(max_size=60))
def test_whatever_is_handed_in_it_is_a_link_or_refused_by_name(url: str):
    try:
        one = add([], f"https://a.example/{url}")
    except Refused as refused:
        code = refused.code
    else:
        code = "E_AGENDA_"
        assert one.url.startswith("https://a.example/") and one.title
        assert not set(one.url) & set(' <>"\\\n\r')
    assert code.startswith("E_AGENDA_")


def test_a_link_without_a_title_is_called_by_where_it_leads():
    assert add([]).title == "docs.example.org/d/1"
