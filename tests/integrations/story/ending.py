"""What each of the two does in her own calendar later on, and what is left behind."""

from __future__ import annotations

import sqlite3
from collections import defaultdict
from contextlib import closing
from datetime import datetime, timedelta
from itertools import pairwise

from tests.integrations.story.cast import Cast, period_of
from tests.integrations.story.dav import dragged
from tests.integrations.story.people import BERLIN, NEW_YORK, TROTH
from tests.integrations.story.post import Letter


async def the_mentor_drags_one(cast: Cast) -> None:
    """Hers is left where she put it; the mentee is told of the new time, once."""
    before = await cast.agreed()
    (was,) = [m for m in before if period_of(m[0]) == 6]
    there = (was[0] + timedelta(minutes=75), was[1] + timedelta(minutes=75))
    name, _ = await cast.hers.find(cast.uid)
    await cast.hers.change(name, dragged(was[0], there, cast.stage.now))
    await cast.stage.one_poll()
    (told_ida,), told_leyla = await cast.read()
    (request,) = [m for m in told_leyla if m.method]
    (told,) = [m for m in told_leyla if not m.method]
    for letter, where in ((told_ida, NEW_YORK), (told, BERLIN)):
        now = there[0].astimezone(where)
        assert letter.subject == f"Moved to {now:%A} {now.day} {now:%B}, {now:%H:%M}"
    assert request.method == "REQUEST" and int(request.event["SEQUENCE"]) == 3
    assert set(await cast.agreed()) - set(before) == {there}
    assert was not in await cast.agreed()
    await cast.stage.one_poll()
    assert await cast.read() == ([], [])


async def the_mentee_declines_one(cast: Cast) -> tuple[Letter, Letter]:
    """From her phone: the mentor's event goes, and both get other times."""
    before = await cast.agreed()
    (was,) = [m for m in before if period_of(m[0]) == 5]
    reply = cast.phone.answer_mail(
        cast.uid, "DECLINED", to=TROTH, now=cast.stage.now, at=was[0]
    )
    await cast.leyla.send(reply)
    await cast.stage.one_poll()
    assert set(before) - set(await cast.at_idas()) == {was}
    assert (await cast.ledger())[5] == "open"
    for_ida, for_leyla = await cast.read()
    (fell_for_ida,), (fell_for_leyla,) = for_ida, for_leyla
    for fell in (fell_for_ida, fell_for_leyla):
        assert "fell through: three times" in fell.subject
    return fell_for_ida, fell_for_leyla


async def a_choice_is_taken_back(cast: Cast, for_leyla: Letter) -> None:
    """The mentee chooses, the mentor undoes it: a click each, and one to confirm."""
    before = await cast.at_idas()
    leyla = await cast.browse(for_leyla, "choose", 0)
    await leyla.send()
    await cast.stage.work()
    (told,), _ = await cast.read()
    (new,) = set(await cast.at_idas()) - set(before)
    assert new in cast.at_leylas() and (await cast.ledger())[5] == "booked"
    ida = await cast.browse(told, "undo")
    await cast.stage.work()
    assert new in await cast.at_idas()
    await ida.send()
    await cast.stage.work()
    assert await cast.at_idas() == before and (await cast.ledger())[5] == "open"
    _, told_leyla = await cast.read()
    (cancel,) = [m for m in told_leyla if m.method]
    assert cancel.method == "CANCEL" and int(cancel.event["SEQUENCE"]) == 1
    assert new not in cast.at_leylas()


async def the_mentor_takes_all_of_it_out(cast: Cast) -> None:
    """So much at once is asked before it is believed; then the mentee is told once."""
    name, _ = await cast.hers.find(cast.uid)
    before = cast.at_leylas()
    await cast.hers.delete(name)
    for _ in range(2):  # a second look, at least two minutes later
        await cast.stage.one_poll()
    (asked,), for_leyla = await cast.read()
    assert "A question about" in asked.subject and for_leyla == []
    ida = await cast.browse(asked, "ask")
    await cast.stage.work()
    assert cast.at_leylas() == before
    await ida.send(is_so="yes")
    await cast.stage.work()
    for_ida, for_leyla = await cast.read()
    (told_ida,), (request, told) = (
        for_ida,
        sorted(for_leyla, key=lambda m: not m.method),
    )
    assert told_ida.subject == told.subject
    assert "of your meetings fell through" in told.subject
    assert request.method == "REQUEST" and str(request.event["UID"]) == cast.uid
    assert not [t for t in cast.at_leylas() if t[0] > cast.stage.now]


async def nothing_is_left_over(cast: Cast) -> None:
    """Every effect is done, every number rose, nothing of others is kept."""
    with closing(sqlite3.connect(cast.stage.settings.data_dir / "troth.sqlite3")) as db:
        states = dict(db.execute("SELECT state, count(*) FROM outbox GROUP BY state"))
        assert set(states) <= {"done", "dropped", "waiting"}
        (tried,) = db.execute("SELECT max(attempts) FROM work").fetchone()
        assert tried == 0
        assert "dentist" not in "".join(db.iterdump())
    numbers = defaultdict[str, list[tuple[int, datetime]]](list)
    for letter in await cast.leyla.all():
        assert letter.mail["From"] == letter.mail["Reply-To"]
        assert b"dentist" not in letter.octets
        if letter.method:
            event = letter.event
            numbers[str(event["UID"])].append(
                (int(event["SEQUENCE"]), event["DTSTAMP"].dt)
            )
    for told in numbers.values():
        once = list(dict.fromkeys(told))
        assert once[0][0] == 0
        for (number, stamp), (higher, later) in pairwise(once):
            assert number < higher and stamp <= later
    assert not cast.phone.stale
    assert not any(m.method for m in await cast.ida.all())
    assert cast.feed.unchanged > 0
