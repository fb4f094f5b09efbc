"""One bad calendar delays other bad ones, never a good one (F48, B3).

What is asserted is the order in which files are done, never a time by the clock.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from integrations.ics.resource import Read
from integrations.ics.sandbox import Sandbox, Shares
from scheduler.errors import Refused, Unavailable
from tests.integrations.ics.hostile import Reads
from tests.integrations.ics.texts import BERLIN, YEAR, calendar, event

pytestmark = pytest.mark.slow

EVERY = ",".join(str(hour) for hour in range(24))
SIXTY = ",".join(str(minute) for minute in range(60))
DENSE = f"BYMONTH=1,2,3,4,5,6,7,8,9,10,11,12;BYHOUR={EVERY};BYMINUTE={SIXTY}"
#: Costs whoever reads it far more than the share of a file.
BOMB = calendar(
    *(
        event(
            "DTSTART:20260105T090000Z",
            "DURATION:PT1M",
            f"RRULE:FREQ=YEARLY;{DENSE};BYSECOND={SIXTY};BYDAY=MO,TU,WE,TH,FR,SA,SU",
            uid=f"bomb-{number}",
        )
        for number in range(20)
    )
)
#: One place in each lane, so that whoever waits for a bad file is seen to wait.
NARROW = Shares(quick=0.3, slow=1, quick_places=1)


def good(name: str) -> bytes:
    return calendar(event("DTSTART:20260105T090000Z", "DURATION:PT1H", uid=name))


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    sandbox = Sandbox(shares=NARROW)
    yield sandbox
    await sandbox.close()


def reading(sandbox: Sandbox, source: bytes | Reads, name: str) -> asyncio.Task[Read]:
    return asyncio.create_task(
        sandbox.decode(source, window=YEAR, zone=BERLIN, calendar=name)
    )


async def code_of(task: asyncio.Task[Read]) -> str:
    with pytest.raises(Refused) as caught:
        await task
    return caught.value.code


async def test_ten_good_feeds_are_read_while_a_bad_one_burns(sandbox: Sandbox) -> None:
    burning = reading(sandbox, BOMB, "bad")
    await asyncio.sleep(0)  # it is first in the lane
    names = [f"good-{number}" for number in range(10)]
    found = await asyncio.gather(*(reading(sandbox, good(n), n) for n in names))
    assert [one.objects[0].uid for one in found] == names
    assert not burning.done()
    assert await code_of(burning) == "E_RRULE_TOO_COMPLEX"


async def test_a_feed_that_was_costly_begins_in_the_slow_lane(sandbox: Sandbox) -> None:
    first, second, other = Reads(BOMB), Reads(BOMB), Reads(BOMB)
    for source in (first, second):
        assert await code_of(reading(sandbox, source, "bad")) == "E_RRULE_TOO_COMPLEX"
    # Read by both lanes, then by the slow one alone; another calendar is new to both.
    assert (first.times, second.times) == (2, 1)
    assert await code_of(reading(sandbox, other, "other")) == "E_RRULE_TOO_COMPLEX"
    assert other.times == 2


async def test_a_feed_that_was_mended_comes_back_to_the_quick_lane(
    sandbox: Sandbox,
) -> None:
    await code_of(reading(sandbox, BOMB, "mended"))
    await reading(sandbox, good("mended"), "mended")
    # Were it still in the slow lane, it would wait behind this one.
    burning = reading(sandbox, BOMB, "bad")
    await code_of(reading(sandbox, again := Reads(BOMB), "mended"))
    assert again.times == 2
    await code_of(burning)


async def test_bad_feeds_wait_for_each_other_alone(sandbox: Sandbox) -> None:
    names = [f"bad-{number}" for number in range(2)]
    for name in names:
        await code_of(reading(sandbox, BOMB, name))
    burning = [reading(sandbox, BOMB, name) for name in names]
    await asyncio.sleep(0)
    for number in range(20):
        await reading(sandbox, good(f"{number}"), f"good-{number}")
    assert not any(task.done() for task in burning)
    assert [await code_of(task) for task in burning] == ["E_RRULE_TOO_COMPLEX"] * 2


async def test_strangers_leave_room_for_calendars_that_are_cheap() -> None:
    """Twenty bad ones that nobody knows yet do not hold up one that is known."""
    sandbox = Sandbox(shares=replace(NARROW, quick=1, quick_places=2))
    await reading(sandbox, good("known"), "known")
    burning = [reading(sandbox, BOMB, f"bad-{number}") for number in range(20)]
    stranger = reading(sandbox, good("stranger"), "stranger")
    await asyncio.sleep(0)
    for _ in range(10):
        await reading(sandbox, good("known"), "known")
    assert not stranger.done() and not any(task.done() for task in burning)
    for task in burning:
        task.cancel()
    assert (await stranger).objects[0].uid == "stranger"
    await asyncio.gather(*burning, return_exceptions=True)
    await sandbox.close()


async def test_the_slow_lane_sends_away_whom_it_cannot_serve_soon() -> None:
    """Else the workers' hands would be full of those who wait there."""
    sandbox = Sandbox(shares=replace(NARROW, slow_waiting=1))
    for name in ("a", "b", "c"):
        await code_of(reading(sandbox, BOMB, name))
    burning = [reading(sandbox, BOMB, name) for name in ("a", "b")]
    await asyncio.sleep(0)
    with pytest.raises(Unavailable) as caught:
        await reading(sandbox, BOMB, "c")
    assert caught.value.after == 60
    assert not any(task.done() for task in burning)
    for task in burning:
        assert await code_of(task) == "E_RRULE_TOO_COMPLEX"
    assert await code_of(reading(sandbox, BOMB, "c")) == "E_RRULE_TOO_COMPLEX"
    await sandbox.close()


async def test_files_are_read_in_the_order_in_which_they_came(sandbox: Sandbox) -> None:
    """A calendar of very many files lets the others in between."""
    done: list[str] = []

    async def read(name: str, times: int) -> None:
        for _ in range(times):
            await sandbox.decode(good(name), window=YEAR, zone=BERLIN, calendar=name)
            done.append(name)

    await asyncio.gather(read("many", 30), read("few", 3))
    assert done.index("few") < 5
    assert done[:8].count("few") == 3


async def test_a_large_answer_is_refused_by_what_it_would_fill() -> None:
    sandbox = Sandbox(shares=Shares(slow=20, quick=20))
    hours = ["DTSTART:20260101T000000Z", "DURATION:PT1M", "RRULE:FREQ=HOURLY"]
    many = calendar(*(event(*hours, uid=f"{number}") for number in range(13)))
    assert await code_of(reading(sandbox, many, "many")) == "E_RRULE_TOO_COMPLEX"
    few = calendar(*(event(*hours, uid=f"{number}") for number in range(3)))
    found = await reading(sandbox, few, "few")
    assert sum(len(one.occurrences) for one in found.objects) == 3 * 8760
    await sandbox.close()


def test_the_child_starts_without_what_it_has_no_use_for() -> None:
    program = (
        "import sys, integrations.ics.child\n"
        "print(*{'numpy', 'asyncio', 'aiohttp', 'sqlalchemy'} & set(sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == []
