"""Topics: what is private stays so, what was shared is known wherever it stands."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler import topics
from scheduler.errors import NotFound, Refused
from scheduler.ids import PairId, PersonId
from scheduler.topics import Topic, topic_of

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
PAIR, IDA, LEYLA = PairId("p"), PersonId("ida"), PersonId("leyla")
HOUR = timedelta(hours=1)


def topic(text: str = "pay", *, shared: bool = True, by: PersonId = LEYLA) -> Topic:
    return replace(topic_of(PAIR, by, text, None, NOW), shared=shared)


acts = st.lists(
    st.tuples(
        st.sampled_from(["edit", "share", "keep", "take", "put", "tick", "untick"]),
        st.sampled_from([IDA, LEYLA]),
        st.sampled_from(["pay", "Leiden", "how to say no"]),
    ),
    max_size=12,
)


def act(one: Topic, what: str, who: PersonId, text: str, now: datetime) -> Topic:
    match what:
        case "edit":
            return topics.edited(one, who, text)
        case "share" | "keep":
            return topics.shown(one, who, shared=what == "share")
        case "take":
            return topics.taken_back(one, who, now)
        case "put":
            return topics.put_back(one, who, now)
        case _:
            return topics.ticked(one, who, now, done=what == "tick")


@given(acts, st.booleans())
def test_only_its_owner_opens_it_and_all_that_was_open_is_remembered(done, shared):
    """Nothing the other does changes a private one, or tells that it is there."""
    one = topic(shared=shared)
    open_ever = {one.text} if shared else set()
    for n, (what, who, text) in enumerate(done):
        now = NOW + n * HOUR
        if not one.is_shown_to(who) and (who != one.by or "tick" in what):
            with pytest.raises(NotFound):
                act(one, what, who, text, now)
            continue
        if who != one.by and "tick" not in what:
            with pytest.raises(Refused, match="E_TOPIC_OWNER"):
                act(one, what, who, text, now)
            continue
        after = act(one, what, who, text, now)
        if after.shared and not one.shared:
            assert who == one.by
        one = after
        open_ever |= {one.text} if one.shared else set()
        assert open_ever == set(one.texts_ever)
        assert (one in topics.next_topics([one])) == (one.shared and one.is_ahead)


def test_a_private_topic_can_be_shared_by_saying_it_again_and_never_hidden_so():
    note = topic(shared=False)
    assert topics.added([note], topic(), shared=False) == note
    opened = topics.added([note], topic("Pay"))
    assert opened == replace(note, shared=True)
    assert topics.added([opened], topic(), shared=False) == opened


def test_what_was_talked_about_or_taken_back_can_be_brought_up_anew():
    done = topics.ticked(topic(), LEYLA, NOW, done=True)
    again = topics.added([done], topic())
    assert again.id != done.id and again.is_ahead
    assert topics.added([done, again], topic()) == again
    third = topics.ticked(again, IDA, NOW, done=True)
    assert topics.added([done, third], topic()).id not in {done.id, third.id}


def test_taking_back_can_be_undone_for_a_day():
    gone = topics.taken_back(topic(), LEYLA, NOW)
    assert not gone.is_shown_to(LEYLA) and not gone.is_shown_to(IDA)
    assert topics.taken_back(gone, LEYLA, NOW + HOUR) == gone
    assert topics.put_back(gone, LEYLA, NOW + 23 * HOUR) == topic()
    with pytest.raises(Refused, match="E_UNDO"):
        topics.put_back(gone, LEYLA, NOW + 24 * HOUR)


@pytest.mark.parametrize("text", ["", "  ", "x" * 301])
def test_a_topic_is_a_sentence(text: str):
    with pytest.raises(Refused, match="E_TOPIC"):
        topics.edited(topic(), LEYLA, text)
