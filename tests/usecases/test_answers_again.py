"""An answer does what it says once, whoever dies, repeats or overtakes (I14, I15)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from scheduler.ports.mail import Answer, Ignored
from tests.usecases.breaking import Crash
from tests.usecases.mailing import MailingWorld, copy_of, later, mail_pair, seen

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ACCEPTED = Answer.ACCEPTED
DECLINED, COUNTER = Answer.DECLINED, Answer.COUNTER


ANSWERS = [
    (ACCEPTED, True),
    (ACCEPTED, False),
    (DECLINED, True),
    (DECLINED, False),
    (COUNTER, False),
]


@pytest.mark.parametrize(("answer", "whole"), ANSWERS)
async def test_an_answer_that_comes_again_does_nothing(answer, whole) -> None:
    world, pair = await mail_pair("mail", "mail")
    meeting = await world.meeting(pair, 2)
    about = None if whole else meeting
    reply = await world.answer(pair, answer, about, to=later(meeting, DAY))
    await world.hear(reply)
    once, mails = await world.state(pair), len(world.post.sent)
    for _ in range(3):
        await world.hear(reply)
    assert await world.state(pair) == once
    assert len(world.post.sent) == mails


async def test_a_mailbox_that_forgets_what_was_done_does_nothing_twice() -> None:
    world, pair = await mail_pair("mail", "mail")
    meeting = await world.meeting(pair, 2)
    wanted = later(meeting, timedelta(days=21))
    await world.hear(await world.answer(pair, COUNTER, meeting, to=wanted))
    once = await world.state(pair)
    world.clock.advance(HOUR)
    world.mailbox.forget()
    await world.read()
    await world.work()
    assert await world.state(pair) == once
    assert await world.outcomes(pair) == ["refused"]


@pytest.mark.parametrize(("answer", "whole"), ANSWERS)
@pytest.mark.parametrize("days", [1, 21])
async def test_who_dies_at_any_step_leaves_the_same_in_the_end(
    answer, whole, days
) -> None:
    if days == 21 and answer is not COUNTER:
        return
    start, pair = await mail_pair("mail", "mail")
    meeting = await start.meeting(pair, 2)
    about = None if whole else meeting
    wanted = later(meeting, timedelta(days=days))
    start.mailbox.put(await start.answer(pair, answer, about, to=wanted))
    start.mailbox.put(Ignored("no calendar"))
    whole_life = await life(start, None)
    expected = await seen(whole_life, pair)
    steps = whole_life.fuse.steps - start.fuse.steps
    assert steps > 8
    for k in range(1, steps + 1):
        world = await life(start, k)
        assert await seen(world, pair) == expected, f"died at step {k}"


async def life(start: MailingWorld, dies_at: int | None) -> MailingWorld:
    """The mailbox is read until it is done, with one death at this step."""
    world = copy_of(start)
    world.fuse.at = dies_at and start.fuse.steps + dies_at
    for _ in range(3):
        try:
            await world.read()
        except Crash:
            continue
    await world.work()
    return world


async def test_mail_in_any_order_ends_the_same() -> None:
    """promises.md I15, for answers that do not contradict each other."""
    start, pair = await mail_pair("mail", "mail")
    meetings = [await start.meeting(pair, n) for n in (1, 2, 3)]
    answers = [
        await start.answer(pair, DECLINED, meetings[0]),
        await start.answer(pair, ACCEPTED, meetings[1]),
        await start.answer(pair, COUNTER, meetings[2], to=later(meetings[2], DAY)),
        await start.answer(pair, ACCEPTED),
    ]
    ends = []
    for order in (answers, answers[::-1], [*answers[2:], *answers[:2]]):
        world = copy_of(start)
        await world.hear(*order)
        ends.append((await seen(world, pair))[:4])
    assert ends[0][2] and ends[0] == ends[1] == ends[2]
