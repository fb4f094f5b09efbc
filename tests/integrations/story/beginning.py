"""From a line of a list to a booked series, accepted by the mentee."""

from __future__ import annotations

import icalendar

from tests.integrations.story import people
from tests.integrations.story.cast import (
    BEGIN,
    END,
    MINUTES,
    SITE,
    Cast,
    period_of,
    the,
)
from tests.integrations.story.clear import fewest_unclear
from tests.integrations.story.dav import (
    answered,
    master,
    overrides,
    shelf,
    times,
)
from tests.integrations.story.people import BERLIN, LEYLA, NEW_YORK, TROTH


async def a_coordinator_adds_the_pair(cast: Cast) -> None:
    stage = cast.stage
    programme, link = people.sign_in(stage.now)
    async with stage.services.begin() as uow:
        await uow.programmes.put(programme)
        await uow.doors.put_link(link)
        await uow.commit()
    desk = await stage.browser()
    await desk.open(stage.services.links.address(link))
    await desk.send(f"/{desk.url.rpartition('/')[2]}")
    await desk.open("/programme/import")
    await desk.send("/import", text=people.LIST, act="read")
    assert await cast.read() == ([], [])
    await desk.send("/import", act="save")
    assert "Ida Marchetti" in desk.page and "Leyla Aydin" in desk.page


async def both_accept(cast: Cast) -> None:
    await cast.stage.work()
    (for_ida,), (for_leyla,) = await cast.read()
    assert not for_ida.method and not for_leyla.method
    ida = await cast.browse(for_ida, "agree")
    agreement = ida.url
    await ida.open("/calendar")
    await ida.send("/caldav", address=cast.home, username="ida", password="her own")
    await ida.send("/chosen")
    leyla = await cast.browse(for_leyla, "agree")
    await leyla.open("/calendar")
    await leyla.send("/feed", url=cast.feed.url)
    await cast.stage.work()
    for browser in (ida, leyla):
        shown = await browser.open(agreement.replace("/agreement", "/plan"))
        assert "Nothing is in anyone’s calendar yet" in shown
        assert await cast.at_idas() == []
        await browser.open(agreement)
        await browser.send("/accept")
    assert "which you have both accepted" in leyla.page


async def the_slot_is_found_and_booked(cast: Cast, valkey: str) -> None:
    await cast.stage.work_by_redis(valkey)
    (name,) = set(await cast.hers.names()) - set(people.mentors_week())
    calendar, _ = await cast.hers.get(name)
    cast.uid = str(master(calendar)["UID"])
    suits_both(calendar)
    is_a_copy_of_her_own(calendar)

    for_ida, for_leyla = await cast.read()
    told, invited = the(for_ida, "Your meetings"), the(for_leyla, "Your meetings")
    assert (len(for_ida), len(for_leyla)) == (1, 1)
    assert not told.method and "text/calendar" not in told.octets.decode()
    assert (invited.method, str(invited.event["UID"])) == ("REQUEST", cast.uid)
    assert str(invited.event["ORGANIZER"]) == f"mailto:{TROTH}"
    assert invited.event["RRULE"] == master(calendar)["RRULE"]
    assert int(invited.event["SEQUENCE"]) == 0
    assert await cast.agreed() == times(calendar)


def is_a_copy_of_her_own(calendar: icalendar.Calendar) -> None:
    """Nobody organises it; each meeting holds the agenda, and a link to it."""
    assert "METHOD" not in calendar
    for part in calendar.events:
        assert "ORGANIZER" not in part and "ATTENDEE" not in part
        assert part["ATTACH"].params["FMTTYPE"] == "text/html"
        assert str(part["ATTACH"]).startswith(f"{SITE}/p/agenda/")
        lines = str(part["DESCRIPTION"]).splitlines()
        assert lines.count(BEGIN) == lines.count(END) == 1


def suits_both(calendar: icalendar.Calendar) -> None:
    """One meeting in each of 13 periods, clear for both; as few moved as can be.

    All others stand at one time of one wall clock, through both clock changes.
    """
    meetings, taken = times(calendar), people.taken_by_both()
    assert [period_of(start) for start, _ in meetings] == list(range(13))
    for start, end in meetings:
        assert end - start == MINUTES
        assert 9 <= start.astimezone(NEW_YORK).hour < 13
        assert 14 <= start.astimezone(BERLIN).hour < 19
        assert not [busy for busy in taken if busy[0] < end and start < busy[1]]
    moved = [e for e in overrides(calendar) if e["RECURRENCE-ID"].dt != e.start]
    assert len(moved) == fewest_unclear(taken)
    usual = {start for start, _ in meetings} - {e.start for e in moved}
    clock = master(calendar).start.tzinfo
    assert len({start.astimezone(clock).time() for start in usual}) == 1
    assert len({start.time() for start in usual}) == 2


async def the_mentees_server_accepts(cast: Cast) -> None:
    """What she clicks there is her PARTSTAT; the answer comes back by mail."""
    async with shelf(cast.mentees.calendar) as program:
        name, calendar = await program.find(cast.uid)
        assert times(calendar) == await cast.agreed()
        await program.change(name, answered(LEYLA, "ACCEPTED"))
    (reply,) = await cast.troth.all()
    assert reply.method == "REPLY" and LEYLA not in str(reply.mail["From"])
    await the_answer_is_recorded(cast)


async def the_mentees_phone_accepts(cast: Cast) -> None:
    """It answers from her own address (RFC 6047)."""
    now = cast.stage.now
    reply = cast.phone.answer_mail(cast.uid, "ACCEPTED", to=TROTH, now=now)
    await cast.leyla.send(reply)
    await the_answer_is_recorded(cast)


async def the_answer_is_recorded(cast: Cast) -> None:
    assert await cast.partstat() == ""
    await cast.stage.one_poll()
    assert await cast.partstat() == "ACCEPTED"
    assert await cast.read() == ([], [])
    assert await cast.troth.all() == []
