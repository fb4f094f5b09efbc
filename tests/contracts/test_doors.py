"""Links are counted by every store alike."""

from datetime import UTC, datetime

import pytest

from scheduler.access import Link, Purpose
from scheduler.ids import LinkId, ProgrammeId
from scheduler.ports.store import Begin

LATER = datetime(2027, 1, 1, tzinfo=UTC)


def link(name: str, *, single: bool) -> Link:
    programme = ProgrammeId("p")
    return Link(
        LinkId(name), Purpose.SIGN_IN, programme, None, "", LATER, single=single
    )


@pytest.mark.parametrize(("single", "answers"), [(True, [1, 0, 0]), (False, [1, 1, 1])])
async def test_a_single_link_is_good_for_one_use(
    any_begin: Begin, single: bool, answers: list[int]
) -> None:
    async with any_begin() as uow:
        await uow.doors.put_link(link("l", single=single))
        await uow.commit()
    found = []
    for _ in answers:
        async with any_begin() as uow:
            found.append(await uow.doors.use_link(LinkId("l")))
            await uow.commit()
    assert found == answers


async def test_no_use_of_a_link_that_is_not_there(any_begin: Begin) -> None:
    async with any_begin() as uow:
        assert not await uow.doors.use_link(LinkId("nobody's"))
