"""However much fails, Google is asked little more than is needed, and in turn."""

import asyncio
import json
from collections import Counter
from datetime import UTC, datetime, timedelta
from random import Random

import pytest

from integrations.google.failures import Operation
from integrations.google.patience import Patient, Sent, Shared, no_programme
from integrations.google.protocol import Request, new_calendar, one_event
from integrations.google.quota import PROJECT, Breaker
from integrations.google.turnstile import Turnstile, World
from integrations.google.wire import Wire
from scheduler.errors import Conflict, NeedsConsent, Unavailable

NOW = datetime(2026, 3, 2, 12, tzinfo=UTC)
ASKED = one_event("primary", "abc")
MINUTE = timedelta(minutes=1)


class Days:
    """A clock that only sleep moves, and a Google that answers as it is told."""

    def __init__(self, *answers: Sent | Exception) -> None:
        self.time = NOW
        self.answers = list(answers)
        self.sent: list[datetime] = []
        self.random = Random(1)  # noqa: S311
        self.world = World(lambda: self.time, self.sleep, self.random.random)
        self.shared = Shared(Turnstile(self.world))

    async def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)

    async def send(self, wire: Wire) -> Sent:
        self.sent.append(self.time)
        found = self.answers.pop(0) if self.answers else Sent(200, {}, b'{"id": "a"}')
        if isinstance(found, Exception):
            raise found
        return found

    def patient(self) -> Patient:
        return Patient(self.send, self.shared, self.world)


def refused(status: int, reason: str, **headers: str) -> Sent:
    body = json.dumps({"error": {"errors": [{"reason": reason}]}}).encode()
    lower = {name.replace("_", "-"): text for name, text in headers.items()}
    return Sent(status, lower, body)


async def test_what_passes_by_itself_is_asked_again() -> None:
    days = Days(refused(503, ""), Unavailable("cut"), refused(429, "rateLimitExceeded"))
    assert await days.patient()(ASKED, Operation.READ) == {"id": "a"}
    assert len(days.sent) == 4


async def test_what_would_be_made_twice_is_asked_for_once() -> None:
    """A calendar gets no id of ours: it may be there though no answer came."""
    asked = new_calendar("Hafen (Troth)")
    days = Days(Unavailable("cut"))
    with pytest.raises(Unavailable):
        await days.patient()(asked, Operation.MAKE)
    assert len(days.sent) == 1
    days.answers = [refused(429, "rateLimitExceeded")]
    assert await days.patient()(asked, Operation.MAKE) == {"id": "a"}


async def test_what_google_asks_to_wait_is_waited() -> None:
    days = Days(refused(429, "rateLimitExceeded", retry_after="30"))
    await days.patient()(ASKED, Operation.READ)
    assert days.sent[1] - days.sent[0] >= timedelta(seconds=30)


@pytest.mark.parametrize(
    ("answer", "operation", "kind"),
    [
        (refused(401, "authError"), Operation.READ, NeedsConsent),
        (refused(409, "duplicate"), Operation.INSERT, Conflict),
        (refused(403, "quotaExceeded"), Operation.INSERT, Unavailable),
        (Sent(200, {}, b"<html>"), Operation.READ, Unavailable),
        (NeedsConsent("no token"), Operation.READ, NeedsConsent),
    ],
)
async def test_what_does_not_pass_is_asked_once(
    answer: Sent | Exception, operation: Operation, kind: type[Exception]
) -> None:
    days = Days(answer)
    with pytest.raises(kind):
        await days.patient()(ASKED, operation)
    assert len(days.sent) == 1


async def test_what_is_done_all_the_same_has_no_answer() -> None:
    days = Days(refused(410, "deleted"), Sent(204))
    assert await days.patient()(ASKED, Operation.DELETE) == {}
    assert await days.patient()(ASKED, Operation.DELETE) == {}


async def test_no_user_has_more_than_half_of_googles_minute() -> None:
    days = Days()
    patient = days.patient()
    for _ in range(1_000):
        await patient(ASKED, Operation.READ)
    for first in days.sent:
        assert sum(first <= one < first + MINUTE for one in days.sent) <= 300


async def test_a_storm_is_not_fed_and_an_outage_is_left_alone() -> None:
    """F21: 30 % fail for an hour, then all for ten minutes, then none."""
    days, needed = Days(), 0
    patient = days.patient()
    while days.time < NOW + timedelta(minutes=90):
        minute = (days.time - NOW) / MINUTE
        fails = minute < 60 and days.random.random() < 0.3
        outage = 60 <= minute < 70
        days.answers = [refused(503, "")] * (9 if outage else int(fails))
        before = len(days.sent)
        try:
            await patient(ASKED, Operation.READ)
        except Unavailable as refusal:
            await days.sleep(max(refusal.after or 0, 5))
        needed += len(days.sent) > before
        await days.sleep(5)
    storm = [one for one in days.sent if one < NOW + timedelta(minutes=60)]
    outage_calls = [one for one in days.sent if 60 <= (one - NOW) / MINUTE < 70]
    assert len(outage_calls) <= 20
    assert len(days.sent) <= 1.2 * needed + 10
    assert len(storm) > 100
    assert days.sent[-1] > NOW + timedelta(minutes=85)


async def test_of_many_calls_only_those_that_failed_are_made_again() -> None:
    """F23: there are no batches; of 50 calls at once seven fail, each in its way."""
    again: dict[str, Sent | Exception] = {
        "event03": refused(503, ""),
        "event11": refused(500, "backendError"),
        "event17": refused(429, "rateLimitExceeded"),
        "event23": refused(403, "userRateLimitExceeded"),
        "event31": Unavailable("cut"),
    }
    for_good = {"event41": refused(404, "notFound"), "event47": refused(403, "no")}
    days, made = Days(), Counter[str]()
    wrong = again | for_good

    async def send(wire: Wire) -> Sent:
        name = wire.target.partition("?")[0].rpartition("/")[2]
        made[name] += 1
        found = wrong.pop(name, Sent(200, {}, b'{"id": "a"}'))
        if isinstance(found, Exception):
            raise found
        return found

    patient = Patient(send, days.shared, days.world)
    names = [f"event{n:02}" for n in range(50)]
    calls = [patient(one_event("primary", name), Operation.READ) for name in names]
    answers = await asyncio.gather(*calls, return_exceptions=True)
    assert {n for n, a in zip(names, answers, strict=True) if a != {"id": "a"}} == set(
        for_good
    )
    assert made == Counter({name: 1 + (name in again) for name in names})


async def test_a_large_programme_does_not_hold_up_a_small_one() -> None:
    """Two hundred may pass at once; of what waits, each programme has every second."""
    days = Days()
    passed: list[str] = []

    async def call(programme: str) -> None:
        async def mine() -> str:
            return programme

        await Patient(days.send, days.shared, days.world, programme=mine)(
            ASKED, Operation.READ
        )
        passed.append(programme)

    async with asyncio.TaskGroup() as group:
        for _ in range(800):
            group.create_task(call("large"))
        for _ in range(10):
            group.create_task(call("small"))
    assert len(passed) == 810
    last = max(at for at, name in enumerate(passed) if name == "small")
    assert last <= 200 + 25
    begun = [one for one in days.sent if one < NOW + MINUTE]
    assert len(begun) <= 5_000


async def test_whoever_gives_up_waiting_leaves_the_others_their_turn() -> None:
    days = Days()
    for _ in range(200):
        await days.shared.turnstile.enter(no_programme)
    turns = [
        asyncio.ensure_future(days.shared.turnstile.enter(no_programme))
        for _ in range(3)
    ]
    await asyncio.sleep(0)
    turns[0].cancel()
    await asyncio.gather(*turns[1:])
    assert turns[0].cancelled()
    assert days.time - NOW < 2.5 * PROJECT.each


async def test_whoever_waited_does_not_call_a_google_that_became_unwell() -> None:
    days = Days()
    for _ in range(200):
        await days.shared.turnstile.enter(no_programme)
    call = asyncio.ensure_future(days.patient()(ASKED, Operation.READ))
    await asyncio.sleep(0)
    days.shared.breaker = Breaker(9, NOW + MINUTE)
    with pytest.raises(Unavailable):
        await call
    assert days.sent == []


async def test_what_is_done_twice_the_second_time_is_not_repeated() -> None:
    """Unless Google says that it was not done: too many calls."""
    asked = Request("events", "watch", {"calendarId": "primary"}, {"id": "one"})
    days = Days(refused(429, "rateLimitExceeded"), refused(503, ""), Sent(200))
    with pytest.raises(Unavailable):
        await days.patient()(asked, Operation.WATCH)
    assert len(days.sent) == 2


async def test_nobody_waits_for_a_turn_that_comes_too_late() -> None:
    days = Days()
    stuck = asyncio.Event()

    async def never(_seconds: float) -> None:
        await stuck.wait()

    turnstile = Turnstile(World(lambda: NOW, never, lambda: 0.5))
    turns = [asyncio.ensure_future(turnstile.enter(no_programme)) for _ in range(5_400)]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as refusal:
        await turnstile.enter(no_programme)
    assert refusal.value.after is not None and refusal.value.after > 60
    await turnstile.close()
    await asyncio.gather(*turns, return_exceptions=True)
    assert days.sent == []
