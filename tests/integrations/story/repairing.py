"""A meeting falls out: what that does to calendars, mailboxes and the ledger."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from scheduler.work import LEASE
from tests.integrations.story.cast import Cast
from tests.integrations.story.dav import (
    without,
)
from tests.integrations.story.post import Letter

DAY = timedelta(days=1)


async def the_mentor_deletes_one(
    cast: Cast, lives: Sequence[int] = ()
) -> tuple[Letter, Letter]:
    """In her own program; each life of Troth ends after so many units of work."""
    fell = (await cast.at_idas())[2]
    name, _ = await cast.hers.find(cast.uid)
    deleted = cast.stage.now
    await cast.hers.change(name, without(fell[0], deleted))
    for units in lives:
        cast.stage.set(cast.stage.now + LEASE + timedelta(seconds=1))
        await cast.stage.killed_after(units)
    cast.stage.set(deleted + cast.stage.poll)
    await cast.stage.work()

    for_ida, for_leyla = await cast.read()
    (fell_for_ida,) = for_ida
    (cancel,) = [m for m in for_leyla if m.method]
    (fell_for_leyla,) = [m for m in for_leyla if not m.method]
    assert str(cancel.event["UID"]) == cast.uid and int(cancel.event["SEQUENCE"]) == 1
    if cast.has_server:  # a program that loses the series when sent one instance
        assert (cancel.method, cancel.event.exdates) == ("REQUEST", [fell[0]])
    else:
        assert cancel.method == "CANCEL"
        assert cancel.event["RECURRENCE-ID"].dt == fell[0]
    assert fell not in await cast.agreed()
    assert (await cast.ledger()) == {2: "open"}
    for letter in (fell_for_ida, fell_for_leyla):
        assert "fell through: three times to choose from" in letter.subject
        assert len(letter.links("choose")) == 3
    return fell_for_ida, fell_for_leyla
