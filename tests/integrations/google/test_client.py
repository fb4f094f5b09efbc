"""The client at its sockets: tokens, kept connections, and what goes wrong there."""

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from traceback import format_exception

import pytest

from integrations.egress import Limits
from integrations.google.calendar import GoogleCalendar
from integrations.google.client import Google
from integrations.google.failures import Operation
from integrations.google.fake.faults import TOKEN, Drop, Hang, Refuse, Rule
from integrations.google.fake.oauth import withdraw
from integrations.google.fake.problems import Problem
from integrations.google.protocol import (
    calendars,
    own_event,
    read_calendars,
    watch,
)
from scheduler.accounts import Need
from scheduler.errors import Conflict, NeedsConsent, Troth, Unavailable
from scheduler.ids import AccountId
from scheduler.secret import Secret
from tests.contracts.calendars import INVITE, WINDOW
from tests.integrations.google.calling import FREEBUSY, Called, calling
from tests.integrations.google.conftest import MENTEE, MENTOR
from tests.integrations.google.test_against_fake import BERLIN

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

QUICK = Limits(connect=2, read=1, total=2)
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
CALENDARS = "calendar.calendarlist.readonly"


def listing(here: Called, account: AccountId) -> Callable[[], Awaitable[object]]:
    """One call, with what the account's owner granted."""
    return lambda: here.google.account(account)(calendars(), Operation.LIST)


async def test_a_fresh_grant_lists_its_calendars() -> None:
    async with calling() as here:
        token = here.fake.token(MENTOR, CALENDARS)
        ask = here.google.asking(Secret(token))
        (found,) = read_calendars(await ask(calendars(), Operation.LIST))
        assert (found.id, found.primary) == (MENTOR, True)


# Tokens


async def test_a_token_serves_until_shortly_before_its_end() -> None:
    async with calling() as here:
        ask = listing(here, here.connect(MENTOR, CALENDARS))
        for _ in range(3):
            await ask()
        here.clock.advance(HOUR - timedelta(minutes=3))
        await ask()
        assert len(here.calls(TOKEN)) == 1
        here.clock.advance(timedelta(minutes=2))
        await ask()
        assert len(here.calls(TOKEN)) == 2


async def test_many_at_once_renew_it_once_and_accounts_each_their_own() -> None:
    async with calling() as here:
        accounts = [here.connect(one, CALENDARS) for one in (MENTOR, MENTEE)]
        found = await asyncio.gather(
            *(listing(here, one)() for one in accounts for _ in range(10))
        )
        assert len(here.calls(TOKEN)) == 2
        users = [one.user for one in here.fake.requests if one.user]
        assert sorted(users) == [MENTEE] * 10 + [MENTOR] * 10
        assert found[0] != found[-1]


async def test_a_token_that_google_drops_is_renewed_once() -> None:
    async with calling() as here:
        ask = listing(here, here.connect(MENTOR, CALENDARS))
        await ask()
        here.fake.desk = replace(here.fake.desk, access={})
        await ask()
        assert here.calls() == [
            TOKEN,
            "calendarList.list",
            "calendarList.list",
            TOKEN,
            "calendarList.list",
        ]


async def test_a_token_that_is_never_taken_is_not_renewed_for_ever() -> None:
    async with calling() as here:
        ask = listing(here, here.connect(MENTOR, CALENDARS))
        no = Refuse(Problem(401, "authError", "Invalid Credentials"))
        here.fake.play(*(Rule("calendarList.list", no, nth=n) for n in (1, 2)))
        with pytest.raises(NeedsConsent):
            await ask()
        assert len(here.calls(TOKEN)) == 2
        assert len(here.calls("calendarList.list")) == 2


async def test_a_revoked_grant_is_tried_once_a_day_and_nothing_else_is_called() -> None:
    """F27: thirty days, asked for every ten minutes."""
    async with calling() as here:
        account = here.connect(MENTOR, CALENDARS)
        other = here.connect(MENTEE, CALENDARS)
        ask = listing(here, account)
        here.fake.desk = withdraw(here.fake.desk, MENTOR, "troth")
        for _ in range(30 * 24 * 6):
            with pytest.raises(NeedsConsent):
                await ask()
            here.clock.advance(timedelta(minutes=10))
        assert here.calls() == [TOKEN] * 30
        stored = here.grants.accounts[account]
        assert stored.refused_at is not None
        assert here.clock.now() - stored.refused_at <= DAY
        await listing(here, other)()
        here.connect(MENTOR, CALENDARS)
        await ask()
        assert here.grants.accounts[account].refused_at is None


async def test_a_grant_that_was_refused_by_mistake_is_good_again_after_a_day() -> None:
    async with calling() as here:
        account = here.connect(MENTOR, CALENDARS)
        before = here.fake.desk
        here.fake.desk = withdraw(before, MENTOR, "troth")
        with pytest.raises(NeedsConsent):
            await listing(here, account)()
        here.fake.desk = before
        with pytest.raises(NeedsConsent):
            await listing(here, account)()
        here.clock.advance(DAY)
        await listing(here, account)()
        assert here.grants.accounts[account].refused_at is None


async def test_two_workers_try_a_refused_grant_once_between_them() -> None:
    async with calling() as here:
        account = here.connect(MENTOR, CALENDARS)
        stored = here.grants.accounts[account]
        here.fake.desk = withdraw(here.fake.desk, MENTOR, "troth")
        long_ago = here.clock.now() - DAY
        here.grants.accounts[account] = replace(stored, refused_at=long_ago)
        other = Google(here.google.installation, here.grants, world=here.world)
        asking = (one.account(account) for one in (here.google, other))
        found = await asyncio.gather(
            *(ask(calendars(), Operation.LIST) for ask in asking),
            return_exceptions=True,
        )
        await other.close()
        assert [type(one) for one in found] == [NeedsConsent] * 2
        assert here.calls() == [TOKEN]


async def test_what_would_be_done_twice_is_asked_once() -> None:
    async with calling(QUICK) as here:
        mine = here.google.account(here.connect(MENTOR, FREEBUSY))
        here.fake.play(Rule("events.watch", Drop(applied=True)))
        asked = watch(
            "primary",
            channel="wished-1",
            address="https://troth.test/webhooks/google",
            token=Secret("t"),
            expires=here.clock.now() + DAY,
        )
        with pytest.raises(Unavailable):
            await mine(asked, Operation.WATCH)
        assert here.calls("watch") == ["events.watch"]


async def test_a_token_that_cannot_be_had_now_is_asked_for_again() -> None:
    async with calling() as here:
        account = here.connect(MENTOR, CALENDARS)
        down = Refuse(Problem(503, "backendError", "Backend Error"))
        here.fake.play(*(Rule(TOKEN, down, nth=n) for n in (1, 2)))
        await listing(here, account)()
        assert len(here.calls(TOKEN)) == 3
        assert here.grants.accounts[account].refused_at is None


async def test_a_new_grant_is_taken_up_where_the_old_token_does_not_reach() -> None:
    """Somebody allowed more: the token in hand still is of the old grant."""
    async with calling() as here:
        account = here.connect(MENTOR, FREEBUSY)
        ask = here.google.account(account)
        with pytest.raises(NeedsConsent):
            await ask(calendars(), Operation.LIST)
        with pytest.raises(NeedsConsent):
            await ask(calendars(), Operation.LIST)
        assert len(here.calls(TOKEN)) == 1
        here.connect(MENTOR, FREEBUSY, CALENDARS)
        await ask(calendars(), Operation.LIST)
        assert len(here.calls(TOKEN)) == 2


async def test_work_that_begins_after_a_new_grant_is_done_with_it() -> None:
    """Google would answer the old token too, and leave out what it may not tell."""
    async with calling() as here:
        account = here.connect(MENTOR, FREEBUSY)
        event = {
            "summary": "Ours",
            "start": {"dateTime": "2026-03-10T12:00:00Z"},
            "end": {"dateTime": "2026-03-10T13:00:00Z"},
        }
        here.fake.act(
            MENTOR, "events.insert", {"calendarId": "primary"}, {"id": "aaaaa", **event}
        )
        asked = own_event("primary", "aaaaa"), Operation.READ
        assert "summary" not in await here.google.account(account)(*asked)
        here.connect(MENTOR, "calendar.events.owned")
        told = await here.google.account(account)(*asked)
        assert told["summary"] == "Ours"


async def test_work_ends_where_another_process_heard_of_a_refusal() -> None:
    async with calling() as here:
        account = here.connect(MENTOR, CALENDARS)
        await listing(here, account)()
        stored = here.grants.accounts[account]
        here.grants.accounts[account] = replace(stored, refused_at=here.clock.now())
        before = len(here.calls())
        with pytest.raises(NeedsConsent):
            await listing(here, account)()
        assert len(here.calls()) == before


async def test_what_a_renewal_says_of_the_grant_is_kept() -> None:
    async with calling() as here:
        account = here.connect(MENTOR, FREEBUSY, CALENDARS)
        token = here.grants.accounts[account].refresh.reveal
        desk = here.fake.desk
        less = replace(
            desk.grants[token],
            scopes=("openid", f"https://www.googleapis.com/auth/{CALENDARS}"),
        )
        here.fake.desk = replace(desk, grants={token: less})
        await listing(here, account)()
        assert here.grants.accounts[account].allowed == {Need.CHOOSE}
        assert here.grants.accounts[account].refresh.reveal == token


async def test_an_account_that_was_disconnected_is_not_asked_for() -> None:
    async with calling() as here:
        with pytest.raises(NeedsConsent):
            await listing(here, AccountId("nobody"))()
        assert here.calls() == []


# Connections


def calendar(here: Called, scope: str = "calendar.events.owned") -> GoogleCalendar:
    account = here.connect(MENTOR, scope)
    return GoogleCalendar(here.google.account(account), "primary", BERLIN)


@pytest.mark.parametrize("applied", [False, True])
@pytest.mark.parametrize("seconds", [0.0, 0.05, 30.0])
async def test_an_insert_that_was_not_answered_makes_one_event(
    seconds: float, applied: bool
) -> None:
    """F25: the second finds the first, by the id that we gave."""
    async with calling(QUICK) as here:
        mine = calendar(here)
        here.fake.play(Rule("events.insert", Hang(applied, seconds)))
        if applied:
            with pytest.raises(Conflict):
                await mine.create(INVITE)
        else:
            await mine.create(INVITE)
        assert await mine.find(INVITE.uid)
        assert len((await mine.changes(None, WINDOW)).changed) == 1
        assert here.calls("insert") == ["events.insert"] * 2


async def test_a_read_that_is_cut_off_is_made_again() -> None:
    async with calling(QUICK) as here:
        mine = calendar(here)
        cut, later = Drop(applied=False), Hang(applied=False, seconds=0.05)
        here.fake.play(Rule("events.list", cut), Rule("events.list", later, nth=3))
        for _ in range(2):
            await mine.changes(None, WINDOW)
        assert len(here.calls("events.list")) == 4


async def test_a_google_that_never_answers_is_left_alone() -> None:
    async with calling(QUICK) as here:
        mine = calendar(here)
        await mine.changes(None, WINDOW)
        cut = Drop(applied=False)
        here.fake.play(*(Rule("events.list", cut, nth=n) for n in range(1, 40)))
        refusals = []
        for _ in range(10):
            with pytest.raises(Unavailable) as refusal:
                await mine.changes(None, WINDOW)
            refusals.append(refusal.value)
        # Five calls, each made once more where its connection was closed.
        assert len(here.calls("events.list")) <= 1 + 5 * 2
        assert refusals[-1].after is not None


async def test_nothing_that_opens_an_account_is_logged_or_told(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    async with calling(QUICK) as here:
        mine = calendar(here)
        here.fake.play(
            Rule("events.list", Drop(applied=False)),
            Rule("events.list", Refuse(Problem(401, "authError", "No")), nth=3),
            Rule("events.list", Refuse(Problem(403, "forbidden", "No")), nth=5),
            Rule(TOKEN, Refuse(Problem(503, "backendError", "No")), nth=2),
        )
        told = []
        for _ in range(4):
            try:
                await mine.changes(None, WINDOW)
            except Troth as error:
                told.append("".join(format_exception(error)))
        here.fake.desk = withdraw(here.fake.desk, MENTOR, "troth")
        with pytest.raises(NeedsConsent) as refusal:
            await mine.changes(None, WINDOW)
        told.append("".join(format_exception(refusal.value)))
        assert len(told) > 1
        assert not re.search(r"ya29|1//|hush|Bearer", caplog.text + "".join(told))
