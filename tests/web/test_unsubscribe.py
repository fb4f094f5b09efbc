"""One click unsubscribes, from one kind of letter, and nothing else (promises S5)."""

import pytest

from integrations.mail.wording.render import Wording
from scheduler.access import Purpose
from scheduler.effects import Message
from scheduler.letters import ALWAYS, Facts, Letter, LetterKind
from scheduler.ports.mail import Reader
from tests.web.world import HAFEN, IDA, LEYLA, PAIR, World, token_of
from web.pages.me import KINDS

GMAIL = {
    "content-type": "application/x-www-form-urlencoded",
    "user-agent": "Google-Mail-Unsubscribe",
}
ONE_CLICK = b"List-Unsubscribe=One-Click"


async def path_of(world: World, about: str = "agenda") -> str:
    return await world.link_for(IDA, Purpose.FEWER, about)


async def fewer(world: World) -> frozenset[str]:
    async with world.services.begin(read_only=True) as uow:
        return await uow.settings.fewer(IDA.id)


def test_every_letter_that_may_be_stopped_stands_on_the_page():
    assert set(KINDS) == set(LetterKind) - ALWAYS


async def test_the_way_gmail_asks(world: World):
    path = await path_of(world)
    answer = await world.client.post(path, content=ONE_CLICK, headers=GMAIL)
    assert answer.status_code == 200
    assert "set-cookie" not in answer.headers
    assert await fewer(world) == {"agenda"}
    async with world.services.begin(read_only=True) as uow:
        [act] = await uow.audit.about(IDA.id)
    assert (act.act, act.cause, act.programme) == ("letters stopped", "agenda", HAFEN)


async def test_as_a_form_with_parts(world: World):
    """RFC 8058 section 3.1 allows either encoding."""
    path = await path_of(world)
    files = {"List-Unsubscribe": (None, "One-Click")}
    answer = await world.client.post(path, files=files)
    assert answer.status_code == 200
    assert await fewer(world) == {"agenda"}


async def test_twice_is_once_and_two_kinds_are_two(world: World):
    for about in ("agenda", "agenda", "met"):
        path = await path_of(world, about)
        await world.client.post(path, content=ONE_CLICK, headers=GMAIL)
    assert await fewer(world) == {"agenda", "met"}
    async with world.services.begin(read_only=True) as uow:
        assert len(await uow.audit.about(IDA.id)) == 2


async def test_looking_changes_nothing(world: World):
    path = await path_of(world)
    for method in ("GET", "HEAD"):
        answer = await world.client.request(method, path)
        assert answer.status_code in {303, 405}
    assert await fewer(world) == frozenset()


async def test_a_post_that_does_not_say_it_changes_nothing(world: World):
    path = await path_of(world)
    for content in (b"", b"List-Unsubscribe=No", b"x=One-Click"):
        answer = await world.client.post(path, content=content, headers=GMAIL)
        assert 400 <= answer.status_code < 500
    assert await fewer(world) == frozenset()


@pytest.mark.parametrize("purpose", [p for p in Purpose if p is not Purpose.FEWER])
async def test_a_link_for_anything_else_does_not_do_it(world: World, purpose: Purpose):
    other = await world.link_for(IDA, purpose, "agenda")
    ticket = other.rpartition("/")[2]
    answer = await world.client.post(
        f"/p/fewer/{ticket}", content=ONE_CLICK, headers=GMAIL
    )
    assert answer.status_code in {404, 410}, answer.text
    assert await fewer(world) == frozenset()


async def test_it_opens_nothing(world: World):
    path = await path_of(world)
    await world.client.post(path, content=ONE_CLICK, headers=GMAIL)
    assert (await world.client.get("/letters")).status_code in {401, 403}


@pytest.mark.parametrize("kind", sorted(k.value for k in ALWAYS))
async def test_what_is_always_sent_goes_on(world: World, kind: str):
    path = await path_of(world, kind)
    await world.client.post(path, content=ONE_CLICK, headers=GMAIL)
    assert await fewer(world) == frozenset()


async def test_it_is_shown_and_undone_on_the_page(world: World):
    path = await path_of(world, "met")
    await world.client.post(path, content=ONE_CLICK, headers=GMAIL)
    await world.come_in(IDA)
    page = (await world.client.get("/letters")).text
    assert 'value="met"> ' in page and 'value="agenda" checked' in page
    wanted = [kind.value for kind in KINDS]
    form = {"csrf": token_of(page), "wanted": wanted}
    await world.client.post("/letters", data=form)
    assert await fewer(world) == frozenset()


async def test_the_letter_says_where(world: World):
    """Both headers stand in a letter that may be stopped, and lead there."""
    made: list[str] = []

    def link(purpose: Purpose, about: str = "") -> str:
        made.append(f"{purpose.value}:{about}")
        return f"https://troth.test/p/{purpose.value}/{about}"

    async with world.services.begin(read_only=True) as uow:
        programme = await uow.programmes.get(HAFEN)
    reader = Reader(programme, IDA, LEYLA, PAIR)
    letter = Letter(LetterKind.WELCOME, IDA.id, PAIR.id, Facts())
    message: Message = Wording().letter(letter, reader, link)
    headers = dict(message.headers)
    assert headers["List-Unsubscribe"] == "<https://troth.test/p/fewer/welcome>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "fewer:welcome" in made
