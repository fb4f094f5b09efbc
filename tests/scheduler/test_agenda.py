"""The block in the event: what people wrote around it, and inside it, survives."""

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from scheduler.agenda import (
    BEGIN,
    END,
    Agenda,
    asked_topic,
    block,
    has_met,
    markdown,
    marked,
    merge,
    titled,
)
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import EvidenceId, PairId
from scheduler.timespan import Span

WORDS = st.text(
    st.characters(
        codec="utf-8", exclude_characters="\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
    ),
    max_size=40,
)
OUTSIDE = (
    st.lists(WORDS, max_size=5)
    .map("\n".join)
    .filter(lambda text: not {line.strip() for line in text.split("\n")} & {BEGIN, END})
)
TOPICS = st.lists(
    st.text("abcdef ()-é", min_size=1, max_size=12).map(str.strip).filter(bool),
    max_size=4,
)
AGENDAS = st.builds(
    Agenda,
    topics=TOPICS.map(lambda texts: tuple((t, "Ida") for t in texts)),
    owed=st.sampled_from([(), ((date(2026, 3, 2), date(2026, 3, 15)),)]),
    first=st.booleans(),
    turn=st.integers(0, 9),
    link=st.sampled_from(["", "https://troth.example/a/1"]),
    in_event=st.booleans(),
)


def ever(*agendas):
    return [text for agenda in agendas for text, _ in agenda.topics]


@given(OUTSIDE, OUTSIDE, AGENDAS, AGENDAS)
def test_text_outside_the_markers_stays_character_by_character(
    above, below, before, after
):
    text = f"{above}\n{marked(block(before))}\n{below}"
    merged = merge(text, block(after), ever(before, after))
    assert merged.text == f"{above}\n{marked(block(after))}\n{below}"
    assert merged.topics == ()


@given(
    OUTSIDE,
    OUTSIDE,
    AGENDAS,
    st.lists(WORDS.map("note {}".format), max_size=3),
    st.lists(st.from_regex("[a-z]{1,20}", fullmatch=True), max_size=3),
)
def test_a_line_written_inside_is_a_topic_or_moves_below(
    above, below, agenda, notes, topics
):
    inside = [f"topic: {t}" for t in topics] + [*block(agenda), *notes]
    text = f"{above}\n{marked(inside)}\n{below}"
    merged = merge(text, block(agenda), ever(agenda))
    moved = "".join(f"\n{note}" for note in notes)
    assert merged.topics == tuple(topics)
    assert merged.text == f"{above}\n{marked(block(agenda))}{moved}\n{below}"


@given(OUTSIDE, OUTSIDE, AGENDAS, st.lists(WORDS, max_size=4))
def test_merging_twice_is_merging_once(above, below, agenda, written):
    text = f"{above}\n{marked([*block(agenda), *written])}\n{below}"
    once = merge(text, block(agenda), ever(agenda))
    if once.text is not None:
        again = merge(once.text, block(agenda), ever(agenda))
        assert again.text == once.text
        assert again.topics == ()


@given(OUTSIDE, AGENDAS, st.sampled_from([0, 1, 2, 3]))
def test_a_marker_missing_double_or_turned_round_is_left_alone(text, agenda, how):
    lines = [
        [BEGIN, "x"],
        ["x", END],
        [BEGIN, BEGIN, "x", END],
        [END, "x", BEGIN],
    ][how]
    assert merge("\n".join([text, *lines]), block(agenda), ()).text is None


def test_windows_line_ends_outside_are_kept():
    text = f"Bring coffee\r\n{BEGIN}\r\nold words\r\n{END}\r\nRoom 4\r\n"
    merged = merge(text, ("Topics",), ())
    assert merged.text == (
        f"Bring coffee\r\n{BEGIN}\nTopics\n{END}\nold words\r\nRoom 4\r\n"
    )


def test_topics_are_read_however_they_are_written():
    assert asked_topic("  Topic:   my  talk ") == "my talk"
    assert asked_topic("- topic: my talk") == "my talk"
    assert asked_topic("topic:") == ""
    assert asked_topic("topics: none") == ""
    assert asked_topic("promise: a draft by Friday") == ""
    assert asked_topic("topic: " + "x" * 301) == ""


def test_a_promise_moves_below_and_is_not_lost():
    text = marked(["promise: a draft by 2026-03-06"])
    assert merge(text, (), ()).text == f"{BEGIN}\n{END}\npromise: a draft by 2026-03-06"


def test_link_only_holds_nothing_but_the_link():
    agenda = Agenda((("pay", "Ida"),), link="https://t.example/a", in_event=False)
    assert block(agenda) == ("Your agenda: https://t.example/a",)
    assert "pay" in markdown(agenda)


def test_a_document_is_called_by_its_meeting_on_the_readers_clock():
    start = datetime(2027, 1, 19, 14, tzinfo=UTC)
    span = Span(start, start + timedelta(minutes=45))
    title = titled(("Ida", "Leyla"), span, "America/New_York")
    assert title == "Ida and Leyla, Tuesday 19 January 2027, 09:00 to 09:45 in New York"
    assert markdown(Agenda(), title).startswith(f"# {title}\n\n## For both\n\n- ")


def test_the_first_meeting_asks_its_own_questions():
    assert "worth your time" in "\n".join(block(Agenda(first=True)))
    assert "worth your time" not in "\n".join(block(Agenda()))


def said(kind, about):
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Evidence(
        EvidenceId(f"{kind}{about}"), PairId("p"), about, kind, at, at, SourceKind.PAGE
    )


def test_a_pair_has_met_when_one_says_so_and_nobody_says_not():
    met, not_met = EvidenceKind.SAID_MET, EvidenceKind.SAID_NOT_MET
    assert not has_met([])
    assert not has_met([said(met, "a"), said(not_met, "a")])
    assert has_met([said(met, "a"), said(not_met, "b")])
