"""The block in the event: what people wrote around it, and inside it, survives."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.agenda import (
    BEGIN,
    END,
    Agenda,
    Item,
    PartKind,
    Promised,
    asked_topic,
    block,
    has_met,
    markdown,
    marked,
    merge,
    parts,
    titled,
)
from scheduler.errors import Refused
from scheduler.evidence import Evidence, EvidenceKind, SourceKind
from scheduler.ids import EvidenceId, PairId
from scheduler.standing import LINES, OURS, WORDS, Standing
from scheduler.timespan import Span

LINE = st.text(
    st.characters(
        codec="utf-8", exclude_characters="\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029"
    ),
    max_size=40,
)
OUTSIDE = (
    st.lists(LINE, max_size=5)
    .map("\n".join)
    .filter(lambda text: not {line.strip() for line in text.split("\n")} & {BEGIN, END})
)
#: What a person may call a thing: one line of anything, as `topic_of` leaves it.
SAID = (
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=20)
    | st.sampled_from(
        [
            "topic: pay",
            "thema: Geld",
            "- a dash",
            "pay (Ida)",
            "Ida: pay, by Monday 2 March",
            "the list, by noon",
            "Topics",
            "## Topics",
            BEGIN,
            END,
            "Your agenda: https://evil.example",
        ]
    )
).map(lambda text: " ".join(text.split()))
TEXTS = st.lists(SAID.filter(bool), max_size=4)
DAYS = st.dates(date(2026, 1, 1), date(2027, 12, 31))
NAMES = st.sampled_from(["Ida", "Leyla Özdemir", "Ida (Kiel)", "topic", ""])
ITEMS = st.lists(
    st.builds(Item, SAID.filter(bool), NAMES, st.none() | DAYS), max_size=4
)
PROMISES = st.lists(
    st.builds(Promised, NAMES, SAID.filter(bool), DAYS, st.booleans()), max_size=3
)
LANGUAGES = st.sampled_from(["en", "de", "de-AT", "fr"])
AGENDAS = st.builds(
    Agenda,
    topics=ITEMS.map(tuple),
    promises=PROMISES.map(tuple),
    to_read=ITEMS.map(tuple),
    look=st.booleans(),
    standing=TEXTS.map(tuple).map(lambda texts: Standing(texts, texts, texts)),
    owed=st.sampled_from([(), ((date(2026, 3, 2), date(2026, 3, 15)),)]),
    first=st.booleans(),
    turn=st.integers(0, 9),
    link=st.sampled_from(["", "https://troth.example/a/1"]),
    in_event=st.booleans(),
)


def ever(*agendas):
    return [
        text
        for one in agendas
        for text in (
            *(item.text for item in (*one.topics, *one.to_read)),
            *(promise.text for promise in one.promises),
            *one.standing.texts,
        )
    ]


@given(OUTSIDE, OUTSIDE, AGENDAS, AGENDAS, LANGUAGES, LANGUAGES)
def test_text_outside_the_markers_stays_character_by_character(
    above, below, before, after, once, now
):
    """Whatever people called things, and whichever language it was written in."""
    text = f"{above}\n{marked(block(before, once))}\n{below}"
    merged = merge(text, block(after, now), ever(before, after))
    assert merged.text == f"{above}\n{marked(block(after, now))}\n{below}"
    assert merged.topics == ()


@given(
    OUTSIDE,
    OUTSIDE,
    AGENDAS,
    st.lists(LINE.map("note {}".format), max_size=3),
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


@given(OUTSIDE, OUTSIDE, AGENDAS, st.lists(LINE, max_size=4))
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
    agenda = Agenda((Item("pay", "Ida"),), link="https://t.example/a", in_event=False)
    assert block(agenda) == ("Your agenda: https://t.example/a",)
    assert "pay" in markdown(agenda)


def test_a_document_is_called_by_its_meeting_on_the_readers_clock():
    start = datetime(2027, 1, 19, 14, tzinfo=UTC)
    span = Span(start, start + timedelta(minutes=45))
    title = titled(("Ida", "Leyla"), span, "America/New_York")
    assert title == "Ida and Leyla, Tuesday 19 January 2027, 09:00 to 09:45 in New York"
    assert markdown(Agenda(), title).startswith(f"# {title}\n\n## For both\n\n- ")
    german = titled(("Ida", "Leyla"), span, "Europe/Berlin", "de")
    assert german == (
        "Ida und Leyla, Dienstag, 19. Januar 2027, 15:00 bis 15:45 in Berlin"
    )


def test_the_first_meeting_asks_its_own_questions():
    assert "worth your time" in "\n".join(block(Agenda(first=True)))
    assert "worth your time" not in "\n".join(block(Agenda()))


def test_a_first_meeting_is_about_expectations_boundaries_and_feedback():
    kinds = [part.kind for part in parts(Agenda(first=True, turn=3))]
    assert kinds == [PartKind.FIRST, PartKind.LAST]


def test_every_question_of_the_set_has_its_turn_in_both_languages():
    for language, words in WORDS.items():
        asked = [
            part.said[0]
            for turn in range(len(words.questions))
            for part in parts(Agenda(turn=turn), language)
            if part.kind is PartKind.QUESTION
        ]
        assert len(set(asked)) == len(words.questions) >= 12
        assert len(words.questions) == len(WORDS["en"].questions)


def test_a_programme_may_ask_in_its_own_words_and_its_old_ones_stay_known():
    once = OURS.changed(questions=("Was macht die Werft?",))
    now = once.changed(questions=("Wohin geht die Reise?",))
    before, after = Agenda(standing=once), Agenda(standing=now, look=True)
    assert "- Was macht die Werft?" in block(before)
    assert "- Wohin geht die Reise?" in block(after)
    text = marked(block(before))
    assert merge(text, block(after), now.texts).text == marked(block(after))
    back = now.changed(questions=("Was macht die Werft?",))
    assert back.earlier == ("Wohin geht die Reise?",)


def test_a_question_is_one_line_with_an_end():
    for asked in (("",), ("a\nb",), ("x" * 201,), ("ok?",) * 41, (" padded",)):
        with pytest.raises(Refused, match="E_QUESTIONS"):
            OURS.changed(questions=asked)


def test_what_the_last_release_wrote_is_known_as_ours():
    written = (
        "Topics",
        "- How to say no (Leyla)",
        "(Add your own: a line here that begins with topic: and says what.)",
        "For both",
        "- One thing that went well; small ones count.",
        "- Tell of a time when something went wrong for you. What did you do next?",
        "- What would you try if it could not fail?",
        "- Before you part, one line each: what I heard today.",
        "Your agenda: https://troth.example/p/agenda/1",
    )
    assert merge(marked(written), (), ["How to say no"]).text == marked(())
    assert all(line.strip() == line for line in LINES)


def test_what_is_over_for_three_days_leads_and_asks_what_becomes_of_it():
    due = date(2026, 3, 6)
    agenda = Agenda(
        promises=(
            Promised("Ida", "the list", date(2026, 3, 20)),
            Promised("Leyla", "the draft", due, leads=True),
        )
    )
    assert block(agenda)[:3] == (
        "Promises",
        "- Done, a new date, or let go? Leyla: the draft, by Friday 6 March",
        "- Ida: the list, by Friday 20 March",
    )
    assert block(agenda, "de")[1] == (
        "- Erledigt, ein neuer Tag, oder loslassen? "
        "Leyla: the draft, bis Freitag, 6. März"
    )


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
