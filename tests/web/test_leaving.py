"""Taking along what is kept, and having it erased by a link that works once."""

from datetime import timedelta

from scheduler.access import Purpose
from scheduler.effects import SendLetter
from scheduler.erasing import Erasure
from scheduler.ids import OutboxId
from scheduler.letters import LetterKind
from scheduler.ports.mail import Reader
from scheduler.usecases.send_mail import MailLinks
from tests.web.world import HAFEN, IDA, LEYLA, World, token_of


async def asked(world: World) -> Erasure | None:
    async with world.services.begin(read_only=True) as uow:
        return await uow.erasures.find(IDA.id)


async def letters(world: World) -> list[LetterKind]:
    async with world.services.begin(read_only=True) as uow:
        rows = await uow.outbox.alone(IDA.id)
    return [r.effect.letter.kind for r in rows if isinstance(r.effect, SendLetter)]


async def test_what_is_kept_says_how_long_and_what_can_be_done(world: World):
    await world.come_in(IDA)
    page = (await world.client.get("/kept")).text
    assert "for 365 days" in page
    for way in ("/export", "/erase", "/letters"):
        assert f'href="{way}"' in page


async def test_the_copy_is_a_file(world: World):
    await world.come_in(IDA)
    answer = await world.client.get("/export")
    assert answer.headers["content-disposition"].endswith('troth-2026-09-21.json"')
    assert answer.headers["cache-control"] == "no-store"
    assert answer.json()["person"]["email"] == IDA.email
    assert LEYLA.email not in answer.text


async def test_the_copy_over_the_api(world: World):
    headers = {"authorization": f"Bearer {await world.token(HAFEN, IDA)}"}
    answer = await world.client.get("/api/v1/me/export", headers=headers)
    assert answer.json()["person"]["email"] == IDA.email
    coordinator = {"authorization": f"Bearer {await world.token(HAFEN, None)}"}
    answer = await world.client.get("/api/v1/me/export", headers=coordinator)
    assert answer.status_code == 404


async def test_asking_mails_a_link_and_does_nothing(world: World):
    await world.come_in(IDA)
    page = (await world.client.get("/erase")).text
    assert "Nothing has happened yet" in page
    for _ in range(2):
        answer = await world.client.post("/erase", data={"csrf": token_of(page)})
        assert answer.status_code == 200
    assert await letters(world) == [LetterKind.ERASE]
    assert await asked(world) is None


async def test_asking_needs_a_form_of_ours_and_a_fresh_link(world: World):
    await world.come_in(IDA)
    assert (await world.client.post("/erase", data={"csrf": "x"})).status_code == 403
    page = (await world.client.get("/erase")).text
    for _ in range(2):
        world.clock.set(world.clock.now() + timedelta(minutes=20))
        await world.client.get("/kept")
    answer = await world.client.post("/erase", data={"csrf": token_of(page)})
    assert answer.status_code == 401
    assert await letters(world) == []


async def mailed_link(world: World) -> str:
    """The link as the letter has it."""
    async with world.services.begin() as uow:
        reader = Reader(await uow.programmes.get(HAFEN), IDA)
        made = MailLinks(
            OutboxId("row"), reader, world.clock.now(), world.services.links
        )
        address = made(Purpose.ERASE)
        for link in made.made:
            await uow.doors.put_link(link)
        await uow.commit()
    return address.removeprefix("https://troth.test")


async def test_the_link_is_looked_at_as_often_as_one_likes(world: World):
    path = await mailed_link(world)
    for method in ("GET", "HEAD", "GET"):
        await world.client.request(method, path)
    page = await world.client.get(path)
    assert "Yes, erase it all" in page.text
    assert "set-cookie" not in page.headers
    assert await asked(world) is None


async def test_the_link_works_once(world: World):
    await world.come_in(IDA)
    path = await mailed_link(world)
    answer = await world.client.post(path)
    assert answer.status_code == 200 and "It has begun" in answer.text
    known = await asked(world)
    assert known is not None and known.done_at is None
    assert (await world.client.post(path)).status_code in {404, 410}
    assert (await world.client.get(path)).status_code in {404, 410}
    # Nobody is in any more, with no browser.
    assert (await world.client.get("/kept")).status_code == 401


async def test_the_link_is_over_after_a_day(world: World):
    path = await mailed_link(world)
    world.clock.set(world.clock.now() + timedelta(hours=24))
    assert (await world.client.post(path)).status_code in {404, 410}
    assert await asked(world) is None


async def test_no_other_link_does_it(world: World):
    for purpose in set(Purpose) - {Purpose.ERASE}:
        ticket = (await world.link_for(IDA, purpose)).rpartition("/")[2]
        answer = await world.client.post(f"/p/erase/{ticket}")
        assert answer.status_code in {404, 410}, purpose
    assert await asked(world) is None
