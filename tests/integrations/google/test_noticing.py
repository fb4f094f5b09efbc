"""The twelve ways of cancelling: each noticed once, told once, and whose act it was.

{one date, the series} x {deleted, declined, moved} x {the organiser, the guest}, with
the guest's calendar connected and not. Issue 5; architecture.md, 'Detection is a diff
of dates' and 'Evidence has three grades'.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest

from scheduler.evidence import EvidenceKind, SourceKind
from scheduler.ids import PersonId
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.series import CopyState
from scheduler.timespan import Span
from scheduler.usecases.answer_question import answer_question
from scheduler.work import WorkKind
from tests.integrations.google.booked import HOUR, GoogleWorld
from tests.usecases.noticing import POLL

#: A minute together: for `make test`.
pytestmark = pytest.mark.slow

LATER = 2 * HOUR
KINDS = (LetterKind.FELL_OUT, LetterKind.MOVED, LetterKind.ASK, LetterKind.CLASH)
ACTS = (EvidenceKind.CANCELLED, EvidenceKind.DECLINED, EvidenceKind.MOVED)


@dataclass(frozen=True)
class Way:
    """What is done, to what, by whom."""

    act: str
    what: str
    who: str

    def __str__(self) -> str:
        return f"{self.what} {self.act} by {self.who}"


WAYS = [
    Way(act, what, who)
    for what in ("date", "series")
    for act in ("deleted", "declined", "moved")
    for who in ("organiser", "guest")
]
#: What only a guest's own calendar shows.
UNSEEN = {Way("moved", what, "guest") for what in ("date", "series")}


async def begun(**how: object) -> tuple[GoogleWorld, Pair]:
    world = GoogleWorld()
    await world.open()
    return world, await world.begun(**how)  # type: ignore[arg-type]


def roles(pair: Pair, by: str) -> dict[str, PersonId]:
    host = pair.mentor if by == "mentor" else pair.mentee
    return {"organiser": host, "guest": pair.partner(host)}


async def do(world: GoogleWorld, pair: Pair, way: Way, person: PersonId) -> None:
    at = await world.start(pair, 1) if way.what == "date" else None
    match way.act:
        case "deleted":
            await world.deletes(person, pair, at)
        case "declined":
            await world.answers(person, pair, "declined", at)
        case _ if at is None:
            await world.drags(person, pair, LATER)
        case _:
            length = (await world.standing(pair)).length
            await world.moves(person, pair, at, Span(at + LATER, at + LATER + length))


async def letters(world: GoogleWorld, pair: Pair) -> dict[LetterKind, list[PersonId]]:
    found = {kind: await world.letters(pair, kind) for kind in KINDS}
    return {
        kind: sorted(one.to for one in some if one.to)
        for kind, some in found.items()
        if some
    }


async def acts(
    world: GoogleWorld, pair: Pair
) -> set[tuple[EvidenceKind, PersonId | None, SourceKind]]:
    rows = await world.evidence(pair)
    return {(e.kind, e.by, e.source) for e in rows if e.kind in ACTS}


async def fallen(world: GoogleWorld, pair: Pair) -> list[int]:
    own = [m for m in (await world.standing(pair)).meetings if m.key.n == 0]
    return [n for n, meeting in enumerate(own) if not meeting.is_live]


def expected_letters(
    way: Way, pair: Pair, person: PersonId, *, connected: bool
) -> dict[LetterKind, list[PersonId]]:
    if way in UNSEEN:
        return {LetterKind.ASK: [person]} if connected else {}
    kind = LetterKind.MOVED if way.act == "moved" else LetterKind.FELL_OUT
    return {kind: sorted(pair.both())}


def expected_acts(
    way: Way, person: PersonId, *, connected: bool
) -> set[tuple[EvidenceKind, PersonId | None, SourceKind]]:
    """A guest's deletion is told to the organiser as an answer, whoever tells first."""
    if way in UNSEEN:
        return set()
    kinds = {
        "moved": {EvidenceKind.MOVED},
        "declined": {EvidenceKind.DECLINED},
        "deleted": {EvidenceKind.CANCELLED},
    }[way.act]
    if (way.act, way.who) == ("deleted", "guest"):
        kinds = {EvidenceKind.DECLINED} | (kinds if connected else set())
    return {(kind, person, SourceKind.GOOGLE) for kind in kinds}


@pytest.mark.parametrize("by", ["mentor", "mentee"])
@pytest.mark.parametrize("connected", [True, False], ids=["connected", "unconnected"])
@pytest.mark.parametrize("way", WAYS, ids=str)
async def test_each_way_is_noticed_once_and_told_once(
    way: Way, connected: bool, by: str
) -> None:
    world, pair = await begun(guest_connected=connected, by=by)
    person = roles(pair, by)[way.who]
    before = await world.standing(pair)
    await do(world, pair, way, person)
    await world.settle(6 * POLL)
    told = await letters(world, pair)
    rows = len(await world.outbox(pair))
    assert told == expected_letters(way, pair, person, connected=connected)
    assert await acts(world, pair) <= expected_acts(way, person, connected=connected)
    if way in UNSEEN:
        # A proposal at most: nothing moves before the guest says so.
        assert await world.standing(pair) == before
    else:
        assert await acts(world, pair)
        count = len(before.live())
        dates = [1] if way.what == "date" else list(range(count))
        assert await fallen(world, pair) == ([] if way.act == "moved" else dates)
    if connected and way not in UNSEEN:
        # Nothing that fell out is left in anybody's calendar.
        stands = {m.span for m in (await world.standing(pair)).live()}
        for one in pair.both():
            seen = {s for found in await world.objects(one) for s in found.busy()}
            assert seen == stands
    # Whatever is read again, and however often, adds nothing.
    await world.live_through(timedelta(hours=4), timedelta(minutes=15))
    for connection in (
        *await world.connections(pair.mentor),
        *await world.connections(pair.mentee),
    ):
        await world.do(WorkKind.SYNC, connection.id)
        await world.do(WorkKind.OBSERVE, pair.id)
    await world.work()
    assert len(await world.outbox(pair)) == rows
    assert await letters(world, pair) == told
    assert len(await world.series(pair)) == 1


@pytest.mark.parametrize("way", [w for w in WAYS if w.what == "series"], ids=str)
async def test_who_took_the_series_away_never_gets_it_again(way: Way) -> None:
    """promises.md F42."""
    world, pair = await begun()
    person = roles(pair, "mentor")[way.who]
    await do(world, pair, way, person)
    await world.settle()
    series = await world.standing(pair)
    copy = await world.copy(person, series.uid)
    assert copy
    if way.act == "moved":
        assert copy.state is CopyState.THERE
    elif (way.act, way.who) == ("declined", "organiser"):
        # A no takes nothing out: Troth did, for the guest's sake.
        assert copy.state is CopyState.ENDED
    else:
        assert copy.state is CopyState.REMOVED_BY_PERSON
    assert world.asked("events.insert") == 1
    assert len(await world.series(pair)) == 1


@pytest.mark.parametrize("yes", [True, False])
@pytest.mark.parametrize("what", ["date", "series"])
async def test_a_drag_in_the_guests_copy_moves_it_once_they_say_so(
    what: str, yes: bool
) -> None:
    """promises.md: it changes only that copy, and is a proposal."""
    world, pair = await begun()
    before = await world.standing(pair)
    await do(world, pair, Way("moved", what, "guest"), pair.mentee)
    await world.settle(3 * POLL)
    [letter] = await world.letters(pair, LetterKind.ASK)
    assert letter.about
    await answer_question(pair.id, letter.about, pair.mentee, yes=yes, **world.ports)
    await world.settle(6 * POLL)
    after = await world.standing(pair)
    moved = [
        n for n, m in enumerate(after.meetings) if m.span != before.meetings[n].span
    ]
    dates = [1] if what == "date" else list(range(len(before.meetings)))
    assert moved == (dates if yes else [])
    told = {LetterKind.ASK: [pair.mentee]}
    if yes:
        told |= {LetterKind.MOVED: sorted(pair.both())}
        # The organiser's event follows, and with it everybody's.
        found = await world.objects(pair.mentor)
        assert {s for one in found for s in one.busy()} == {
            m.span for m in after.meetings
        }
    assert await letters(world, pair) == told


@pytest.mark.parametrize("act", ["deleted", "moved"])
async def test_what_a_guests_calendar_tells_first_is_still_the_organisers_doing(
    act: str,
) -> None:
    """The guest is the mentor, at whom Troth looks first."""
    world, pair = await begun(by="mentee")
    await do(world, pair, Way(act, "date", "organiser"), pair.mentee)
    (theirs,), (lead,) = [await world.connections(one) for one in pair.both()]
    for calendars in ((theirs,), (theirs, lead)):
        for connection in calendars:
            await world.do(WorkKind.SYNC, connection.id)
        await world.do(WorkKind.OBSERVE, pair.id)
        world.clock.advance(timedelta(minutes=3))
    kind = EvidenceKind.MOVED if act == "moved" else EvidenceKind.CANCELLED
    assert await acts(world, pair) == {(kind, pair.mentee, SourceKind.GOOGLE)}
    assert LetterKind.ASK not in await letters(world, pair)


async def test_a_question_that_is_not_answered_is_not_asked_again() -> None:
    """Though some of what it asked about is over by then."""
    world, pair = await begun()
    await do(world, pair, Way("moved", "series", "guest"), pair.mentee)
    await world.live_through(timedelta(days=40), 12 * HOUR)
    assert len(await world.letters(pair, LetterKind.ASK, pair.mentee)) == 1
