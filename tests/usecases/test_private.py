"""What is private to one is in nothing that the other gets, whatever was done."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scheduler import topics
from scheduler.agenda import END, block, markdown
from scheduler.errors import Refused
from scheduler.ids import PersonId
from scheduler.people import Pair
from scheduler.preparing import agenda_letter
from scheduler.series import Series
from scheduler.topics import Topic
from scheduler.usecases.add_topic import add_topic
from scheduler.usecases.change_topic import change_topic
from scheduler.usecases.read_agenda import read_agenda
from scheduler.usecases.see_agenda import see_agenda
from scheduler.usecases.see_pair import see_pair
from scheduler.work import WorkKind
from tests.usecases.test_refresh_agenda import booked, event
from tests.usecases.world import World

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

#: What somebody does with their n-th topic; `say` begins another one.
acts = st.lists(
    st.tuples(
        st.sampled_from(["mentor", "mentee"]),
        st.sampled_from(["note", "note", "say", "edit", "share", "keep", "take back"]),
        st.integers(0, 3),
    ),
    max_size=10,
)


class Told:
    """The two, what each brought, and which of its words both could read once."""

    def __init__(self, world: World, pair: Pair, series: Series) -> None:
        self.world, self.pair, self.series = world, pair, series
        self.theirs: dict[PersonId, list[Topic]] = {p: [] for p in pair.both()}
        self.said: dict[str, PersonId] = {}
        self.open: set[str] = set()

    async def act(self, role: str, what: str, nth: int) -> None:
        who: PersonId = getattr(self.pair, role)
        ports = {"begin": self.world.begin, "clock": self.world.clock}
        word = f"canary{len(self.said)}x"
        if what in {"note", "say"}:
            self.said[word] = who
            shared = what == "say"
            topic = await add_topic(self.pair.id, who, word, shared=shared, **ports)
            self.theirs[who].append(topic)
        elif nth < len(self.theirs[who]):
            self.said[word] = who
            changes: dict[str, topics.Change] = {
                "edit": lambda t, _: topics.edited(t, who, word),
                "share": lambda t, _: topics.shown(t, who, shared=True),
                "keep": lambda t, _: topics.shown(t, who, shared=False),
                "take back": lambda t, now: topics.taken_back(t, who, now),
            }
            old = self.theirs[who][nth]
            try:
                topic = await change_topic(
                    self.pair.id, who, old.id, changes[what], **ports
                )
            except Refused:
                return
            self.theirs[who][nth] = topic
        else:
            return
        if topic.shared and topic.taken_back_at is None:
            self.open.add(topic.text)

    async def gets(self, person: PersonId) -> str:
        """Everything that reaches this person, as text."""
        world, pair = self.world, self.pair
        async with world.store(read_only=True) as uow:
            told = await read_agenda(uow, pair.id, world.clock.now(), links=world.links)
        assert told
        seen = await see_agenda(
            pair.id,
            person,
            begin=world.begin,
            links=world.links,
            now=world.clock.now(),
        )
        view = await see_pair(pair.id, person, begin=world.begin, now=world.clock.now())
        own = (seen.topics, seen.private, seen.done, seen.taken_back, view.topics)
        return "\n".join(
            [
                event(world, person, self.series.first)[1],
                *(line for x in ("en", "de") for line in block(told.agenda, x)),
                markdown(told.agenda),
                repr(agenda_letter(told, person)),
                *(repr(one.text) for group in own for one in group),
                *(repr(told.texts_ever),),
            ]
        )


@given(acts)
@settings(max_examples=25, deadline=None)
def test_a_private_word_reaches_nobody_else_and_says_not_even_that_it_is_there(
    done: list[tuple[str, str, int]],
) -> None:
    async def story() -> None:
        told = Told(*await booked())
        for act in done:
            await told.act(*act)
            await told.world.work()
        hidden = {w: who for w, who in told.said.items() if w not in told.open}
        for person in told.pair.both():
            got = await told.gets(person)
            leaked = [w for w, who in hidden.items() if who != person and w in got]
            assert leaked == []
            text = event(told.world, person, told.series.first)[1]
            assert not [word for word in hidden if word in text]
        await guess(told, hidden)

    asyncio.run(story())


async def guess(told: Told, hidden: dict[str, PersonId]) -> None:
    """A line of the other that happens to say the same is theirs, and stays so."""
    for word, owner in hidden.items():
        other = told.pair.partner(owner)
        first, paper = told.series.first, told.world.paper(other)
        remote, text = event(told.world, other, first)
        paper.by_hand_write(remote, first, text.replace(END, f"- {word}\n{END}"))
        await told.world.do(WorkKind.REFRESH, told.pair.id)
        after = event(told.world, other, first)[1]
        assert f"- {word}" in after.partition(END)[2].split("\n")
