"""Agendas in written copies: what people wrote survives, whatever else happens."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler.agenda import BEGIN, END, parts
from scheduler.errors import NotFound, Refused
from scheduler.ids import PersonId, RemoteId
from scheduler.people import Pair
from scheduler.preparing import agenda_letter
from scheduler.series import Series
from scheduler.usecases.add_topic import add_topic
from scheduler.usecases.read_agenda import read_agenda
from scheduler.usecases.refresh_agenda import left_alone
from scheduler.usecases.say_met import say_met
from scheduler.usecases.tick_topic import tick_topic
from scheduler.work import WorkKind
from tests.usecases.world import World

LINES = st.lists(
    st.one_of(
        st.from_regex("note [a-z ]{1,20}[a-z]", fullmatch=True),
        st.from_regex("topic: [a-z]{3,9}", fullmatch=True),
    ),
    max_size=4,
)


async def booked() -> tuple[World, Pair, Series]:
    world = await World().open()
    pair = await world.agreed_pair("mentor", "mentee")
    await world.work()
    (series,) = await world.series(pair)
    return world, pair, series


def event(world: World, person: PersonId, at: datetime) -> tuple[RemoteId, str]:
    """Where a person's copy is, and what stands in it on this date."""
    paper = world.paper(person)
    (remote,) = paper.shelf.objects
    return remote, paper.words(remote, at)


async def add(world: World, pair: Pair, person: PersonId, text: str) -> str:
    topic = await add_topic(pair.id, person, text, begin=world.begin, clock=world.clock)
    return topic.id


async def test_a_topic_stands_in_both_events_and_goes_when_it_is_ticked_off():
    world, pair, series = await booked()
    first = series.first
    topic = await add(world, pair, pair.mentee, "How to say no")
    await world.work()
    for person in pair.both():
        assert "- How to say no (Leyla)" in event(world, person, first)[1].split("\n")
    second = series.live()[1].key.original_start
    assert "How to say no" not in event(world, pair.mentor, second)[1]
    await tick_topic(pair.id, pair.mentor, topic, begin=world.begin, clock=world.clock)
    await world.work()
    for person in pair.both():
        assert "How to say no" not in event(world, person, first)[1]


async def test_after_they_met_the_next_event_is_no_first_meeting_any_more():
    world, pair, series = await booked()
    asked = "- What stays between the two of you?"
    first, second = series.live()[:2]
    assert first.span and second.span
    world.clock.set(first.span.end + timedelta(hours=12))
    await world.work()
    for person in pair.both():
        assert asked in event(world, person, second.key.original_start)[1]
    await say_met(
        pair.id,
        pair.mentee,
        first.key,
        met=True,
        begin=world.begin,
        clock=world.clock,
    )
    await world.work()
    for person in pair.both():
        assert asked not in event(world, person, second.key.original_start)[1]


async def test_a_topic_written_into_one_event_reaches_the_other():
    world, pair, series = await booked()
    remote, text = event(world, pair.mentee, series.first)
    written = text.replace(END, f"topic: my talk in Leiden\n{END}")
    world.paper(pair.mentee).by_hand_write(remote, series.first, written)
    await world.do(WorkKind.REFRESH, pair.id)
    await world.do(WorkKind.REFRESH, pair.id)
    for person in pair.both():
        text = event(world, person, series.first)[1]
        assert text.count("my talk in Leiden") == 1
        assert "topic: my talk" not in text


async def test_it_is_heard_as_soon_as_the_calendar_is_read():
    world, pair, series = await booked()
    remote, text = event(world, pair.mentee, series.first)
    written = text.replace(END, f"topic: my talk in Leiden\n{END}")
    world.paper(pair.mentee).by_hand_write(remote, series.first, written)
    for _ in range(2):
        for person in pair.both():
            for connection in await world.connections(person):
                await world.do(WorkKind.SYNC, connection.id)
        await world.work()
    for person in pair.both():
        lines = event(world, person, series.first)[1].splitlines()
        assert "- my talk in Leiden (Leyla)" in lines


async def test_a_topic_that_was_ticked_off_stays_so_when_its_line_is_read_again():
    world, pair, series = await booked()
    topic = await add(world, pair, pair.mentee, "my talk")
    await tick_topic(pair.id, pair.mentor, topic, begin=world.begin, clock=world.clock)
    await world.work()
    remote, text = event(world, pair.mentee, series.first)
    written = text.replace(END, f"topic: my talk\n{END}")
    world.paper(pair.mentee).by_hand_write(remote, series.first, written)
    await world.do(WorkKind.REFRESH, pair.id)
    async with world.store(read_only=True) as uow:
        (known,) = await uow.topics.of_pair(pair.id)
    assert known.done_at is not None
    assert "my talk" not in event(world, pair.mentee, series.first)[1]


@pytest.mark.slow
@given(LINES, LINES, LINES, st.integers(1, 12))
@settings(max_examples=20, deadline=None)
def test_what_people_wrote_survives_even_when_they_write_meanwhile(
    above: list[str], inside: list[str], below: list[str], moment: int
):
    """They write once at rest, and once more between any two of our calls."""

    async def story() -> None:
        world, pair, series = await booked()
        paper, first = world.paper(pair.mentor), series.first
        remote, text = event(world, pair.mentor, first)

        def write() -> None:
            _, now = event(world, pair.mentor, first)
            lines = ["", *inside, END]
            text = now.replace(f"\n{END}", "\n".join(lines))
            text = "\n".join([*above, text, *below])
            paper.by_hand_write(remote, first, text)

        write()
        world.fuse.when(world.fuse.steps + moment, write)
        for _ in range(3):
            await world.do(WorkKind.REFRESH, pair.id)
        async with world.store(read_only=True) as uow:
            topics = {t.text for t in await uow.topics.of_pair(pair.id)}
        text = event(world, pair.mentor, first)[1]
        head, _, rest = text.partition(BEGIN)
        _, _, tail = rest.partition(END)
        notes = [line for line in inside if line.startswith("note")]
        asked = {x.removeprefix("topic: ") for x in inside if x.startswith("topic")}
        times = 1 if world.fuse.due else 2
        assert [x for x in head.split("\n") if x in above] == above * times
        assert topics == asked
        for line in set(notes) | set(below):
            wanted = times * (notes + below).count(line)
            assert tail.split("\n").count(line) == wanted
        assert "topic: " not in text.replace("with topic:", "") or any(
            "topic: " in x for x in (*above, *below)
        )

    asyncio.run(story())


async def test_broken_markers_are_left_alone_and_said_once():
    world, pair, series = await booked()
    remote, text = event(world, pair.mentor, series.first)
    broken = text.replace(END, "")
    world.paper(pair.mentor).by_hand_write(remote, series.first, broken)
    for n in range(3):
        await add(world, pair, pair.mentee, f"topic {n}")
        await world.work()
    assert event(world, pair.mentor, series.first)[1] == broken
    assert "topic 2" in event(world, pair.mentee, series.first)[1]
    about = left_alone(pair.mentor, series.live()[0].key)
    async with world.store(read_only=True) as uow:
        assert len(await uow.audit.about(about)) == 1


async def test_refreshing_again_writes_nothing():
    world, pair, _ = await booked()
    await world.do(WorkKind.REFRESH, pair.id)
    before = world.paper(pair.mentor).writes
    for _ in range(3):
        await world.do(WorkKind.REFRESH, pair.id)
    assert world.paper(pair.mentor).writes == before


async def test_after_a_meeting_the_next_one_has_its_agenda():
    world, pair, series = await booked()
    await add(world, pair, pair.mentor, "Leiden or Gdańsk?")
    await world.live_through(timedelta(days=9), timedelta(hours=6))
    second = series.live()[1].key.original_start
    first = series.first.astimezone(ZoneInfo(series.zone))
    carried = f"carried over from {first.day} {first:%B}"
    text = event(world, pair.mentor, second)[1]
    assert f"- Leiden or Gdańsk? (Ida, {carried})" in text.split("\n")


async def test_each_has_it_in_their_own_language_with_the_same_markers():
    world, pair, series = await booked()
    async with world.store() as uow:
        mentee = await uow.people.get(pair.mentee)
        await uow.people.put(replace(mentee, language="de-AT"))
        await uow.commit()
    topic = await add(world, pair, pair.mentor, "Leiden or Gdańsk?")
    await world.work()
    ours, theirs = (event(world, p, series.first)[1] for p in pair.both())
    assert "For both" in ours and "Für euch beide" in theirs
    assert "For both" not in theirs
    for text in (ours, theirs):
        assert text.count(BEGIN) == text.count(END) == 1
        assert "- Leiden or Gdańsk? (Ida)" in text
    async with world.store(read_only=True) as uow:
        told = await read_agenda(uow, pair.id, world.clock.now(), links=world.links)
    assert told
    by_mail = agenda_letter(told, pair.mentee).facts.agenda
    assert "## Für euch beide" in by_mail
    assert "## For both" in agenda_letter(told, pair.mentor).facts.agenda
    await tick_topic(pair.id, pair.mentor, topic, begin=world.begin, clock=world.clock)
    await world.work()
    tail = event(world, pair.mentee, series.first)[1].partition(END)[2]
    assert not tail.strip()


async def test_questions_take_turns_and_every_fourth_looks_at_the_relationship():
    world, pair, series = await booked()
    asked: list[tuple[str, ...]] = []
    for meeting in series.live()[:9]:
        assert meeting.span
        world.clock.set(meeting.span.start - timedelta(hours=1))
        async with world.store(read_only=True) as uow:
            told = await read_agenda(uow, pair.id, world.clock.now(), links=world.links)
        assert told and told.meeting.key == meeting.key
        asked.append(tuple(p.kind.value for p in parts(told.agenda)))
        if meeting == series.live()[0]:
            world.clock.set(meeting.span.end)
            await say_met(
                pair.id,
                pair.mentee,
                meeting.key,
                met=True,
                begin=world.begin,
                clock=world.clock,
            )
    assert asked[0] == ("first", "last")
    look = [n + 1 for n, kinds in enumerate(asked) if "look" in kinds]
    assert look == [4, 8]


async def test_the_same_words_twice_are_one_topic_and_strangers_are_refused():
    world, pair, _ = await booked()
    one = await add(world, pair, pair.mentor, "  How to   say no ")
    assert await add(world, pair, pair.mentor, "How to say no") == one
    with pytest.raises(Refused, match="E_TOPIC"):
        await add(world, pair, pair.mentor, "x" * 301)
    with pytest.raises(NotFound):
        await add(world, pair, PersonId("stranger"), "hello")


async def test_the_first_agenda_is_for_a_first_meeting():
    world, pair, _ = await booked()
    async with world.store(read_only=True) as uow:
        found = await read_agenda(uow, pair.id, world.clock.now(), links=world.links)
    assert found
    assert found.agenda.first
    assert "/p/agenda/" in found.link
