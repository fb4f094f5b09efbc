"""The outbox: one row for each key, its work beside it, chains in order."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.memory.system import SeededIds
from integrations.store import effects
from scheduler.effects import (
    AcceptCopy,
    Effect,
    MoveInCopy,
    OutboxState,
    Outgoing,
    PutBackInCopy,
    PutCopy,
    RemoveCopy,
    SendInvite,
    SendLetter,
    ShortenCopy,
    TakeOutOfCopy,
)
from scheduler.errors import NotFound
from scheduler.ids import OutboxId, PairId, PersonId, ProgrammeId, Uid
from scheduler.invite import Attachment, Attendee, Invite, Method, Override
from scheduler.letters import Facts, Letter, LetterKind, Mark, RowMark
from scheduler.ports.store import Begin
from scheduler.series import MeetingKey
from scheduler.timespan import Span
from scheduler.work import WorkKind

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
IDS = SeededIds("outbox")
LETTER = SendLetter(Letter(LetterKind.MET, PersonId("ada"), PairId("p"), Facts()))

texts = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=20)
instants = st.datetimes(
    datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.just(UTC)
).map(lambda when: when.replace(fold=0))
spans = st.builds(
    lambda start, minutes: Span(start, start + timedelta(minutes=minutes)),
    instants,
    st.integers(1, 10_000),
)
keys = st.builds(MeetingKey, texts, instants, st.integers(0, 9))
attendees = st.builds(Attendee, texts, texts, st.booleans(), texts)
series = st.builds(
    Invite,
    uid=texts,
    sequence=st.integers(0, 99),
    stamp=instants,
    zone=texts,
    span=spans,
    summary=texts,
    method=st.sampled_from(Method),
    description=texts,
    rrule=texts,
    exdates=st.lists(instants, max_size=2).map(tuple),
    organizer=st.none() | attendees,
    attendees=st.lists(attendees, max_size=2).map(tuple),
    attachments=st.lists(st.builds(Attachment, texts, texts), max_size=1).map(tuple),
    meet=st.booleans(),
)
invites = series | st.builds(
    lambda invite, override: replace(invite, exdates=(), overrides=(override,)),
    series,
    st.builds(Override, instants, spans, st.none() | texts),
)
facts = st.builds(
    Facts,
    meeting=st.none() | spans,
    times=st.lists(spans, max_size=3).map(tuple),
    row=st.lists(
        st.builds(RowMark, st.sampled_from(Mark), spans, st.booleans()), max_size=2
    ).map(tuple),
    next=st.none() | spans,
    counts=st.lists(st.tuples(texts, st.integers()), max_size=3).map(tuple),
    agenda=texts,
    checked_at=st.none() | instants,
)
letters = st.builds(
    Letter,
    st.sampled_from(LetterKind),
    st.none() | texts,
    st.none() | texts,
    facts,
    st.none() | keys,
    st.none() | texts,
    texts,
)
numbers = st.integers(0, 99)
flags = st.booleans()
all_effects = st.one_of(
    st.builds(SendLetter, letters),
    st.builds(SendInvite, texts, invites),
    st.builds(PutCopy, texts, texts, invites),
    st.builds(MoveInCopy, texts, texts, texts, instants, spans, numbers, instants),
    st.builds(TakeOutOfCopy, texts, texts, texts, instants, numbers, instants, flags),
    st.builds(
        PutBackInCopy, texts, texts, texts, instants, spans, numbers, instants, flags
    ),
    st.builds(ShortenCopy, texts, texts, texts, instants, numbers, instants),
    st.builds(RemoveCopy, texts, texts, texts, st.none() | texts),
    st.builds(AcceptCopy, texts, texts, texts, numbers),
)


def row(
    key: str,
    *,
    chain: str = "",
    effect: Effect = LETTER,
    state: OutboxState = OutboxState.WAITING,
) -> Outgoing:
    return Outgoing(
        OutboxId(IDS.new()),
        key,
        ProgrammeId("P"),
        PairId("p"),
        effect,
        NOW,
        chain,
        state=state,
    )


async def add(begin: Begin, *rows: Outgoing) -> list[bool]:
    async with begin() as uow:
        added = [await uow.outbox.add(row) for row in rows]
        await uow.commit()
    return added


@settings(max_examples=40)
@given(all_effects)
def test_every_effect_comes_back_as_it_was(effect: Effect):
    back = effects.load(effects.dump(effect))
    assert back == effect
    assert repr(back) == repr(effect)


def test_every_kind_of_effect_has_a_tag():
    assert set(effects.TAGS.values()) == set(get_args(Effect))


class TestTheOutbox:
    async def test_keeps_a_row_as_it_is(self, any_begin: Begin):
        move = MoveInCopy(
            PersonId("ada"),
            IDS.new(),
            Uid("u@x.example"),
            NOW,
            Span(NOW, NOW + timedelta(hours=1)),
            3,
            NOW,
        )
        one = replace(row("k", chain="c", effect=move), until=NOW)
        await add(any_begin, one)
        done = replace(
            one,
            state=OutboxState.DEAD,
            attempts=7,
            first_tried_at=NOW,
            trouble="E_SMTP",
        )
        async with any_begin() as uow:
            assert await uow.outbox.get(one.id) == one
            await uow.outbox.put(done)
            assert await uow.outbox.get(one.id) == done
            assert await uow.outbox.of_pair(PairId("p")) == (done,)
            assert await uow.outbox.of_pair(PairId("q")) == ()
            with pytest.raises(NotFound):
                await uow.outbox.get(OutboxId("none"))

    async def test_makes_its_work_due(self, any_begin: Begin):
        one = row("k")
        await add(any_begin, one)
        async with any_begin() as uow:
            [lease] = await uow.work.take(NOW, until=NOW, most=5)
        assert (lease.work.kind, lease.work.subject) == (WorkKind.SEND, one.id)

    async def test_decided_twice_is_one_row(self, any_begin: Begin):
        first, second = row("k"), row("k")
        assert await add(any_begin, first) == [True]
        assert await add(any_begin, second, row("other")) == [False, True]
        async with any_begin(read_only=True) as uow:
            assert first in await uow.outbox.of_pair(PairId("p"))
            assert len(await uow.work.due(NOW, most=5)) == 2
            with pytest.raises(NotFound):
                await uow.outbox.get(second.id)

    async def test_does_a_chain_in_order(self, any_begin: Begin):
        first, other, second = row("1", chain="a"), row("2", chain="b"), None
        second = row("3", chain="a")
        loose = row("4"), row("5")
        await add(any_begin, first, other, second, *loose)
        async with any_begin() as uow:
            before = uow.outbox.is_waiting_before
            assert await before(second)
            assert not await before(first)
            assert not await before(other)
            assert not await before(loose[1])
            await uow.outbox.put(replace(first, state=OutboxState.DROPPED))
            assert not await before(second)

    async def test_shows_a_programme_what_is_dead(self, any_begin: Begin):
        dead = row("1", state=OutboxState.DEAD)
        elsewhere = replace(
            row("2", state=OutboxState.DEAD), programme=ProgrammeId("Q"), pair=None
        )
        await add(any_begin, dead, elsewhere, row("3"))
        async with any_begin(read_only=True) as uow:
            assert await uow.outbox.dead(ProgrammeId("P")) == (dead,)
