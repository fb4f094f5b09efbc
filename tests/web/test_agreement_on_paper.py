"""The agreement in a real browser: one A4 page on paper, no overflow on a telephone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.async_api import async_playwright

from tests.web.test_agree import FULL, PAGE, agree, the_form
from tests.web.world import World

pytestmark = pytest.mark.browser

STYLE = (Path(__file__).parents[2] / "web/static/style.css").read_text()
LINK = '<link rel="stylesheet" href="/static/style.css">'


async def a_full_page(world: World) -> str:
    """Everything is new, and as much is said as people say."""
    await agree(world)
    form = await the_form(
        world,
        **FULL,
        hours="Mon-Wed 09:00-12:00, Mon-Fri 14:00-18:00, Sat 10:00-11:30",
    )
    form["off_limits"] = "\n".join(f"Thing {n} that stays outside" for n in range(4))
    await world.client.post(f"{PAGE}/propose", data=form)
    page = (await world.client.get(PAGE)).text
    assert LINK in page
    return page.replace(LINK, f"<style>{STYLE}</style>")


async def test_it_prints_on_one_page(world: World, chromium: str) -> None:
    page = await a_full_page(world)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        sheet = await browser.new_page(viewport={"width": 320, "height": 700})
        await sheet.set_content(page)
        width = await sheet.evaluate("document.documentElement.scrollWidth")
        paper = await sheet.pdf(prefer_css_page_size=True)
        await browser.close()
    assert width <= 320
    assert len(re.findall(rb"/Type\s*/Page[^s]", paper)) == 1
