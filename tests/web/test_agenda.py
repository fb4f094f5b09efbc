"""The agenda page: what is private stays so, what is wrong keeps what was typed."""

from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from scheduler.documents import DocumentState, Run, begun
from scheduler.ids import AccountId, PersonId
from scheduler.topics import Topic
from tests.web.test_pair import book
from tests.web.world import IDA, LEYLA, PAIR, World, token_of

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

AGENDA = f"/pair/{PAIR.id}/agenda"
TOPICS = f"/pair/{PAIR.id}/topics"
LINKS = f"/pair/{PAIR.id}/links"
DOC = "https://docs.example.org/d/1"


async def topics(world: World) -> tuple[Topic, ...]:
    async with world.services.begin(read_only=True) as uow:
        return await uow.topics.of_pair(PAIR.id)


async def post(world: World, path: str, **form: str) -> tuple[int, str]:
    page = await world.client.get(AGENDA)
    token = {"csrf": token_of(page.text)}
    answer = await world.client.post(path, data=token | form)
    if answer.status_code == 303:
        shown = await world.client.get(answer.headers["location"])
        return 303, shown.text
    return answer.status_code, answer.text


async def test_a_note_to_oneself_is_shown_to_the_other_only_when_it_is_shared(
    world: World,
) -> None:
    await book(world)
    await world.come_in(LEYLA)
    note = {"topic": "my salary", "private": "true"}
    _, page = await post(world, TOPICS, **note)
    assert "You, and only you see it" in page and "my salary" in page
    _, page = await post(world, TOPICS, back="agenda", **note)
    assert "Only for you" in page and page.count("<p>my salary</p>") == 1
    [note] = await topics(world)
    await world.come_in(IDA)
    for path in (AGENDA, f"/pair/{PAIR.id}"):
        assert "my salary" not in (await world.client.get(path)).text
    for how in ("share", "edit", "take back", "put back", "done"):
        status, page = await post(world, f"{TOPICS}/{note.id}", how=how, text="x")
        assert status == 404 and "salary" not in page
    api = f"/api/v1/pairs/{PAIR.id}"
    theirs = {"authorization": f"Bearer {await world.token(PAIR.programme, IDA)}"}
    for path in ("topics", "agenda", "links", "meetings/past"):
        answer = await world.client.get(f"{api}/{path}", headers=theirs)
        assert answer.status_code == 200 and "salary" not in answer.text
    for how in ("done", "open", "share", "keep", "take-back", "put-back"):
        path = f"{api}/topics/{note.id}/{how}"
        answer = await world.client.post(path, headers=theirs)
        assert answer.status_code == 404 and "salary" not in answer.text
    mine = {"authorization": f"Bearer {await world.token(PAIR.programme, LEYLA)}"}
    [told] = (await world.client.get(f"{api}/topics", headers=mine)).json()
    assert (told["text"], told["shared"]) == ("my salary", False)
    await world.come_in(LEYLA)
    await post(world, f"{TOPICS}/{note.id}", how="share")
    await world.come_in(IDA)
    assert "my salary" in (await world.client.get(AGENDA)).text


async def test_a_topic_is_changed_taken_back_and_put_back_by_its_owner(
    world: World,
) -> None:
    await book(world)
    await world.come_in(LEYLA)
    await post(world, TOPICS, topic="Leiden", back="agenda")
    [topic] = await topics(world)
    _, page = await post(world, f"{TOPICS}/{topic.id}", how="edit", text="Gdańsk")
    assert "Gdańsk" in page and "<p>Leiden" not in page
    status, page = await post(world, f"{TOPICS}/{topic.id}", how="edit", text="x" * 301)
    assert status == 422 and "E_TOPIC" in page and "x" * 301 in page
    _, page = await post(world, f"{TOPICS}/{topic.id}", how="take back")
    assert "You took it back" in page
    _, page = await post(world, f"{TOPICS}/{topic.id}", how="put back")
    assert "You took it back" not in page and "Gdańsk" in page
    await world.come_in(IDA)
    status, page = await post(world, f"{TOPICS}/{topic.id}", how="edit", text="mine")
    assert status == 422 and "E_TOPIC_OWNER" in page
    _, page = await post(world, f"{TOPICS}/{topic.id}", how="done")
    assert "Talked about" in page
    _, page = await post(world, f"{TOPICS}/{topic.id}", how="open")
    assert "Talked about" not in page


@pytest.mark.parametrize(
    ("url", "code"),
    [
        ("javascript:alert(1)", "E_AGENDA_LINK"),
        ("data:text/html,x", "E_AGENDA_LINK"),
        ("file:///etc/passwd", "E_AGENDA_LINK"),
        ("http://docs.example.org/", "E_AGENDA_LINK"),
        ("https://docs.example.org/setup.exe", "E_AGENDA_TYPE"),
        ("https://docs.example.org/" + "x" * 2000, "E_AGENDA_TOO_BIG"),
    ],
)
async def test_what_is_no_link_is_refused_by_name(
    world: World, url: str, code: str
) -> None:
    await book(world)
    await world.come_in(LEYLA)
    status, page = await post(world, LINKS, url=url, title="Draft")
    assert status == 422 and code in page and 'value="Draft"' in page
    assert 'aria-invalid="true"' in page
    headers = {"authorization": f"Bearer {await world.token(PAIR.programme, LEYLA)}"}
    path = f"/api/v1/pairs/{PAIR.id}/links"
    answer = await world.client.post(path, json={"url": url}, headers=headers)
    status = 413 if code == "E_AGENDA_TOO_BIG" else 422
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.json()["field"] == "url"


async def test_links_are_on_the_agenda_until_either_takes_them_off(
    world: World,
) -> None:
    await book(world)
    await world.come_in(LEYLA)
    for n in range(25):
        status, page = await post(world, LINKS, url=f"{DOC}?n={n}", title=f"Draft {n}")
        assert status == 303 and f'href="{DOC}?n={n}"' in page
    status, page = await post(world, LINKS, url=DOC)
    assert status == 422 and "E_AGENDA_TOO_MANY" in page
    async with world.services.begin(read_only=True) as uow:
        first = (await uow.enclosures.of_pair(PAIR.id))[0]
    await world.come_in(IDA)
    _, page = await post(world, f"{LINKS}/{first.id}")
    assert "A link that was taken off" in page
    _, page = await post(world, f"{LINKS}/{first.id}", back="yes")
    assert "A link that was taken off" not in page


async def test_a_file_is_refused_and_so_is_too_much(world: World) -> None:
    await book(world)
    await world.come_in(LEYLA)
    token = token_of((await world.client.get(AGENDA)).text)
    word = await world.token(PAIR.programme, LEYLA)
    api = f"/api/v1/pairs/{PAIR.id}"
    for path, headers in (
        (LINKS, {}),
        (f"{api}/links", {"authorization": f"Bearer {word}"}),
    ):
        answer = await world.client.post(
            path,
            data={"csrf": token, "title": "x"},
            files={"url": ("setup.exe", b"MZ")},
            headers=headers,
        )
        assert answer.status_code == 422 and "E_AGENDA_TYPE" in answer.text, path

    async def in_pieces() -> AsyncIterator[bytes]:
        for _ in range(300):
            yield b"topic=" + b"x" * 1024

    answer = await world.client.post(TOPICS, content=in_pieces())
    assert answer.status_code == 413 and "E_AGENDA_TOO_BIG" in answer.text
    huge = {"csrf": token, "topic": "x" * (30 * 1024 * 1024)}
    for path in (TOPICS, LINKS, f"{api}/topics", f"{api}/links"):
        answer = await world.client.post(path, data=huge)
        assert answer.status_code == 413 and "E_AGENDA_TOO_BIG" in answer.text, path


async def test_the_note_of_the_next_meeting_stands_on_the_agenda(world: World) -> None:
    await book(world)
    async with world.services.begin(read_only=True) as uow:
        [series] = await uow.series.of_pair(PAIR.id)
    key = series.live()[0].key
    await world.come_in(LEYLA)
    status, _ = await post(world, f"/pair/{PAIR.id}/note/{key}", note="Bring the draft")
    assert status == 303
    await world.come_in(IDA)
    page = await world.client.get(AGENDA)
    assert "Bring the draft" in page.text


async def test_a_programme_asks_in_its_own_words(world: World) -> None:
    await book(world)
    word = await world.token(PAIR.programme, None)
    headers = {"authorization": f"Bearer {word}"}
    path = "/api/v1/programme/questions"
    asked = {"first": ["Wozu das alles?"], "questions": [], "look": []}
    answer = await world.client.put(path, json=asked, headers=headers)
    assert answer.status_code == 200 and answer.json() == asked
    assert (await world.client.get(path, headers=headers)).json() == asked
    await world.come_in(LEYLA)
    assert "Wozu das alles?" in (await world.client.get(AGENDA)).text
    bad = asked | {"look": ["a\nb"]}
    answer = await world.client.put(path, json=bad, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "E_QUESTIONS")
    mine = {"authorization": f"Bearer {await world.token(PAIR.programme, LEYLA)}"}
    assert (await world.client.get(path, headers=mine)).status_code == 404


async def test_a_stranger_adds_nothing(world: World) -> None:
    await book(world)
    async with world.services.begin() as uow:
        await uow.topics.put(
            Topic("t", PAIR.id, PersonId("ida"), "pay", world.clock.now())
        )
        await uow.commit()
    for path in (TOPICS, f"{TOPICS}/t", LINKS):
        answer = await world.client.post(path, data={"topic": "x", "url": DOC})
        assert answer.status_code == 401


async def test_the_page_and_the_api_tell_where_the_agenda_is_a_document(
    world: World,
) -> None:
    await book(world)
    await world.come_in(LEYLA)
    link = "https://docs.google.com/document/d/1abc/edit"
    assert link not in (await world.client.get(AGENDA)).text
    async with world.services.begin(read_only=True) as uow:
        [series] = await uow.series.of_pair(PAIR.id)
    one = begun(
        series.live()[0].key,
        PAIR.id,
        owner=IDA,
        account=AccountId("a"),
        news=Run("d", 1),
        now=world.clock.now(),
    ).made("1abc", link)
    path = f"/api/v1/pairs/{PAIR.id}/agenda"
    headers = {"authorization": f"Bearer {await world.token(PAIR.programme, LEYLA)}"}
    for state, told in ((one.state, False), (DocumentState.SHARED, True)):
        async with world.services.begin() as uow:
            await uow.documents.put(replace(one, state=state, is_left_alone=told))
            await uow.commit()
        page = (await world.client.get(AGENDA)).text
        assert (f'href="{link}"' in page) is told
        assert ("One of you changed Troth’s lines there" in page) is told
        shown = (await world.client.get(path, headers=headers)).json()
        assert shown["document"] == (link if told else None)
