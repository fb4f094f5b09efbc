"""A ticket opens what it was made for, and nothing else."""

from datetime import UTC, datetime
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.links import SignedLinks
from scheduler.access import Link, Purpose
from scheduler.ids import LinkId, PersonId, ProgrammeId
from scheduler.secret import Secret

OLD, NEW = Secret("o" * 32), Secret("n" * 32)
links = SignedLinks("https://troth.test/", [OLD])


def link(purpose: Purpose) -> Link:
    expires = datetime(2026, 1, 1, tzinfo=UTC)
    return Link(LinkId("l1"), purpose, ProgrammeId("p1"), PersonId("ada"), "", expires)


def ticket(purpose: Purpose, signer: SignedLinks = links) -> str:
    return signer.address(link(purpose)).rpartition("/")[2]


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_ticket_opens_its_own_purpose(purpose: Purpose) -> None:
    assert links.address(link(purpose)).startswith("https://troth.test/p/")
    assert links.read(ticket(purpose), purpose) == "l1"


@pytest.mark.parametrize(("made_for", "used_for"), list(permutations(Purpose, 2)))
def test_and_no_other(made_for: Purpose, used_for: Purpose) -> None:
    assert links.read(ticket(made_for), used_for) is None


def test_an_old_key_is_believed_until_it_is_taken_away() -> None:
    both = SignedLinks("https://troth.test", [NEW, OLD])
    assert both.read(ticket(Purpose.MET), Purpose.MET) == "l1"
    assert links.read(ticket(Purpose.MET, both), Purpose.MET) is None
    assert SignedLinks("", [NEW]).read(ticket(Purpose.MET), Purpose.MET) is None


@given(st.data())
def test_no_altered_ticket_opens_anything(data: st.DataObject) -> None:
    good = ticket(Purpose.CHOOSE)
    at = data.draw(st.integers(0, len(good) - 1))
    letter = data.draw(st.characters(codec="ascii").filter(lambda c: c != good[at]))
    altered = good[:at] + letter + good[at + 1 :]
    assert links.read(altered, Purpose.CHOOSE) is None


@given(st.text(max_size=20_000))
def test_nor_does_any_other_text(text: str) -> None:
    assert links.read(text, Purpose.PAGES) is None
