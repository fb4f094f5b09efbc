"""From an address and a password to calendars, and never to somebody else's server."""

from ipaddress import ip_network

import pytest
from aiohttp import web

from integrations.caldav.discovery import DiscoverCalDav, starting_points
from integrations.egress import Door
from scheduler.errors import NeedsConsent, Refused, Unavailable
from scheduler.ports.calendars import FoundCalendar
from tests.faults.serving import serving
from tests.servers.dav import new_calendar

HERE = (ip_network("127.0.0.1/32"),)
NAMES = (
    'xmlns="DAV:" xmlns:C="urn:ietf:params:xml:ns:caldav"'
    ' xmlns:A="http://apple.com/ns/ical/"'
)


@pytest.mark.servers
@pytest.mark.parametrize(
    ("server", "home", "given"),
    [
        ("radicale", "ana/", ""),
        ("radicale", "ana/", "ana/"),
        ("radicale", "ana/", "somewhere/else/"),
        ("xandikos", "calendars/", ""),
        ("xandikos", "calendars/", "calendars/"),
    ],
)
async def test_calendars_of_real_servers_are_found(
    server: str, home: str, given: str, request: pytest.FixtureRequest
) -> None:
    base = request.getfixturevalue(server)
    discover = DiscoverCalDav(Door(allowed=HERE))
    async with new_calendar(f"{base}{home}") as theirs:
        found = await discover(f"{base}{given}", "ana", "pw")
        assert (theirs.url, True) in [(f.url, f.writable) for f in found]
        only = await discover(theirs.url, "ana", "pw")
        assert [(f.url, f.writable) for f in only] == [(theirs.url, True)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("ana@icloud.com", "https://caldav.icloud.com/.well-known/caldav"),
        ("icloud.com", "https://caldav.icloud.com/.well-known/caldav"),
        ("ana@fastmail.com", "https://caldav.fastmail.com/.well-known/caldav"),
        ("ana@acme.test", "https://acme.test/.well-known/caldav"),
        ("dav.acme.test:8443", "https://dav.acme.test:8443/.well-known/caldav"),
        ("https://acme.test/dav/ana", "https://acme.test/dav/ana"),
    ],
)
def test_where_the_search_begins(text: str, first: str) -> None:
    assert starting_points(text)[0].url == first


def multistatus(*responses: str) -> web.Response:
    body = f"<multistatus {NAMES}>{''.join(responses)}</multistatus>"
    return web.Response(status=207, text=body, content_type="application/xml")


def response(href: str, *props: str, status: str = "200 OK") -> str:
    return (
        f"<response><href>{href}</href><propstat><prop>{''.join(props)}</prop>"
        f"<status>HTTP/1.1 {status}</status></propstat></response>"
    )


CALENDAR = "<resourcetype><collection/><C:calendar/></resourcetype>"
EVENTS = (
    "<C:supported-calendar-component-set><C:comp name='VEVENT'/>"
    "</C:supported-calendar-component-set>"
)
TASKS = EVENTS.replace("VEVENT", "VTODO")
READ = (
    "<current-user-privilege-set><privilege><read/></privilege>"
    "</current-user-privilege-set>"
)
WRITE = READ.replace("<read/>", "<write-content/>")


def homes(*hrefs: str) -> str:
    inside = "".join(f"<href>{href}</href>" for href in hrefs)
    return f"<C:calendar-home-set>{inside}</C:calendar-home-set>"


def principal(href: str) -> str:
    return f"<current-user-principal><href>{href}</href></current-user-principal>"


def name(text: str) -> str:
    return f"<displayname>{text}</displayname>"


class Provider:
    """Hosts of one provider on one port; knows who sent a password where."""

    def __init__(self, answers: dict[tuple[str, str], web.Response]) -> None:
        self.answers = answers
        self.told: list[str] = []

    async def resolve(self, host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async def __call__(self, request: web.Request) -> web.Response:
        host = request.url.host or ""
        if "Authorization" in request.headers:
            self.told.append(host)
        else:
            return web.Response(status=401)
        found = self.answers.get((host, request.path))
        return found or web.Response(status=404)

    async def discover(self, address: str) -> tuple[FoundCalendar, ...]:
        door = Door(allowed=HERE, resolve=self.resolve)
        async with serving(self) as here:
            port = here.rpartition(":")[2]
            for answer in self.answers.values():
                answer.text = (answer.text or "").replace("PORT", port)
            where = address.replace("PORT", port)
            found = await DiscoverCalDav(door)(where, "ana", "app-password")
        return tuple(
            FoundCalendar(f.url.replace(port, "PORT"), f.name, f.writable)
            for f in found
        )


async def test_icloud_leads_to_another_host_of_its_own() -> None:
    provider = Provider(
        {
            ("caldav.icloud.com", "/.well-known/caldav"): multistatus(
                response("/.well-known/caldav", principal("/123/principal/"))
            ),
            ("caldav.icloud.com", "/123/principal/"): multistatus(
                response(
                    "/123/principal/",
                    homes("http://p37-caldav.icloud.com:PORT/123/calendars/"),
                )
            ),
            ("p37-caldav.icloud.com", "/123/calendars/"): multistatus(
                response(
                    "/123/calendars/", "<resourcetype><collection/></resourcetype>"
                ),
                response("/123/calendars/home/", CALENDAR, EVENTS, WRITE, name("Home")),
                response("/123/calendars/tasks/", CALENDAR, TASKS, WRITE, name("Todo")),
                response(
                    "/123/calendars/inbox/",
                    "<resourcetype><collection/></resourcetype>",
                ),
                response(
                    "/123/calendars/shared/", CALENDAR, EVENTS, READ, name("Team")
                ),
            ),
        }
    )
    found = await provider.discover("http://caldav.icloud.com:PORT/")
    base = "http://p37-caldav.icloud.com:PORT/123/calendars"
    assert found == (
        FoundCalendar(f"{base}/home/", "Home", writable=True),
        FoundCalendar(f"{base}/shared/", "Team", writable=False),
    )


async def test_fastmail_redirects_inside_its_domain() -> None:
    redirect = web.Response(status=301, headers={"Location": "/dav/principals/"})
    me = "/dav/principals/user/ana@fastmail.com/"
    home = "/dav/calendars/user/ana@fastmail.com/"
    host = "caldav.fastmail.com"
    provider = Provider(
        {
            (host, "/.well-known/caldav"): redirect,
            (host, "/dav/principals/"): multistatus(
                response("/dav/principals/", principal(me))
            ),
            (host, me): multistatus(response(me, homes(home))),
            (host, home): multistatus(
                response(f"{home}Default/", CALENDAR, EVENTS, name("Calendar")),
            ),
        }
    )
    found = await provider.discover("http://caldav.fastmail.com:PORT/")
    url = f"http://caldav.fastmail.com:PORT{home}Default/"
    assert found == (FoundCalendar(url, "Calendar", writable=True),)


@pytest.mark.parametrize("way", ["redirect", "principal", "home", "lookalike"])
async def test_a_password_goes_to_no_other_site(way: str) -> None:
    thief = "http://thief.example:PORT/"
    if way == "lookalike":
        thief = "http://acme.test.thief.example:PORT/"
    here = ("dav.acme.test", "/.well-known/caldav")
    answers = {
        here: multistatus(response("/x", principal("/ana/"))),
        ("dav.acme.test", "/ana/"): multistatus(response("/ana/", homes(thief))),
    }
    if way == "principal":
        answers[here] = multistatus(response("/x", principal(thief)))
    provider = Provider(answers)
    if way == "redirect":

        async def away(request: web.Request) -> web.Response:
            provider.told.append(request.url.host or "")
            port = request.url.port
            return web.Response(
                status=302, headers={"Location": f"http://thief.example:{port}/"}
            )

        async with serving(away) as base:
            door = Door(allowed=HERE, resolve=provider.resolve)
            url = base.replace("127.0.0.1", "dav.acme.test")
            with pytest.raises(Refused, match=r"E_DAV_OTHER_HOST.*thief\.example"):
                await DiscoverCalDav(door)(url, "ana", "pw")
    else:
        with pytest.raises(Refused, match=r"E_DAV_OTHER_HOST.*thief\.example"):
            await provider.discover("http://dav.acme.test:PORT/")
    assert set(provider.told) == {"dav.acme.test"}


async def test_a_wrong_password_is_tried_once() -> None:
    asked: list[str] = []

    async def locked(request: web.Request) -> web.Response:
        asked.append(request.path)
        return web.Response(status=401)

    async with serving(locked) as here:
        with pytest.raises(NeedsConsent):
            await DiscoverCalDav(Door(allowed=HERE))(here, "ana", "wrong")
    assert len(asked) == 1


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (web.Response(status=404), "E_DAV_GONE"),
        (web.Response(status=200, text="<html>Sign in</html>"), "E_DAV_ANSWER"),
        (web.Response(status=207, text="<html>Sign in</html>"), "E_DAV_XML"),
        (web.Response(status=405), "E_DAV_ANSWER"),
    ],
)
async def test_what_is_no_calendar_server_says_so(
    answer: web.Response, error: str
) -> None:
    async def handler(request: web.Request) -> web.Response:
        return web.Response(status=answer.status, text=answer.text)

    async with serving(handler) as here:
        with pytest.raises(Refused, match=error):
            await DiscoverCalDav(Door(allowed=HERE))(here, "ana", "pw")


async def test_an_account_without_calendars_says_so() -> None:
    host = "dav.acme.test"
    provider = Provider(
        {
            (host, "/.well-known/caldav"): multistatus(response("/x", homes("/ana/"))),
            (host, "/ana/"): multistatus(response("/ana/t/", CALENDAR, TASKS)),
        }
    )
    with pytest.raises(Refused, match="E_DAV_NONE"):
        await provider.discover("http://dav.acme.test:PORT/")


async def test_an_outage_is_an_outage() -> None:
    async def down(request: web.Request) -> web.Response:
        return web.Response(status=503, headers={"Retry-After": "60"})

    async with serving(down) as here:
        with pytest.raises(Unavailable) as caught:
            await DiscoverCalDav(Door(allowed=HERE))(here, "ana", "pw")
    assert caught.value.after == 60


async def test_a_public_server_is_not_told_a_password_in_the_open() -> None:
    async def public(host: str, port: int) -> list[str]:
        return ["93.184.216.34"]

    with pytest.raises(Refused, match="E_URL_SCHEME"):
        await DiscoverCalDav(Door(resolve=public))("http://a.example/", "ana", "pw")


@pytest.mark.parametrize(
    "address",
    ["http://127.0.0.1/", "https://localhost/", "ana@localhost", "https://[::1]/dav/"],
)
async def test_no_private_server_is_asked(address: str) -> None:
    async def local(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    with pytest.raises(Refused, match="E_URL_PRIVATE"):
        await DiscoverCalDav(Door(resolve=local))(address, "ana", "pw")
