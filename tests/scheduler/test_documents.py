"""What in a document is Troth's: the lines that read as written, and no others."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.documents import (
    DocumentState,
    Line,
    Page,
    Paragraph,
    Run,
    Step,
    begun,
    is_closed,
    may_begin,
    next_step,
    ours,
    readable,
    run_of,
)
from scheduler.ids import AccountId, PairId, PersonId, SeriesId
from scheduler.series import MeetingKey

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
WORDS = st.text(st.sampled_from("ab"), min_size=1, max_size=2)
TEXTS = st.lists(WORDS, max_size=5)


def page(texts: list[str | None]) -> Page:
    """A document of these paragraphs, each at the place that counts it."""
    every = tuple(Paragraph(text, n, n + 1) for n, text in enumerate(texts))
    return Page(every, "1")


def run(texts: list[str]) -> Run:
    return run_of([Line(text) for text in texts])


@given(TEXTS, st.lists(WORDS, min_size=1, max_size=3), TEXTS)
def test_a_place_is_found_exactly_where_the_lines_stand_once(
    above: list[str], mine: list[str], below: list[str]
):
    texts = [*above, *mine, *below]
    places = [
        (at, at + len(mine))
        for at in range(len(texts))
        if texts[at : at + len(mine)] == mine
    ]
    expected = places[0] if len(places) == 1 else None
    assert ours(page([*texts]), [run(mine)]) == expected


def test_either_of_two_runs_is_known_while_one_is_being_written():
    texts: list[str | None] = ["note", "old one", "old two"]
    runs = run(["new"]), run(["old one", "old two"])
    assert ours(page(texts), runs) == (1, 3)
    assert ours(page(["new", "note"]), runs) == (0, 1)


@pytest.mark.parametrize(
    "texts",
    [
        ["one"],
        ["one", "two!"],
        ["one", "", "two"],
        ["one", "note", "two"],
        ["one", None],
        ["one", "two", "one", "two"],
        ["one", None, "two"],
    ],
)
def test_whatever_a_person_changed_inside_is_theirs(texts: list[str | None]):
    assert ours(page(texts), [run(["one", "two"])]) is None


@given(st.text())
def test_a_readable_line_stays_so_and_is_one_line(text: str):
    once = readable(text)
    assert readable(once) == once
    assert len(once.splitlines()) <= 1
    assert "  " not in once


def test_what_google_would_take_out_is_not_in_a_line():
    assert readable(" a\x00b\x0b\ue000 c\u00a0d\te ") == "ab c d e"


DOCUMENT = begun(
    MeetingKey(SeriesId("s"), NOW),
    PairId("p"),
    owner=PersonId("ada"),
    account=AccountId("a"),
    news=run(["x"]),
    now=NOW,
)


@pytest.mark.parametrize(
    ("state", "same", "other"),
    [
        (DocumentState.BEGUN, Step.LOOK, Step.LOOK),
        (DocumentState.MADE, Step.SHARE, Step.SHARE),
        (DocumentState.SHARED, Step.NOTHING, Step.WRITE),
        (DocumentState.REFUSED, Step.NOTHING, Step.NOTHING),
        (DocumentState.GONE, Step.NOTHING, Step.NOTHING),
    ],
)
def test_each_state_has_one_next_step(state: DocumentState, same: Step, other: Step):
    one = replace(DOCUMENT, state=state)
    assert next_step(one, run(["x"])) is same
    assert next_step(one, run(["y"])) is other


def test_a_write_that_was_not_heard_of_is_done_again():
    one = replace(DOCUMENT, state=DocumentState.SHARED).writing(run(["y"]))
    assert one.runs == (run(["x"]), run(["y"]))
    assert next_step(one, run(["y"])) is Step.WRITE
    assert next_step(one.written(run(["y"])), run(["y"])) is Step.NOTHING


def test_where_one_could_not_be_shared_no_other_is_made():
    account = DOCUMENT.account
    refused = replace(DOCUMENT, state=DocumentState.REFUSED)
    assert may_begin([], account)
    assert may_begin([refused], account)  # it was never made: perhaps no room
    assert not may_begin([replace(refused, file="f")], account)
    assert may_begin([replace(refused, file="f")], AccountId("b"))


def test_a_run_that_is_part_of_another_is_not_taken_for_it():
    part, all_of_it = run(["one", "two"]), run(["one", "two", "three"])
    assert ours(page(["x", "one", "two", "three"]), [part, all_of_it]) == (1, 4)
    assert ours(page(["x", "one", "two", "y"]), [part, all_of_it]) == (1, 3)


@pytest.mark.parametrize(
    ("pair", "state", "closed"),
    [
        ("p", DocumentState.SHARED, False),
        ("p", DocumentState.MADE, True),
        ("p", DocumentState.GONE, True),
        ("q", DocumentState.SHARED, True),
    ],
)
def test_a_link_to_a_document_of_ours_is_open_to_both_or_closed(
    pair: str, state: DocumentState, *, closed: bool
):
    made = DOCUMENT.made("1abc", "https://docs.google.com/document/d/1abc/edit")
    known = [replace(made, pair=PairId(pair), state=state), DOCUMENT]
    for url in (made.link, "https://drive.google.com/open?id=1abc"):
        assert is_closed(url, PairId("p"), known) is closed
    assert not is_closed("https://docs.google.com/document/d/2/edit", PairId("p"), [])
    assert not is_closed("https://docs.google.com/d/2", PairId("p"), known)
