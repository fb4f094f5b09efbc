"""Consent clicked through in a real browser, before a page that we did not write."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, Page, async_playwright

from config.services import Services
from config.settings import Settings
from integrations.google.client import Google, Installation
from integrations.google.failures import Operation
from integrations.google.fake.oauth import Consent
from integrations.google.fake.server import serving
from integrations.google.fake.world import SCOPE
from integrations.google.protocol import calendars
from integrations.memory.system import SetClock
from integrations.system import SystemClock
from scheduler.accounts import Account, Need
from scheduler.errors import NeedsConsent
from scheduler.ports.store import Begin
from tests.integrations.google.calling import Drawer
from tests.servers.oauth_page import PROGRAM, oauth_page
from tests.servers.ports import Ports
from tests.web.consenting import CALLBACK, MAIL, OTHER, installation, knowing, stage
from tests.web.shown_to_all import served
from tests.web.walking import context
from tests.web.world import IDA, World, make_world
from web.app import make_app

pytestmark = [pytest.mark.browser, pytest.mark.servers]

FREEBUSY = f"{SCOPE}calendar.events.freebusy"


@pytest.fixture
def home(ports: Ports) -> str:
    return f"http://127.0.0.1:{ports.take()}"


@pytest.fixture
async def page(chromium: str) -> AsyncIterator[Page]:
    async with async_playwright() as playwright:
        browser: Browser = await playwright.chromium.launch(
            executable_path=chromium, args=["--no-sandbox"]
        )
        yield await (await context(browser, 360)).new_page()
        await browser.close()


@pytest.fixture
async def world(tmp_path: Path, memory_begin: Begin, home: str) -> World:
    made = await make_world(Settings(data_dir=tmp_path, public_url=home), memory_begin)
    # The other program says with its own clock how long a token is good.
    assert isinstance(made.clock, SetClock)
    made.clock.advance(SystemClock().now() - made.clock.now())
    return made


@pytest.fixture
def elsewhere(ports: Ports, tmp_path: Path, home: str) -> Iterator[str]:
    if not PROGRAM.is_file():
        pytest.skip("no OAuth page of somebody else's: run `make oauth-page`")
    with oauth_page(ports, tmp_path, [MAIL, OTHER], f"{home}{CALLBACK}") as address:
        yield address


@asynccontextmanager
async def standing(
    world: World, page: Page, place: Installation, grants: Drawer | None = None
) -> AsyncIterator[tuple[Services, Google]]:
    """The application on its port, with somebody before their page of calendars."""
    home = world.services.settings.site
    port = int(home.rpartition(":")[2])
    async with (
        knowing(world, place, grants) as (services, google),
        served(make_app(services), port),
    ):
        door = await world.link_for(IDA)
        await page.goto(f"{home}{door.removeprefix(home)}")
        await page.goto(f"{home}/calendar")
        yield services, google


async def accounts(world: World) -> tuple[Account, ...]:
    async with world.services.begin(read_only=True) as uow:
        return await uow.accounts.of_person(IDA.id)


async def keep(world: World, account: Account) -> None:
    async with world.services.begin() as uow:
        await uow.accounts.put(account)
        await uow.commit()


async def is_well(page: Page) -> None:
    """No violation that axe-core finds, and nothing wider than a small telephone."""
    found = await Axe().run(page)
    assert not found.response["violations"], found.generate_report()
    wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert await page.evaluate(wide) <= 0


async def click_through(page: Page, elsewhere: str, home: str, mail: str) -> None:
    """From Google's page, reached by itself, to ours."""
    await page.wait_for_url(f"{elsewhere}/**")
    await page.locator("button", has_text=mail).first.click()
    await page.wait_for_url(f"{home}{CALLBACK}**")
    await is_well(page)


async def use_these(page: Page, home: str) -> None:
    await page.get_by_role("button", name="Use these").click()
    await page.wait_for_url(f"{home}/calendar")
    await is_well(page)


async def test_consent_is_clicked_through_before_somebody_elses_page(
    world: World, page: Page, elsewhere: str, home: str
) -> None:
    place = installation(elsewhere, f"{home}{CALLBACK}", "/oauth2")
    grants = Drawer()
    async with standing(world, page, place, grants) as (_, google):
        await page.get_by_label("In your main calendar").check()
        await page.get_by_label("I have several calendars").check()
        await page.get_by_role("button", name="Continue to Google").click()
        await click_through(page, elsewhere, home, MAIL)
        assert await accounts(world) == ()
        await use_these(page, home)
        (account,) = await accounts(world)
        assert account.email == MAIL
        assert account.allowed == frozenset(Need) - {Need.DOCUMENTS}
        # What was kept opens it; what was used does not open twice.
        grants.accounts[account.id] = account
        ask = google.account(account.id)
        assert (await ask(calendars(), Operation.READ))["items"]
        await page.go_back()
        assert "E_OAUTH_STATE" in await page.content()


async def test_a_grant_that_ended_is_renewed_by_its_own_account_alone(
    world: World, page: Page, elsewhere: str, home: str
) -> None:
    place = installation(elsewhere, f"{home}{CALLBACK}", "/oauth2")
    grants = Drawer()
    async with standing(world, page, place, grants) as (services, google):
        await page.get_by_label("Nowhere").check()
        await page.get_by_role("button", name="Continue to Google").click()
        await click_through(page, elsewhere, home, MAIL)
        await use_these(page, home)
        (account,) = await accounts(world)
        grants.accounts[account.id] = account
        assert services.consent
        for _ in range(2):
            await services.consent.revoke(account.refresh)
            with pytest.raises(NeedsConsent):
                await google.account(account.id)(calendars(), Operation.READ)
        shut = grants.accounts[account.id]
        assert shut.refused_at == world.clock.now()
        await keep(world, shut)
        for mail in (OTHER, MAIL):
            await page.goto(f"{home}/calendar")
            await is_well(page)
            await page.get_by_role("button", name="Connect again").click()
            await click_through(page, elsewhere, home, mail)
            told = "E_OAUTH_OTHER_ACCOUNT" in await page.content()
            assert told is (mail == OTHER)
            assert await accounts(world) == (shut,)
        await use_these(page, home)
        (mended,) = await accounts(world)
        assert mended.id == account.id and mended.refused_at is None


@pytest.mark.parametrize(
    ("consent", "told"),
    [
        (Consent(MAIL, denied=True), "E_OAUTH_DENIED"),
        (Consent(MAIL, scopes=frozenset()), "E_OAUTH_READ"),
    ],
)
async def test_who_says_no_comes_back_to_their_page(
    world: World, page: Page, home: str, consent: Consent, told: str
) -> None:
    fake = stage(world.clock.now, f"{home}{CALLBACK}")
    fake.consent(consent)
    async with serving(fake) as address:
        place = installation(address, f"{home}{CALLBACK}")
        async with standing(world, page, place):
            await page.get_by_role("button", name="Continue to Google").click()
            await page.wait_for_url(f"{home}{CALLBACK}**")
            assert told in await page.content()
            assert await page.get_by_role("button", name="Continue to Google").count()
            await is_well(page)
    assert await accounts(world) == ()


async def test_what_was_left_unticked_stands_on_the_page(
    world: World, page: Page, home: str
) -> None:
    fake = stage(world.clock.now, f"{home}{CALLBACK}")
    fake.consent(Consent(MAIL, scopes=frozenset({FREEBUSY})))
    async with serving(fake) as address:
        place = installation(address, f"{home}{CALLBACK}")
        async with standing(world, page, place):
            await page.get_by_role("button", name="Continue to Google").click()
            await page.wait_for_url(f"{home}{CALLBACK}**")
            await is_well(page)
            await page.get_by_text("invitations by mail instead").wait_for()
            await page.get_by_role("button", name="Use these").click()
            await page.wait_for_url(f"{home}/calendar")
            await is_well(page)
            # One thing more, when it is needed.
            fake.consent(Consent(MAIL))
            await page.get_by_role("button", name="Let Troth book").click()
            await page.wait_for_url(f"{home}{CALLBACK}**")
            await page.get_by_role("button", name="Use these").click()
            await page.wait_for_url(f"{home}/calendar")
    (account,) = await accounts(world)
    assert account.allowed == {Need.READ, Need.WRITE} and account.own_calendar


async def test_the_page_on_the_way_stands_by_itself(
    world: World, page: Page, home: str
) -> None:
    """For whoever's browser does not go on by itself, or whose line is cut there."""
    fake = stage(world.clock.now, f"{home}{CALLBACK}")
    fake.consent(Consent(MAIL, denied=True))
    async with serving(fake) as address:
        place = installation(address, f"{home}{CALLBACK}")
        async with standing(world, page, place):
            await page.route(f"{address}/**", lambda route: route.fulfill(status=204))
            await page.get_by_role("button", name="Continue to Google").click()
            link = page.get_by_role("link", name="Continue to Google")
            await link.wait_for()
            await is_well(page)
            await page.unroute(f"{address}/**")
            await link.click()
            await page.wait_for_url(f"{home}{CALLBACK}**")
            assert "E_OAUTH_DENIED" in await page.content()
