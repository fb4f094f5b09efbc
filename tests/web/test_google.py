"""Google's consent in a browser: bound to its session, kept only when chosen."""

import re
from collections.abc import AsyncIterator
from datetime import timedelta
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
import pytest

from integrations.google.fake.faults import TOKEN, Drop, Rule
from integrations.google.fake.oauth import Consent
from integrations.google.fake.world import SCOPE
from integrations.memory.store import MemoryStore
from scheduler.accounts import Need
from scheduler.ports.consent import PRIMARY
from tests.web.consenting import MAIL, Consenting, asked, consenting, cookies
from tests.web.world import IDA, LEYLA, World

FREEBUSY = f"{SCOPE}calendar.events.freebusy"
YES, NO = Consent(MAIL), Consent(MAIL, denied=True)


@pytest.fixture
async def google(world: World) -> AsyncIterator[Consenting]:
    async with consenting(world) as made:
        await made.world.come_in(IDA)
        yield made


@pytest.mark.parametrize(
    ("fields", "scopes"),
    [
        ({"books": "nowhere"}, set()),
        ({"books": "own"}, {"calendar.app.created"}),
        ({"books": "main"}, {"calendar.events.owned"}),
        (
            {"books": "own", "choose": "yes"},
            {"calendar.app.created", "calendar.calendarlist.readonly"},
        ),
    ],
)
async def test_no_more_is_asked_than_is_wanted(
    google: Consenting, fields: dict[str, str], scopes: set[str]
) -> None:
    always = {"openid", "email", "calendar.events.freebusy"}
    assert asked(await google.begin(**fields)) == always | scopes


async def test_what_was_allowed_is_kept_only_once_it_was_chosen(
    google: Consenting,
) -> None:
    page = await google.come_back(YES, books="own")
    assert MAIL in page.text and "What will not work" not in page.text
    assert await google.kept() == ((), ())
    for _ in range(2):
        done = await google.choose(page, books="own")
        assert (done.status_code, done.headers["location"]) == (303, "/calendar")
    (account,), connections = await google.kept()
    assert account.email == MAIL and account.allowed == {Need.READ, Need.WRITE}
    own = google.fake.world.calendars[account.own_calendar]
    assert own.summary == "hafen Mentoring (Troth)"
    assert {c.url.reveal: c.written for c in connections} == {
        PRIMARY: False,
        account.own_calendar: True,
    }
    text = (await google.world.client.get("/calendar")).text
    assert MAIL in text and "where Troth books" in text
    assert account.refresh.reveal not in text


async def test_no_token_stands_in_a_page_or_an_address(google: Consenting) -> None:
    page = await google.come_back(YES, books="own")
    seen = [page.text, str(page.url), *map(str, google.world.client.cookies.values())]
    tokens = [*google.fake.desk.grants, *google.fake.desk.access]
    assert len(tokens) == 2
    assert not [t for t in tokens for text in seen if t in text]


async def test_the_cookie_of_a_flow_is_for_this_way_alone_and_for_minutes(
    google: Consenting,
) -> None:
    answer = await google.world.client.post(
        "/calendar/google", data=await google.form() | {"books": "own"}
    )
    ((name, morsel),) = cookies(answer).items()
    assert re.fullmatch(r"troth-google-[0-9a-f]{16}", name)
    assert morsel["path"] == "/calendar/google" and int(morsel["max-age"]) <= 1_800
    assert morsel["httponly"] and morsel["secure"] and morsel["samesite"] == "lax"
    address = answer.headers["refresh"].removeprefix("0; url=")
    state = parse_qs(urlsplit(address).query)["state"][0]
    assert state not in morsel.value and state not in name
    assert "form-action 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["cache-control"] == "no-store"
    back = await google.at_google(address, YES)
    page = await google.world.client.get(back)
    assert cookies(page)[name]["max-age"] == "0"
    assert page.headers["cache-control"] == "no-store"


async def refused(google: Consenting, page: httpx2.Response, code: str) -> None:
    """Told on a page with the way on, and nothing is kept."""
    assert page.status_code == 422, page.text
    assert code in page.text and "Continue to Google" in page.text
    assert await google.kept() == ((), ())


async def test_who_does_not_allow_it_is_told_that_nothing_was_connected(
    google: Consenting,
) -> None:
    await refused(google, await google.come_back(NO), "E_OAUTH_DENIED")


async def test_a_state_that_is_wrong_missing_or_used(google: Consenting) -> None:
    """promises.md S7, input 64."""
    client = google.world.client
    good = await google.at_google(await google.begin(books="own"), YES)
    query = parse_qs(urlsplit(good).query)
    code = query["code"][0]
    for answer in ({"code": code}, {"code": code, "state": "x" * 43}, {}):
        page = await client.get(f"/calendar/google/callback?{urlencode(answer)}")
        await refused(google, page, "E_OAUTH_STATE")
    assert (await client.get(good)).status_code == 200
    await refused(google, await client.get(good), "E_OAUTH_STATE")


async def test_a_code_that_is_used_again_with_its_cookie(google: Consenting) -> None:
    address = await google.at_google(await google.begin(books="own"), YES)
    client = google.world.client
    kept = dict(client.cookies.items())
    assert (await client.get(address)).status_code == 200
    for name, value in kept.items():
        client.cookies.set(name, value)
    await refused(google, await client.get(address), "E_OAUTH_CODE")


async def test_an_answer_in_another_session_is_nobodys(google: Consenting) -> None:
    address = await google.at_google(await google.begin(books="own"), YES)
    # The cookie of the flow stays; whose session it is does not.
    for person in (LEYLA, IDA):
        await google.world.come_in(person)
        page = await google.world.client.get(address)
        await refused(google, page, "E_OAUTH_STATE")
    google.world.client.cookies.clear()
    assert (await google.world.client.get(address)).status_code == 401


async def test_a_choice_opens_in_its_own_session_alone(google: Consenting) -> None:
    page = await google.come_back(YES, books="own")
    for person in (LEYLA, IDA):
        await google.world.come_in(person)
        assert (await google.choose(page, books="own")).status_code == 403
        assert await google.kept(person) == ((), ())


async def test_two_flows_side_by_side_do_not_meet(google: Consenting) -> None:
    """promises.md S7: each has a state, a verifier and a cookie of its own."""
    first, second = await google.begin(books="own"), await google.begin(books="nowhere")
    back = [await google.at_google(url, YES) for url in (first, second)]
    mixed = {
        "state": parse_qs(urlsplit(back[0]).query)["state"][0],
        "code": parse_qs(urlsplit(back[1]).query)["code"][0],
    }
    client = google.world.client
    third = await google.at_google(await google.begin(books="own"), YES)
    stolen = mixed | {"state": parse_qs(urlsplit(third).query)["state"][0]}
    page = await client.get(f"/calendar/google/callback?{urlencode(stolen)}")
    await refused(google, page, "E_OAUTH_CODE")
    pages = [await client.get(address) for address in back]
    assert [page.status_code for page in pages] == [200, 200]
    assert "calendar of Troth" in pages[0].text


async def test_what_was_left_unticked_is_told_and_not_offered(
    google: Consenting,
) -> None:
    """promises.md F28: read from the answer, not from what was asked."""
    partly = Consent(MAIL, scopes=frozenset({FREEBUSY}))
    page = await google.come_back(partly, books="own", choose="yes")
    assert "What will not work" in page.text
    assert "sends you invitations by mail instead" in page.text
    assert "reads your main calendar only" in page.text
    assert 'value="own"' not in page.text and 'value="main"' not in page.text
    await google.choose(page, books="own")
    (account,), (only,) = await google.kept()
    assert account.allowed == {Need.READ} and not only.written
    text = (await google.world.client.get("/calendar")).text
    assert "sends you invitations by mail instead" in text


async def test_without_seeing_anything_nothing_is_connected(
    google: Consenting,
) -> None:
    blind = Consent(MAIL, scopes=frozenset({f"{SCOPE}calendar.app.created"}))
    await refused(google, await google.come_back(blind), "E_OAUTH_READ")


async def test_a_silent_google_is_told_and_nothing_is_kept(google: Consenting) -> None:
    address = await google.at_google(await google.begin(books="own"), YES)
    google.fake.play(Rule(TOKEN, Drop(applied=False)))
    page = await google.world.client.get(address)
    await refused(google, page, "E_OAUTH_SILENT")


async def test_a_link_opened_long_ago_connects_nothing(google: Consenting) -> None:
    page = await google.come_back(YES, books="own")
    for _ in range(3):
        google.world.clock.advance(timedelta(minutes=11))
        await google.world.client.get("/calendar")
    assert (await google.choose(page, books="own")).status_code == 401
    assert await google.kept() == ((), ())


async def test_where_no_client_is_set_google_is_not_spoken_of(world: World) -> None:
    await world.come_in(IDA)
    page = await world.client.get("/calendar")
    assert "Google" not in page.text
    assert (await world.client.get("/calendar/google/callback")).status_code == 404
    token = page.text.split('name="csrf" value="')[1].split('"')[0]
    answer = await world.client.post("/calendar/google", data={"csrf": token})
    assert answer.status_code == 404


async def test_looking_keeps_nothing_whatever_google_answers(
    google: Consenting,
) -> None:
    """promises.md S3: the way back is a GET, and the store is the same after it."""
    store = google.world.services.begin
    assert isinstance(store, MemoryStore)
    client = google.world.client
    for consent in (YES, NO, Consent(MAIL, scopes=frozenset())):
        address = await google.at_google(await google.begin(books="own"), consent)
        before = store.shelves
        for way in ("GET", "HEAD", "GET"):
            assert (await client.request(way, address)).status_code < 500
        assert store.shelves is before
