"""Everything that can be looked at, found from the router and from the pages."""

from __future__ import annotations

import re
from collections import Counter, deque
from collections.abc import Iterator
from itertools import product
from urllib.parse import quote, urlsplit

from fastapi.routing import APIRoute
from playwright.async_api import Browser, BrowserContext, Page, Response

from scheduler.ids import PersonId
from tests.web.shown_to_all import Lived, Site
from web.app import ROUTERS

#: What is not read by people in a browser, or has nothing to say to whoever comes from
#: nowhere: of Google's answer test_google_browser.py sees the page.
NOT_PAGES = re.compile(
    r"/api/|/(healthz|readyz|metrics|export)$|/p/|\.csv$|/export$|/feeds/|/callback$"
)
#: Pages of one route that are looked at, for each who looks.
ENOUGH = 2


def page_routes() -> tuple[APIRoute, ...]:
    """Every route that answers a browser with something to read."""
    found = [r for one in ROUTERS for r in one.routes if isinstance(r, APIRoute)]
    return tuple(
        route
        for route in found
        if "GET" in route.methods and not NOT_PAGES.search(route.path)
    )


def route_of(path: str) -> str:
    """The route that answers this path, as the router writes it; empty for none."""
    fitting = (r.path for r in page_routes() if r.path_regex.match(path))
    return next(fitting, "")


async def roles(lived: Lived) -> dict[str, PersonId | None]:
    """Who looks; the coordinator is nobody's person."""
    return {
        "mentor": lived.pair.mentor,
        "mentee": lived.pair.mentee,
        "newcomer": lived.waiting.mentee,
        "coordinator": None,
    }


async def come_in(site: Site, page: Page, person: PersonId | None) -> None:
    """Open a personal link, as from a letter; a coordinator confirms it."""
    await page.goto(await site.door(person))
    if person is None:
        await page.locator("main form button").click()


class Walk:
    """One who looks at everything that they can see."""

    def __init__(self, site: Site, page: Page, home: str) -> None:
        self.site, self.page, self.home = site, page, home
        #: The address of each page seen.
        self.pages: list[str] = []
        #: The routes that answered, if only by leading elsewhere.
        self.routes: set[str] = set()
        self._of_route: Counter[str] = Counter()

    async def walk(self) -> None:
        """Follow every link, then try what the router has beside that."""
        start = urlsplit(self.page.url).path
        waiting, known = deque([start, "/", "/pairs", "/programme", "/link"]), {start}
        guessed = False
        while waiting:
            path = waiting.popleft()
            for link in await self._look(path):
                if link not in known:
                    known.add(link)
                    waiting.append(link)
            if not waiting and not guessed:
                guessed = True
                waiting += [p for p in await self._guesses() if p not in known]

    async def _look(self, path: str) -> list[str]:
        route = route_of(urlsplit(path).path)
        if not route or self._of_route[route] >= ENOUGH:
            return []
        answer = await self.page.goto(f"{self.home}{path}")
        assert answer and answer.status < 500, path
        if answer.ok:
            self.routes.add(route)
        here = self.page.url.removeprefix(self.home)
        if not _is_page(answer) or here in self.pages:
            return []
        self.pages.append(here)
        self._of_route[route_of(urlsplit(here).path)] += 1
        links: list[str] = await self.page.eval_on_selector_all(
            "a[href]", "all => all.map(a => a.href)"
        )
        own = (x.removeprefix(self.home) for x in links if x.startswith(self.home))
        return [x.partition("#")[0] for x in own]

    async def _guesses(self) -> list[str]:
        """Addresses of the routes that no link led to."""
        lived = self.site.now
        keys = [str((await lived.world.meeting(lived.pair, n)).key) for n in range(4)]
        offers = [offer.id for offer in await lived.world.offers(lived.pair)]
        async with lived.world.store(read_only=True) as uow:
            promises = await uow.promises.of_pair(lived.pair.id)
        known = {
            "promise": [promise.id for promise in promises],
            "pair": [lived.pair.id, lived.waiting.id],
            "key": [quote(key, safe="") for key in keys],
            "offer": offers,
        }
        return [p for r in page_routes() for p in _filled(r.path, known)]


def _is_page(answer: Response) -> bool:
    return answer.status == 200 and "text/html" in answer.headers["content-type"]


def _filled(path: str, known: dict[str, list[str]]) -> Iterator[str]:
    names = re.findall(r"{(\w+)(?::\w+)?}", path)
    for values in product(*(known.get(name, []) for name in names)):
        given = dict(zip(names, values, strict=True))
        yield re.sub(r"{(\w+)(?::\w+)?}", lambda m: given[m[1]], path)  # noqa: B023


async def context(
    browser: Browser, width: int, *, dark: bool = False, scripts: bool = True
) -> BrowserContext:
    """A browser window of somebody."""
    return await browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme="dark" if dark else "light",
        java_script_enabled=scripts,
        reduced_motion="reduce",
    )
