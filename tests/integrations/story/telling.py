"""Agendas before meetings, questions after them, a letter on each month."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date, datetime, timedelta

from tests.integrations.story.cast import BEGIN, END, Cast, the
from tests.integrations.story.dav import on, written
from tests.integrations.story.people import BERLIN, NEW_YORK, at
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


async def agenda_at(cast: Cast, start: datetime) -> str:
    """What stands between the marks in the mentor's event."""
    _, calendar = await cast.hers.find(cast.uid)
    text = str(on(calendar, start)["DESCRIPTION"])
    return text.partition(BEGIN)[2].partition(END)[0]


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


async def october_is_told_to_both(cast: Cast) -> None:
    """Both met twice; the next meeting is the one that they chose."""
    await cast.stage.until(at(date(2026, 11, 2), 9, NEW_YORK))
    figures = {"Due": 2, "Kept": 2, "Repaired": 0, "Still owed": 0}
    await a_month_is_told(cast, date(2026, 10, 1), figures)


async def one_is_made_up_for_and_one_is_missed(cast: Cast) -> None:
    """'Not this time' opens the ledger again; what is left open is told once."""
    made_up, missed = (await cast.at_idas())[2:4]
    for (_, end), met, ledger in (
        (made_up, "yes", {2: "replaced"}),
        (missed, "no", {2: "replaced", 3: "open"}),
    ):
        await cast.stage.until(end + DAY)
        for letters in await cast.read():
            await said(cast, the(letters, "Did you meet"), met)
        await cast.stage.until(cast.stage.now + DAY)
        assert await cast.ledger() == ledger or met == "yes"
    ahead = (await cast.at_idas())[4][0]
    assert "Still open" in await agenda_at(cast, ahead)
    for letters in await cast.read():
        (offered,) = letters
        assert "fell through: three times" in offered.subject
    await cast.stage.until(at(date(2026, 11, 23), 9, NEW_YORK))
    for letters in await cast.read():
        (owed,) = letters
        assert "is still owed" in owed.subject
    ahead = (await cast.at_idas())[4][0]
    assert "Still open" not in await agenda_at(cast, ahead)
    assert await cast.ledger() == {2: "replaced", 3: "owed"}


async def november_is_told_to_both(cast: Cast) -> None:
    await cast.stage.until(at(date(2026, 12, 1), 9, NEW_YORK))
    figures = {"Due": 2, "Kept": 0, "Repaired": 1, "Still owed": 1}
    await a_month_is_told(cast, date(2026, 11, 1), figures)
    rates = (await cast.report())["rates"]
    assert rates["cadence kept"] == [3, 4]
    assert rates["cancellations repaired"] == [1, 2]
    assert rates["notice given"] == [1, 1]


_SPELT = ("none", "one", "two")
_FIGURE = r"^ +(\w[\w ]*?)  +(\d+ of \d+|not enough yet)$"


async def a_month_is_told(cast: Cast, month: date, figures: dict[str, int]) -> None:
    """The same letter to both, on their own morning; its figures are the report's."""
    ahead = min(start for start, _ in await cast.agreed() if start > cast.stage.now)
    report = await cast.report(month, (month + 31 * DAY).replace(day=1))
    ended = Counter(p["outcome"] for p in report["periods"])
    told = {"Due": "", "Kept": "kept", "Repaired": "repaired", "Still owed": "owed"}
    counted = {name: ended[outcome] for name, outcome in told.items()}
    assert counted | {"Due": ended.total()} == figures
    met, due = _SPELT[figures["Kept"] + figures["Repaired"]], _SPELT[figures["Due"]]
    rates = {
        name.capitalize(): f"{part} of {whole}" if whole >= 3 else "not enough yet"
        for name, (part, whole) in (await cast.report())["rates"].items()
    }
    for letters, where in zip(await cast.read(), (NEW_YORK, BERLIN), strict=True):
        letter = the(letters, f"{month:%B}")
        assert letter.subject == f"{met.capitalize()} of {due}: {month:%B}"
        assert dict(re.findall(_FIGURE, letter.text, re.MULTILINE)) == rates
        there = ahead.astimezone(where)
        said = " ".join(letter.text.split())
        assert (
            f"Next you meet on {there:%A} {there.day} {there:%B}. {there:%H:%M}" in said
        )
        sent = letter.mail["Date"].datetime.astimezone(where)
        assert 7 <= sent.hour < 9 and sent.date() == cast.stage.now.date()
