"""A question about one's own calendar has two buttons; only sending one acts."""

from datetime import timedelta

import pytest

from integrations.memory.mail import MemoryMailIn
from scheduler.access import Purpose
from scheduler.ports.mail import Answer, Reply
from scheduler.series import Meeting, MeetingState
from scheduler.usecases.leave_out import leave_out
from scheduler.usecases.read_mail import read_mail
from tests.web.test_choose import meetings
from tests.web.test_pair import book
from tests.web.world import IDA, LEYLA, PAIR, World, token_of


async def test_what_one_proposes_the_other_is_asked(world: World) -> None:
    await book(world)
    [first, *_] = await meetings(world)
    given = world.services
    await leave_out(
        PAIR.id,
        first.key,
        IDA.id,
        begin=given.begin,
        clock=given.clock,
        ids=given.ids,
        links=given.links,
        sender=given.sender,
    )
    at = await world.link_for(LEYLA, Purpose.MET, str(first.key))
    entry = await world.client.get(at)
    clean = await world.client.get(entry.headers["location"])
    assert clean.status_code == 303, clean.text
    page_at = clean.headers["location"]
    page = await world.client.get(page_at)
    assert page.status_code == 200 and "out together?" in page.text
    assert (await meetings(world))[0] == first
    form = {"csrf": token_of(page.text)}
    no = await world.client.post(page_at, data=form | {"is_so": "no"})
    assert no.status_code == 303
    assert (await meetings(world))[0] == first
    for _ in range(2):
        yes = await world.client.post(page_at, data=form | {"is_so": "yes"})
        assert yes.status_code == 303, yes.text
    async with given.begin(read_only=True) as uow:
        [series] = await uow.series.of_pair(PAIR.id)
    meeting = series.meeting(first.key)
    assert meeting and meeting.state is MeetingState.SKIPPED


async def test_nobody_else_sees_the_question(world: World) -> None:
    await book(world)
    [first, *_] = await meetings(world)
    await world.come_in(IDA)
    page = await world.client.get(f"/pair/{PAIR.id}/question/{first.key}")
    assert page.status_code == 404


async def not_vouched_for(world: World, meeting: Meeting, answer: Answer) -> None:
    """An answer of Leyla's by mail, or of somebody who writes under her name."""
    mailbox, given = MemoryMailIn(), world.services
    async with given.begin(read_only=True) as uow:
        [series] = await uow.series.of_pair(PAIR.id)
    new = meeting.key.original_start + timedelta(days=21)
    reply = Reply(
        series.uid,
        LEYLA.email,
        answer,
        0,
        world.clock.now(),
        recurrence_id=meeting.key.original_start,
        proposed_start=new if answer is Answer.COUNTER else None,
        certain=False,
    )
    mailbox.put(reply)
    await read_mail(
        mail_in=mailbox,
        begin=given.begin,
        open_calendar=given.open_calendar,
        clock=given.clock,
        ids=given.ids,
        links=given.links,
        sender=given.sender,
        months=13,
    )


@pytest.mark.parametrize("is_so", ["yes", "no"])
async def test_an_answer_that_nobody_vouched_for_is_confirmed_here(
    world: World, is_so: str
) -> None:
    await book(world)
    [first, *_] = await meetings(world)
    await not_vouched_for(world, first, Answer.DECLINED)
    entry = await world.client.get(
        await world.link_for(LEYLA, Purpose.ASK, str(first.key))
    )
    page_at = entry.headers["location"]
    page = await world.client.get(page_at)
    assert page.status_code == 200 and "Yes, it is off" in page.text
    assert (await meetings(world))[0] == first
    form = {"csrf": token_of(page.text), "is_so": is_so}
    for _ in range(2):
        done = await world.client.post(page_at, data=form)
        assert done.status_code == 303, done.text
    assert ((await meetings(world))[0] == first) == (is_so == "no")


async def test_a_time_that_cannot_be_had_is_refused_and_nothing_moves(
    world: World,
) -> None:
    await book(world)
    [first, *_] = await meetings(world)
    await not_vouched_for(world, first, Answer.COUNTER)
    await world.come_in(LEYLA)
    page_at = f"/pair/{PAIR.id}/question/{first.key}"
    page = await world.client.get(page_at)
    assert "Yes, move it" in page.text
    form = {"csrf": token_of(page.text), "is_so": "yes"}
    done = await world.client.post(page_at, data=form)
    assert done.status_code == 409 and "E_SLOT_TAKEN" in done.text
    assert (await meetings(world))[0] == first
