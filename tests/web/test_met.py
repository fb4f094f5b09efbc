"""'Did you meet?': a letter's click chooses, only the form answers."""

from datetime import UTC, datetime, timedelta

import pytest

from scheduler.access import Purpose
from scheduler.errors import Refused
from scheduler.evidence import EvidenceKind
from scheduler.series import MeetingKey
from tests.web.test_pair import book
from tests.web.world import IDA, LEYLA, PAIR, World, token_of
from web.walltime import read_wall_time

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow


async def a_key(world: World, n: int = 0) -> MeetingKey:
    async with world.services.begin(read_only=True) as uow:
        [series] = await uow.series.of_pair(PAIR.id)
    return series.meetings[n].key


async def answers(world: World) -> list[EvidenceKind]:
    async with world.services.begin(read_only=True) as uow:
        rows = await uow.evidence.of_pair(PAIR.id)
    return [row.kind for row in rows if row.by]


async def test_one_click_and_a_confirm(world: World) -> None:
    await book(world)
    key = await a_key(world)
    world.clock.set(key.original_start + timedelta(days=1))
    entry = await world.client.get(await world.link_for(LEYLA, Purpose.MET, str(key)))
    page_at = entry.headers["location"]
    page = await world.client.get(page_at, params={"said": "yes"})
    assert page.status_code == 200 and 'value="yes" required checked' in page.text
    assert await answers(world) == []
    form = {"csrf": token_of(page.text), "met": "yes"}
    for _ in range(2):
        done = await world.client.post(page_at, data=form)
        assert done.status_code == 303
    assert await answers(world) == [EvidenceKind.SAID_MET]
    thanks = await world.client.get(done.headers["location"])
    assert "Thank you, Leyla" in thanks.text


async def test_moved_to_another_time(world: World) -> None:
    await book(world)
    key = await a_key(world, 2)
    world.clock.set(datetime(2026, 11, 2, 12, tzinfo=UTC))
    await world.come_in(IDA)
    page_at = f"/pair/{PAIR.id}/met/{key}"
    page = await world.client.get(page_at)
    form = {"csrf": token_of(page.text), "met": "moved"}
    for moved_to, code in [
        ("", "E_TIME"),
        ("2030-12-01T10:00", "E_MOVED_TO"),
        ("2026-11-01T01:30", "E_TIME_TWICE"),
    ]:
        answer = await world.client.post(page_at, data=form | {"moved_to": moved_to})
        assert answer.status_code == 422 and code in answer.text
        assert moved_to in answer.text
    good = form | {"moved_to": "2026-11-01T01:30", "which": "second"}
    assert (await world.client.post(page_at, data=good)).status_code == 303
    async with world.services.begin(read_only=True) as uow:
        [row] = [r for r in await uow.evidence.of_pair(PAIR.id) if r.by]
    assert row.detail == "20261101T063000Z"


async def test_no_question_about_the_meetings_of_others(world: World) -> None:
    await book(world)
    await world.come_in(IDA)
    for key in ("nothing", "s/20260101T000000Z/0", "a/b/c"):
        answer = await world.client.get(f"/pair/{PAIR.id}/met/{key}")
        assert answer.status_code == 404


@pytest.mark.parametrize(
    ("text", "zone", "code"),
    [
        ("2026-03-29T02:30", "Europe/Berlin", "E_TIME_GAP"),
        ("2026-10-25T02:30", "Europe/Berlin", "E_TIME_TWICE"),
        ("2026-10-04T02:15", "Australia/Lord_Howe", "E_TIME_GAP"),
        ("soon", "Europe/Berlin", "E_TIME"),
        ("2026-03-29T02:30Z", "Europe/Berlin", "E_TIME"),
    ],
)
def test_wall_times_that_are_none(text: str, zone: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        read_wall_time(text, zone, field="at")
    assert refused.value.code == code


def test_a_skipped_time_comes_with_the_one_it_becomes() -> None:
    with pytest.raises(Refused, match=r"did you mean 03:30"):
        read_wall_time("2026-03-29T02:30", "Europe/Berlin", field="at")


async def test_moved_to_a_time_still_ahead_is_a_move(world: World) -> None:
    await book(world)
    key = await a_key(world, 2)
    world.clock.set(datetime(2026, 11, 2, 12, tzinfo=UTC))
    await world.come_in(IDA)
    page_at = f"/pair/{PAIR.id}/met/{key}"
    page = await world.client.get(page_at)
    form = {"csrf": token_of(page.text), "met": "moved", "moved_to": "2026-11-05T10:00"}
    for _ in range(2):
        done = await world.client.post(page_at, data=form)
        assert done.status_code == 303, done.text
    async with world.services.begin(read_only=True) as uow:
        [series] = await uow.series.of_pair(PAIR.id)
        rows = [e for e in await uow.evidence.of_pair(PAIR.id) if e.about == str(key)]
    meeting = series.meeting(key)
    assert meeting and meeting.span
    assert meeting.span.start == read_wall_time("2026-11-05T10:00", IDA.zone, field="x")
    assert [e.kind for e in rows].count(EvidenceKind.MOVED) == 1


async def test_what_is_said_beside_the_answer_is_kept_once(world: World) -> None:
    await book(world)
    key = await a_key(world)
    world.clock.set(key.original_start + timedelta(days=1))
    await world.come_in(LEYLA)
    page_at = f"/pair/{PAIR.id}/met/{key}"
    token = token_of((await world.client.get(page_at)).text)
    form = {
        "csrf": token,
        "met": "yes",
        "heard": "You listened",
        "thanks": "For asking twice",
        "topic": "Leiden or Gdańsk?",
        "promise": "the second draft",
        "by": "2026-12-18",
    }
    for _ in range(2):
        done = await world.client.post(page_at, data=form)
        assert done.status_code == 303
    shown = await world.client.get(done.headers["location"])
    assert "Your thanks stand on Ida" in shown.text
    async with world.services.begin(read_only=True) as uow:
        [topic] = await uow.topics.of_pair(PAIR.id)
        [promise] = await uow.promises.of_pair(PAIR.id)
        lines = await uow.lines.of_pair(PAIR.id)
    assert topic.text == "Leiden or Gdańsk?" and topic.shared
    assert (promise.text, promise.about) == ("the second draft", key)
    assert {line.text for line in lines} == {"You listened", "For asking twice"}
    again = await world.client.get(page_at)
    assert f'name="done" value="{promise.id}"' in again.text
    answer = {"csrf": token, "met": "no", "done": promise.id}
    assert (await world.client.post(page_at, data=answer)).status_code == 303
    async with world.services.begin(read_only=True) as uow:
        [promise] = await uow.promises.of_pair(PAIR.id)
        assert await uow.lines.of_pair(PAIR.id) == lines  # empty: as it was
    assert not promise.is_open


@pytest.mark.parametrize(
    ("field", "text", "code"),
    [
        ("heard", "x" * 301, "E_LINE"),
        ("thanks", "x" * 301, "E_LINE"),
        ("topic", "x" * 301, "E_TOPIC"),
        ("promise", "the draft", "E_PROMISE_DATE"),
        ("by", "2026-12-18", "E_PROMISE"),
    ],
)
async def test_an_error_beside_the_answer_keeps_all_of_the_form_and_notes_nothing(
    world: World, field: str, text: str, code: str
) -> None:
    await book(world)
    key = await a_key(world)
    world.clock.set(key.original_start + timedelta(days=1))
    await world.come_in(LEYLA)
    page_at = f"/pair/{PAIR.id}/met/{key}"
    token = token_of((await world.client.get(page_at)).text)
    form = {"csrf": token, "met": "yes", "thanks": "For asking", field: text}
    answer = await world.client.post(page_at, data=form)
    assert answer.status_code == 422 and code in answer.text
    assert f'value="{text}"' in answer.text and 'aria-invalid="true"' in answer.text
    assert field == "thanks" or 'value="For asking"' in answer.text
    assert await answers(world) == []
    async with world.services.begin(read_only=True) as uow:
        assert await uow.lines.of_pair(PAIR.id) == ()


async def test_nobody_thanks_for_what_is_still_ahead(world: World) -> None:
    await book(world)
    key = await a_key(world, 2)
    world.clock.set(datetime(2026, 11, 2, 12, tzinfo=UTC))
    await world.come_in(IDA)
    page_at = f"/pair/{PAIR.id}/met/{key}"
    token = token_of((await world.client.get(page_at)).text)
    form = {"csrf": token, "met": "moved", "moved_to": "2026-11-05T10:00"}
    answer = await world.client.post(page_at, data=form | {"thanks": "For it"})
    assert answer.status_code == 422 and "E_NOT_YET" in answer.text
    answer = await world.client.post(page_at, data=form | {"topic": "Leiden"})
    assert answer.status_code == 303
    async with world.services.begin(read_only=True) as uow:
        [topic] = await uow.topics.of_pair(PAIR.id)
    assert topic.text == "Leiden"
