"""A question about one's own calendar has two buttons; only sending one acts."""

from scheduler.access import Purpose
from scheduler.series import MeetingState
from scheduler.usecases.leave_out import leave_out
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
