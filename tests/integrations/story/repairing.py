"""A meeting falls out, another is booked; something new lies on top of a third."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from scheduler.work import LEASE
from tests.integrations.story.cast import BEGIN, MINUTES, Cast, period_of
from tests.integrations.story.dav import Time, on, without
from tests.integrations.story.post import Letter


async def the_mentor_deletes_one(
    cast: Cast, lives: Sequence[int] = ()
) -> tuple[Letter, Letter]:
    """In her own program; each life of Troth ends after so many units of work."""
    fell = (await cast.at_idas())[2]
    name, _ = await cast.hers.find(cast.uid)
    deleted = cast.stage.now
    await cast.hers.change(name, without(fell[0], deleted))
    for units in lives:
        cast.stage.set(cast.stage.now + LEASE + timedelta(seconds=1))
        await cast.stage.killed_after(units)
    cast.stage.set(deleted + cast.stage.poll)
    await cast.stage.work()

    for_ida, for_leyla = await cast.read()
    (fell_for_ida,) = for_ida
    (cancel,) = [m for m in for_leyla if m.method]
    (fell_for_leyla,) = [m for m in for_leyla if not m.method]
    assert str(cancel.event["UID"]) == cast.uid and int(cancel.event["SEQUENCE"]) == 1
    if cast.has_server:  # a program that loses the series when sent one instance
        assert (cancel.method, cancel.event.exdates) == ("REQUEST", [fell[0]])
    else:
        assert cancel.method == "CANCEL"
        assert cancel.event["RECURRENCE-ID"].dt == fell[0]
    assert fell not in await cast.agreed()
    assert (await cast.ledger()) == {2: "open"}
    for letter in (fell_for_ida, fell_for_leyla):
        assert "fell through: three times to choose from" in letter.subject
        assert len(letter.links("choose")) == 3
    return fell_for_ida, fell_for_leyla


async def one_click_and_one_confirmation_book_another(
    cast: Cast, for_ida: Letter, for_leyla: Letter
) -> None:
    """The click shows a page and changes nothing; whoever confirms first has chosen."""
    before, rows = await cast.at_idas(), cast.stage.rows()
    leyla = await cast.browse(for_leyla, "choose", 1)
    assert "Nothing is booked yet" in leyla.page
    assert cast.stage.rows() == rows
    await leyla.send()
    assert "it is" in leyla.page and await cast.ledger() == {2: "booked"}
    await cast.stage.work()

    (told_ida,), told_leyla = await cast.read()
    (request,) = [m for m in told_leyla if m.method]
    (told,) = [m for m in told_leyla if not m.method]
    assert not told_ida.method
    assert told_ida.subject == told.subject.replace("Ida", "Leyla")
    assert request.method == "REQUEST" and str(request.event["UID"]) != cast.uid
    (new,) = set(await cast.agreed()) - set(before)
    assert (request.event.start, request.event.end) == new
    assert period_of(new[0]) == 2 and new[1] - new[0] == MINUTES
    assert int(request.event["SEQUENCE"]) == 0
    _, calendar = await cast.hers.find(str(request.event["UID"]))
    (event,) = calendar.events
    assert "ORGANIZER" not in event and "RRULE" not in event
    assert str(event["DESCRIPTION"]).splitlines().count(BEGIN) == 1

    ida = await cast.browse(for_ida, "choose", 0)
    assert "Nothing is booked yet" not in ida.page and "it is" in ida.page
    await cast.stage.one_poll()
    assert await cast.agreed() == sorted([*before, new])
    assert await cast.read() == ([], [])


async def something_new_lies_on_top_of_a_meeting(cast: Cast) -> None:
    """In week nine, in the mentee's feed: a move is offered, and nothing else done."""
    before = await cast.agreed()
    (meeting,) = [m for m in before if period_of(m[0]) == 4]
    cast.taken.append((meeting[0] - timedelta(minutes=30), meeting[1]))
    cast.publish()
    await cast.stage.one_poll()
    (for_ida,), (for_leyla,) = await cast.read()
    for letter in (for_ida, for_leyla):
        assert "may not suit you both any more" in letter.subject
        assert "It stays where it is" in " ".join(letter.text.split())
        assert len(letter.links("choose")) == 3
    assert await cast.agreed() == before
    await cast.stage.one_poll()
    assert await cast.read() == ([], [])
    await it_is_moved(cast, meeting, for_ida)


async def it_is_moved(cast: Cast, meeting: Time, offered: Letter) -> None:
    """The mentor takes the second time: the same meeting, elsewhere in its period."""
    before = await cast.agreed()
    ida = await cast.browse(offered, "choose", 1)
    assert await cast.agreed() == before
    await ida.send()
    await cast.stage.work()
    (told_ida,), told_leyla = await cast.read()
    (request,) = [m for m in told_leyla if m.method]
    (told,) = [m for m in told_leyla if not m.method]
    assert not told_ida.method
    assert told_ida.subject == told.subject.replace("Ida", "Leyla")
    assert request.method == "REQUEST" and str(request.event["UID"]) == cast.uid
    assert int(request.event["SEQUENCE"]) == 2
    if not cast.has_server:
        assert request.event["RECURRENCE-ID"].dt == meeting[0]
    (new,) = set(await cast.agreed()) - set(before)
    assert meeting not in await cast.agreed() and period_of(new[0]) == 4
    _, calendar = await cast.hers.find(cast.uid)
    moved = on(calendar, meeting[0])
    assert (moved.start, moved.end) == new and "ATTENDEE" not in moved
    assert new[0] - timedelta(days=7) >= max(t for t, _ in before if t < meeting[0])
