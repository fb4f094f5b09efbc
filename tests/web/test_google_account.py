"""The life of a Google account on its owner's pages: more, less, again, and its end."""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest

from integrations.google.fake.oauth import Consent, withdraw
from integrations.google.fake.world import SCOPE
from scheduler.accounts import Need
from scheduler.connections import CalendarKind, Health
from scheduler.secret import Secret
from scheduler.usecases.connect_calendar import CalendarWish, connect_calendar
from scheduler.work import WorkKind
from tests.web.consenting import MAIL, OTHER, Consenting, asked, consenting
from tests.web.world import HAFEN, IDA, LEYLA, World

FREEBUSY = f"{SCOPE}calendar.events.freebusy"
YES, NO = Consent(MAIL), Consent(MAIL, denied=True)

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow


@pytest.fixture
async def google(world: World) -> AsyncIterator[Consenting]:
    async with consenting(world) as made:
        await made.world.come_in(IDA)
        yield made


async def test_another_account_than_the_one_that_is_mended(google: Consenting) -> None:
    await google.choose(await google.come_back(YES, books="own"), books="own")
    before = await google.kept()
    again = f"/{before[0][0].id}/again"
    page = await google.come_back(Consent(OTHER), again)
    assert page.status_code == 422 and "E_OAUTH_OTHER_ACCOUNT" in page.text
    assert await google.kept() == before
    hint = parse_qs(urlsplit(await google.begin(again)).query)["login_hint"]
    assert hint == [MAIL]


async def test_somebody_elses_account_cannot_be_asked_for(google: Consenting) -> None:
    await google.choose(await google.come_back(YES), books="nowhere")
    ((account,), _) = await google.kept()
    await google.world.come_in(LEYLA)
    for what in ("again", "disconnect"):
        path = f"/calendar/google/{account.id}/{what}"
        answer = await google.world.client.post(path, data=await google.form())
        assert answer.status_code == (404 if what == "again" else 303)
    assert len((await google.kept())[0]) == 1


async def test_one_thing_more_is_asked_for_beside_what_was_allowed(
    google: Consenting,
) -> None:
    await google.choose(await google.come_back(YES, books="nowhere"), books="nowhere")
    ((account,), _) = await google.kept()
    again = f"/{account.id}/again"
    url = await google.begin(again, more="invite")
    assert asked(url) >= {"calendar.events.freebusy", "calendar.events.owned"}
    page = await google.world.client.get(await google.at_google(url, YES))
    assert re.search(r'value="main" checked', page.text)
    await google.choose(page, books="main")
    (account,), (only,) = await google.kept()
    assert Need.INVITE in account.allowed and only.invites and only.written
    page = await google.come_back(YES, again, more="choose")
    assert re.search(r'value="main" checked', page.text)
    bad = await google.world.client.post(
        f"/calendar/google{again}", data=await google.form() | {"more": "everything"}
    )
    assert bad.status_code == 404


async def test_calendars_are_chosen_among_those_of_the_account(
    google: Consenting,
) -> None:
    for name in ("Choir", "<Work>"):
        google.fake.act(MAIL, "calendars.insert", {}, {"summary": name})
    page = await google.come_back(YES, books="own", choose="yes")
    boxes = re.findall(r'name="read" value="(\d)"( checked)?> ([^<]+)', page.text)
    assert [(n, bool(ticked)) for n, ticked, _ in boxes] == [
        ("0", True),
        ("1", False),
        ("2", False),
    ]
    assert {words for _, _, words in boxes[1:]} == {"Choir", "&lt;Work&gt;"}
    chosen = next(n for n, _, words in boxes if words == "Choir")
    await google.choose(page, read=chosen, books="own")
    (account,), connections = await google.kept()
    assert {c.label for c in connections} == {"Choir", "hafen Mentoring (Troth)"}
    # Asked again, the calendar of our own is none to choose, and ticks are kept.
    page = await google.come_back(YES, f"/{account.id}/again")
    boxes = re.findall(r'name="read" value="(\d)"( checked)?> ([^<]+)', page.text)
    assert {words for _, ticked, words in boxes if ticked} == {"Choir"}
    assert len(boxes) == 3
    none = await google.choose(page, read="9", books="own")
    assert none.status_code == 422 and "E_CALENDAR_NONE" in none.text


async def test_a_grant_that_ended_has_one_button_that_mends_it(
    google: Consenting,
) -> None:
    await google.choose(await google.come_back(YES, books="own"), books="own")
    (account,), connections = await google.kept()
    google.fake.desk = withdraw(google.fake.desk, MAIL, "troth")
    begin = google.world.services.begin
    async with begin() as uow:
        for c in connections:
            await uow.calendars.put(replace(c, health=Health.NEEDS_CONSENT))
        now = google.world.clock.now()
        await uow.accounts.put(replace(account, refused_at=now))
        await uow.commit()
    text = (await google.world.client.get("/calendar")).text
    assert text.count("Google does not let Troth in any more") == 1
    assert text.count("Connect again") == 1
    page = await google.come_back(YES, f"/{account.id}/again")
    assert re.search(r'value="own" checked', page.text)
    await google.choose(page, books="own")
    (mended,), after = await google.kept()
    assert mended.refused_at is None and mended.refresh != account.refresh
    assert mended.own_calendar == account.own_calendar
    assert {c.health for c in after} == {Health.NEW} and len(after) == len(connections)
    text = (await google.world.client.get("/calendar")).text
    assert "Google does not let Troth in any more" not in text


async def test_the_account_is_disconnected_with_all_it_opened(
    google: Consenting,
) -> None:
    await google.choose(await google.come_back(YES, books="own"), books="own")
    ((account,), _) = await google.kept()
    path = f"/calendar/google/{account.id}/disconnect"
    for _ in range(2):
        form = await google.form()
        done = await google.world.client.post(path, data=form)
        assert done.status_code == 303
    assert (await google.kept())[1] == ()
    async with google.world.services.begin() as uow:
        due = await uow.work.take(
            google.world.clock.now(), until=google.world.clock.now(), most=50
        )
    assert (WorkKind.REVOKE, account.id) in {(x.work.kind, x.work.subject) for x in due}
    assert MAIL not in (await google.world.client.get("/calendar")).text


async def test_accounts_over_the_api(google: Consenting) -> None:
    await google.choose(await google.come_back(YES, books="own"), books="own")
    (account,), connections = await google.kept()
    client = google.world.client
    headers = {"authorization": f"Bearer {await google.world.token(HAFEN, IDA)}"}
    listed = await client.get("/api/v1/me/accounts", headers=headers)
    (told,) = listed.json()
    assert (told["id"], told["provider"], told["email"]) == (
        account.id,
        "google",
        MAIL,
    )
    assert told["allowed"] == ["read", "write"] and told["refused_at"] is None
    missing = [one["need"] for one in told["lacking"]]
    assert missing == ["choose", "invite", "documents"]
    assert account.refresh.reveal not in listed.text
    calendars = (await client.get("/api/v1/me/calendars", headers=headers)).json()
    assert {c["account"] for c in calendars} == {account.id}
    assert not any(c["invites"] for c in calendars)
    other = {"authorization": f"Bearer {await google.world.token(HAFEN, LEYLA)}"}
    assert (await client.get("/api/v1/me/accounts", headers=other)).json() == []
    path = f"/api/v1/me/accounts/{account.id}"
    assert (await client.delete(path, headers=other)).status_code == 204
    assert await google.kept() == ((account,), connections)
    for _ in range(2):
        assert (await client.delete(path, headers=headers)).status_code == 204
    assert (await google.kept())[1] == ()


async def test_who_books_elsewhere_is_told_that_it_goes_on_there(
    google: Consenting,
) -> None:
    wish = CalendarWish(
        CalendarKind.CALDAV,
        Secret("https://dav.test/1/"),
        label="Posteo",
        writable=True,
    )
    services = google.world.services
    await connect_calendar(
        IDA.id,
        wish,
        begin=services.begin,
        open_calendar=services.open_calendar,
        clock=services.clock,
        months=13,
    )
    page = await google.come_back(YES, books="own")
    assert "Troth books in Posteo already" in page.text
    await google.choose(page, books="own")
    _, connections = await google.kept()
    assert [c.label for c in connections if c.written] == ["Posteo"]


async def test_what_is_renewed_is_what_there_was(google: Consenting) -> None:
    for books, scopes in (
        ("main", {"calendar.events.owned"}),
        ("own", {"calendar.events.owned", "calendar.app.created"}),
    ):
        await google.choose(await google.come_back(YES, books=books), books=books)
        ((account,), _) = await google.kept()
        always = {"openid", "email", "calendar.events.freebusy"}
        assert asked(await google.begin(f"/{account.id}/again")) == always | scopes
