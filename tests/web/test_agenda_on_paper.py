"""The agenda in a real browser: one A4 page on paper, nothing private on it."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from scheduler.promising import Said
from scheduler.usecases.add_topic import add_topic
from scheduler.usecases.enclose_link import enclose_link
from scheduler.usecases.make_promise import make_promise
from tests.web.test_pair import book
from tests.web.world import IDA, LEYLA, PAIR, World

pytestmark = pytest.mark.browser

STYLE = (Path(__file__).parents[2] / "web/static/style.css").read_text()
LINK = '<link rel="stylesheet" href="/static/style.css">'


async def a_full_page(world: World) -> str:
    """As much as two people bring to a meeting."""
    await book(world)
    ports = world.services.noting
    for n in range(5):
        text = f"Topic {n}, and what we said about it the last two times"
        await add_topic(PAIR.id, (IDA, LEYLA)[n % 2].id, text, **ports)
    await add_topic(PAIR.id, LEYLA.id, "my salary", shared=False, **ports)
    for n in range(4):
        day = (world.clock.now() + timedelta(days=n + 2)).date()
        who = (IDA, LEYLA)[n % 2].id
        await make_promise(PAIR.id, who, Said(f"the draft {n}", day), **ports)
    for n in range(3):
        url = f"https://docs.example.org/{n}"
        await enclose_link(PAIR.id, IDA.id, url, f"Draft {n}", **ports)
    await world.come_in(LEYLA)
    page = (await world.client.get(f"/pair/{PAIR.id}/agenda")).text
    assert LINK in page and "my salary" in page
    return page.replace(LINK, f"<style>{STYLE}</style>")


async def test_it_prints_on_one_page_without_what_is_private(
    world: World, chromium: str
) -> None:
    page = await a_full_page(world)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        sheet = await browser.new_page(viewport={"width": 320, "height": 700})
        await sheet.set_content(page)
        width = await sheet.evaluate("document.documentElement.scrollWidth")
        paper = await sheet.pdf(format="A4", prefer_css_page_size=True)
        await sheet.emulate_media(media="print")
        private = sheet.get_by_text("my salary")
        shown = [
            await private.nth(n).is_visible() for n in range(await private.count())
        ]
        await browser.close()
    assert width <= 320
    assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1
    assert shown and not any(shown)
