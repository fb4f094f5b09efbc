"""Which of a calendar's events are ours: known by their names, after the read."""

from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.ids import PersonId
from scheduler.invite import Method
from scheduler.itip import Edition, Revision, Words, whole
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.ports.calendars import Rebook
from scheduler.sync import SyncPlan
from scheduler.work import WorkKind
from tests.integrations.google.booked import DAY, HOUR, GoogleWorld
from tests.usecases.noticing import POLL


async def begun(**how: bool) -> tuple[GoogleWorld, Pair]:
    world = GoogleWorld()
    await world.open()
    return world, await world.begun(**how)


async def uids(world: GoogleWorld, person: PersonId) -> dict[str, str]:
    """What is kept of a person's calendars: ids and UIDs."""
    async with world.store(read_only=True) as uow:
        return {
            str(one.id): one.uid
            for connection in await uow.calendars.of_person(person)
            for one in await uow.calendars.objects(connection.id)
        }


async def told(world: GoogleWorld, pair: Pair) -> list[LetterKind]:
    kinds = (LetterKind.FELL_OUT, LetterKind.MOVED, LetterKind.ASK, LetterKind.CLASH)
    return [kind for kind in kinds for _ in await world.letters(pair, kind)]


async def test_both_copies_of_an_event_are_known_by_its_id() -> None:
    world, pair = await begun()
    series, event = await world.standing(pair), await world.event(pair)
    for person in pair.both():
        assert await uids(world, person) == {event: series.uid}


async def test_nothing_is_noticed_while_nothing_happens() -> None:
    world, pair = await begun()
    before = len(await world.outbox(pair))
    await world.live_through(DAY, 6 * HOUR)
    assert len(await world.outbox(pair)) == before
    assert await told(world, pair) == []


async def test_what_was_kept_nameless_is_named_by_the_next_read() -> None:
    """It was read before anybody knew the series; nothing changes in it since."""
    world, pair = await begun()
    (home,) = await world.connections(pair.mentor)
    async with world.store() as uow:
        (known,) = await uow.calendars.objects(home.id)
        assert home.cursor
        bare = SyncPlan((replace(known, uid=""),), frozenset(), home.cursor)
        await uow.calendars.apply(home.id, bare)
        await uow.commit()
    assert list((await uids(world, pair.mentor)).values()) == [""]
    await world.do(WorkKind.SYNC, home.id)
    series = await world.standing(pair)
    assert list((await uids(world, pair.mentor)).values()) == [series.uid]


@pytest.mark.parametrize("number", [0, 1, 3])
async def test_f41_a_split_that_changes_no_time_is_no_change(number: int) -> None:
    world, pair = await begun()
    at = await world.start(pair, number)
    before = await world.standing(pair)
    name = await world.splits(pair.mentor, pair, at, {"summary": "Now with cake"})
    await world.settle()
    assert await world.standing(pair) == before
    assert await told(world, pair) == []
    assert (await uids(world, pair.mentor))[name] == before.uid
    assert len(await world.series(pair)) == 1  # promises.md I1


async def test_f41_what_is_done_to_a_part_is_done_to_the_series() -> None:
    world, pair = await begun()
    at = await world.start(pair, 2)
    name = await world.splits(pair.mentor, pair, at, {"summary": "Now with cake"})
    await world.settle(3 * POLL)
    later = await world.start(pair, 3)
    await world.act(pair.mentor, "delete", pair, later, event=name)
    await world.settle()
    assert not (await world.meeting(pair, 3)).is_live
    assert await told(world, pair) == [LetterKind.FELL_OUT] * 2


async def test_f41_a_split_to_another_hour_is_moved_dates_told_once() -> None:
    world, pair = await begun()
    at = await world.start(pair, 2)
    series = await world.standing(pair)
    late = {
        "start": {"dateTime": (at + 2 * HOUR).isoformat()},
        "end": {"dateTime": (at + 2 * HOUR + series.length).isoformat()},
    }
    await world.splits(pair.mentor, pair, at, late)
    await world.settle()
    assert await told(world, pair) == [LetterKind.MOVED] * 2
    after = await world.standing(pair)
    assert after.id == series.id
    for was, now in zip(series.meetings, after.meetings, strict=True):
        assert was.span and now.span
        assert now.key == was.key
        by = 2 * HOUR if was.key.original_start >= at else timedelta(0)
        assert now.span.start == was.span.start + by
    assert len(await world.series(pair)) == 1


async def test_an_event_that_people_duplicate_is_theirs() -> None:
    world, pair = await begun()
    event = await world.event(pair)
    entry = world.google.world.calendars[world.emails[pair.mentor]].entries[event]
    body = {
        key: entry.body[key] for key in ("start", "end", "summary") if key in entry.body
    }
    world.google.act(
        world.emails[pair.mentor], "events.insert", {"calendarId": "primary"}, body
    )
    await world.settle()
    series = await world.standing(pair)
    assert sorted((await uids(world, pair.mentor)).values()) == ["", series.uid]
    assert await told(world, pair) == []


async def test_anything_else_on_top_of_a_meeting_is_offered_a_move() -> None:
    """What a duplicate is not: it takes other time as well."""
    world, pair = await begun()
    at = await world.start(pair, 1)
    series = await world.standing(pair)
    body = {
        "start": {"dateTime": at.isoformat()},
        "end": {"dateTime": (at + 2 * series.length).isoformat()},
    }
    world.google.act(
        world.emails[pair.mentor], "events.insert", {"calendarId": "primary"}, body
    )
    await world.settle()
    assert await told(world, pair) == [LetterKind.CLASH] * 2


async def parts(world: GoogleWorld, pair: Pair) -> list[object]:
    """When the organiser's own parts of it make them busy."""
    series = await world.standing(pair)
    found = await world.objects(pair.mentor)
    return sorted(s for one in found if one.uid == series.uid for s in one.busy())


@pytest.mark.parametrize("act", ["declines", "deletes"])
async def test_f41_a_date_of_a_part_is_taken_out_of_that_part(act: str) -> None:
    """What the guest does reaches the organiser's event, whichever part holds it."""
    world, pair = await begun()
    name = await world.splits(
        pair.mentor, pair, await world.start(pair, 2), {"summary": "Now with cake"}
    )
    await world.settle(3 * POLL)
    before = await parts(world, pair)
    later = await world.start(pair, 3)
    body = None
    if act == "declines":
        answers = [
            {"email": world.emails[one], "responseStatus": said}
            for one, said in ((pair.mentor, "accepted"), (pair.mentee, "declined"))
        ]
        body = {"attendees": answers}
    method = "patch" if body else "delete"
    await world.act(pair.mentee, method, pair, later, body, event=name)
    await world.settle()
    gone = (await world.meeting(pair, 3)).span
    assert await parts(world, pair) == [span for span in before if span != gone]
    assert await told(world, pair) == [LetterKind.FELL_OUT] * 2


async def test_f41_a_series_that_ends_leaves_no_part_behind() -> None:
    world, pair = await begun()
    at = await world.start(pair, 2)
    name = await world.splits(pair.mentor, pair, at, {"summary": "Now with cake"})
    await world.settle(3 * POLL)
    assert len(await parts(world, pair)) == len(await world.live(pair))
    for event in (name, await world.event(pair)):
        await world.act(pair.mentee, "delete", pair, event=event)
    await world.settle()
    assert await world.live(pair) == []
    assert await parts(world, pair) == []
    calendar = world.google.world.calendars[world.emails[pair.mentor]]
    assert [e.id for e in calendar.entries.values() if not e.is_cancelled] == []


async def test_f41_a_date_that_both_parts_hold_is_read_all_the_same() -> None:
    """Split at its first date: that had an answer of its own in the old part."""
    world, pair = await begun(guest_connected=False)
    at = await world.start(pair, 0)
    await world.answers(pair.mentor, pair, "declined", at)
    await world.splits(pair.mentor, pair, at, {"summary": "Tea"})
    await world.settle()
    live = [m.key.original_start for m in await world.live(pair)]
    assert live[-3:] == [await world.start(pair, n) for n in range(10, 13)]
    assert await told(world, pair) == []


async def test_f41_a_series_that_gets_other_dates_as_a_whole_is_one_again() -> None:
    world, pair = await begun()
    at = await world.start(pair, 2)
    await world.splits(pair.mentor, pair, at, {"summary": "Now with cake"})
    series = await world.standing(pair)
    copy = await world.copy(pair.mentor, series.uid)
    (home,) = await world.connections(pair.mentor)
    assert copy
    assert copy.remote_id
    edition = Edition(Revision.first(world.clock.now()), Words("Ida and Leyla"))
    edit = Rebook(whole(series, edition, Method.NONE))
    for _ in range(2):
        await world.open_calendar(home).edit(copy.remote_id, edit, etag=None)
        await world.do(WorkKind.SYNC, home.id)
        assert await parts(world, pair) == [m.span for m in series.live()]
