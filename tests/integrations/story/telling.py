"""Agendas before meetings, and questions after them."""

from __future__ import annotations

from datetime import timedelta

from tests.integrations.story.cast import BEGIN, END, Cast
from tests.integrations.story.dav import on, written
from tests.integrations.story.post import Letter

DAY = timedelta(days=1)


async def she_writes_into_the_event(cast: Cast) -> None:
    """A note of her own stays as it is; a topic goes onto the agenda of both."""
    start, _ = (await cast.at_idas())[0]
    name, calendar = await cast.hers.find(cast.uid)
    text = str(on(calendar, start)["DESCRIPTION"])
    note = "Room 4\\; ask for the key,  twice\n\n"
    asked = text.replace(END, f"topic: How to say no\n{END}")
    await cast.hers.change(name, written(start, lambda _: note + asked))
    await cast.stage.one_poll()
    _, calendar = await cast.hers.find(cast.uid)
    now = str(on(calendar, start)["DESCRIPTION"])
    assert now.startswith(note + text.partition(BEGIN)[0] + BEGIN)
    assert now.endswith(END)
    assert "- How to say no (Ida" in now and "topic: How" not in now
    assert await cast.read() == ([], [])


async def two_meetings_take_place(cast: Cast) -> None:
    """The agenda comes by mail two days before, the question on the morning after."""
    for start, end in (await cast.at_idas())[:2]:
        await cast.stage.until(start - DAY)
        for_ida, for_leyla = await cast.read()
        assert for_ida == []
        (prepared,) = for_leyla
        assert not prepared.method and "what I heard today" in prepared.attached(
            "agenda.md"
        )
        await cast.stage.until(end + DAY)
        for letters in await cast.read():
            (asked,) = letters
            await said(cast, asked, "yes")


async def said(cast: Cast, asked: Letter, met: str) -> None:
    """Answer 'did you meet?': a click, and one to confirm."""
    browser = await cast.browse(asked, "met")
    assert "Nothing is noted until you send this page" in browser.page
    await browser.send(met=met)


async def every_mail_came_once(cast: Cast) -> None:
    for box in (cast.ida, cast.leyla):
        names = [letter.id for letter in await box.all()]
        assert len(names) == len(set(names))
