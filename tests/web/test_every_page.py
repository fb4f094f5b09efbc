"""Every page, for everybody, in a real browser: for all eyes, hands and machines.

Found from the router, so that a new page is held to the same: axe-core finds no
violation, nothing is wider than a small telephone, every form works without scripts,
and all of it by keyboard alone.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright
from playwright.async_api import TimeoutError as Late

from config.settings import Settings
from scheduler.ids import PersonId
from tests.servers.ports import Ports
from tests.web.shown_to_all import Lived, Site, lived, served
from tests.web.walking import Walk, come_in, context, page_routes, roles, route_of

pytestmark = [pytest.mark.browser, pytest.mark.servers]

WHO = ("mentor", "mentee", "newcomer", "coordinator")


@pytest.fixture
async def start() -> Lived:
    return await lived()


@pytest.fixture
async def home(ports: Ports) -> str:
    return f"http://127.0.0.1:{ports.take()}"


@pytest.fixture
async def site(start: Lived, home: str, tmp_path: Path) -> AsyncIterator[Site]:
    site = Site(start, Settings(data_dir=tmp_path, public_url=home))
    async with served(site, int(home.rpartition(":")[2])):
        yield site


@pytest.fixture
async def browser(chromium: str) -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        yield browser
        await browser.close()


#: The world is the same each time, so that everybody need walk it only once.
_WALKED: dict[PersonId | None, Walk] = {}


async def walked_by(
    site: Site, browser: Browser, home: str, person: PersonId | None
) -> Walk:
    """Everything that somebody can look at."""
    if person in _WALKED:
        return _WALKED[person]
    site.again()
    window = await context(browser, 1000)
    page = await window.new_page()
    await come_in(site, page, person)
    walk = Walk(site, page, home)
    await walk.walk()
    await window.close()
    return _WALKED.setdefault(person, walk)


async def test_the_walk_comes_to_every_page(
    site: Site, browser: Browser, home: str
) -> None:
    """A page that nobody comes to is one that the other tests do not look at."""
    seen: set[str] = set()
    for person in (await roles(site.now)).values():
        seen |= (await walked_by(site, browser, home, person)).routes
    assert {r.path for r in page_routes()} - seen == set()


@pytest.mark.parametrize("who", WHO)
async def test_axe_finds_nothing_in_the_light_and_in_the_dark(
    site: Site, browser: Browser, home: str, who: str
) -> None:
    person = (await roles(site.now))[who]
    paths = (await walked_by(site, browser, home, person)).pages
    trouble: list[str] = []
    for width, dark in ((320, False), (1000, True)):
        site.again()
        window = await context(browser, width, dark=dark)
        page = await window.new_page()
        page.on("console", partial(_noted, trouble))
        await come_in(site, page, person)
        for path in paths:
            await page.goto(f"{home}{path}")
            trouble += await _violations(page, path)
            wide = await page.evaluate("document.documentElement.scrollWidth")
            if wide > width:
                trouble.append(f"{path}: {wide} wide on {width}")
        await window.close()
    assert trouble == []


def _noted(trouble: list[str], said: ConsoleMessage) -> None:
    """A browser complains of what our own headers forbid."""
    trouble.append(said.text)


async def _violations(page: Page, path: str) -> list[str]:
    found = await Axe().run(page)
    return [
        f"{path}: {one['id']}: {one['help']}: {node['html'][:200]}"
        for one in found.response["violations"]
        for node in one["nodes"]
    ]


#: What the keyboard has come to, and whether one sees where one is.
FOCUSED = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const look = getComputedStyle(at);
  const ringed = look.outlineStyle !== 'none' && parseFloat(look.outlineWidth) > 0;
  const all = [...document.querySelectorAll('*')];
  return {index: all.indexOf(at), ringed: ringed || look.boxShadow !== 'none',
          html: at.outerHTML.slice(0, 160)};
}"""
#: Everything that one can act on; of radio buttons of one name, one is come to.
CONTROLS = """() => {
  const all = [...document.querySelectorAll('*')];
  const seen = at => at.checkVisibility() && !at.disabled && at.tabIndex >= 0;
  const named = new Set();
  const kinds = 'a[href], button, input:not([type=hidden]), select, textarea, summary';
  return [...document.querySelectorAll(kinds)].filter(seen).filter(at => {
    if (at.type !== 'radio') return true;
    const group = [...document.querySelectorAll('input[type=radio]')]
      .filter(one => one.name === at.name && one.form === at.form);
    const stop = group.find(one => one.checked) || group[0];
    return at === stop;
  }).map(at => ({index: all.indexOf(at), html: at.outerHTML.slice(0, 160)}));
}"""
#: Which of a page's forms can be sent, by the place of their first button.
FORMS = """() => [...document.querySelectorAll('form')].map((form, n) => ({
  n, action: form.getAttribute('action') || '', method: form.method
}))"""


@pytest.mark.parametrize("who", WHO)
async def test_everything_is_reached_by_keyboard_and_seen(
    site: Site, browser: Browser, home: str, who: str
) -> None:
    person = (await roles(site.now))[who]
    paths = (await walked_by(site, browser, home, person)).pages
    site.again()
    window = await context(browser, 1000)
    page = await window.new_page()
    await come_in(site, page, person)
    trouble: list[str] = []
    for path in paths:
        await page.goto(f"{home}{path}")
        trouble += [f"{path}: {what}" for what in await _tabbed(page)]
    assert trouble == []


async def _tabbed(page: Page) -> list[str]:
    """What Tab does not come to, and where it is not seen."""
    missing = {one["index"]: one["html"] for one in await page.evaluate(CONTROLS)}
    trouble: list[str] = []
    for _ in range(len(missing) * 3 + 20):  # a date has a stop for each of its parts
        await page.keyboard.press("Tab")
        at: dict[str, Any] | None = await page.evaluate(FOCUSED)
        if at is None:
            break
        if at["index"] in missing and not at["ringed"]:
            trouble.append(f"not seen: {at['html']}")
        missing.pop(at["index"], None)
    return [*trouble, *(f"not reached: {html}" for html in missing.values())]


@pytest.mark.parametrize("who", WHO)
async def test_every_form_is_sent_by_enter_without_scripts(
    site: Site, browser: Browser, home: str, who: str
) -> None:
    """Each form, filled in as far as it must be, from the same beginning."""
    person = (await roles(site.now))[who]
    trouble: list[str] = []
    sent: set[tuple[str, str]] = set()
    for path in (await walked_by(site, browser, home, person)).pages:
        window = await context(browser, 600, scripts=False)
        page = await window.new_page()
        site.again()
        await come_in(site, page, person)
        await page.goto(f"{home}{path}")
        for form in await page.evaluate(FORMS):
            kind = route_of(path), _kind(form["action"])
            if kind in sent:
                continue
            sent.add(kind)
            site.again()
            await window.clear_cookies()
            await come_in(site, page, person)
            await page.goto(f"{home}{path}")
            if said := await _sent(page, form["n"]):
                trouble.append(f"{path}: {form['action']}: {said}")
        await window.close()
    assert sent
    assert trouble == []


def _kind(action: str) -> str:
    return "/".join(part for part in action.split("/") if not part[:1].isdigit())


async def _sent(page: Page, number: int) -> str:
    """Fill in a form and press Enter on its button; what went wrong, or nothing."""
    form = page.locator("form").nth(number)
    for outer in await form.locator("xpath=ancestor::details").all():
        await outer.evaluate("it => { it.open = true }")
    for inner in await form.locator("details").all():
        await inner.evaluate("it => { it.open = true }")
    await _fill(form)
    buttons = form.locator("button:not([type=button]), input[type=submit]")
    if not await buttons.count():
        return "no button"
    try:
        async with page.expect_navigation(timeout=9000) as coming:
            await buttons.first.focus()
            await page.keyboard.press("Enter")
    except Late:
        return "Enter does not send it"
    answer = await coming.value
    if answer.status >= 500 or answer.status in {403, 404, 405}:
        return f"{answer.status} {await page.locator('main').inner_text()}"
    try:  # the page may lead on by itself
        await page.locator("h1").first.wait_for(timeout=9000)
    except Late:
        return f"{answer.status}: a page without a heading"
    return ""


#: What is written where something must be.
WORDS = {
    "email": "somebody@example.org",
    "date": "2026-04-20",
    "datetime-local": "2026-04-20T10:00",
    "number": "2",
    "time": "10:00",
    "url": "https://example.org/a",
    "password": "a word",
}


async def _fill(form: Any) -> None:
    names: set[str] = set()
    for field in await form.locator("input[required], textarea[required]").all():
        kind = await field.get_attribute("type") or "text"
        name = await field.get_attribute("name") or ""
        if kind in {"radio", "checkbox"}:
            if name not in names:
                await field.check()
        elif kind == "file":
            await field.set_input_files(
                {"name": "a.csv", "mimeType": "text/csv", "buffer": b"mentor_name\n"}
            )
        elif not await field.input_value():
            await field.fill(WORDS.get(kind, "a word"))
        names.add(name)
