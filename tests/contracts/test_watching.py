"""Every provider that tells of changes keeps what the port promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from integrations.google.calendar import Ask
from integrations.google.failures import Operation, error
from integrations.google.fake.faults import Refuse, Rule
from integrations.google.fake.problems import Problem
from integrations.google.fake.service import FakeGoogle
from integrations.google.protocol import Request
from integrations.google.watching import GoogleWatching, webhook
from integrations.memory.system import SetClock
from integrations.memory.watching import MemoryWatching
from scheduler.channels import Channel, Heard, asked, judge, spoken
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import Conflict, NeedsConsent, Unavailable
from scheduler.ids import AccountId, CalendarId, PersonId
from scheduler.ports.watching import Watching
from scheduler.secret import Secret
from tests.integrations.google.asking import Asking, Refusal
from tests.integrations.google.conftest import MENTOR, NOW, fresh

SITE = "https://troth.test"
CONNECTION = Connection(
    CalendarId("cal"),
    PersonId("mo"),
    CalendarKind.GOOGLE,
    Secret("primary"),
    account=AccountId("mine"),
)
WISH = asked("c1", CONNECTION.id, Secret("t" * 43), NOW)
TEN_DAYS = timedelta(days=10)


@dataclass
class Memory:
    """The provider in memory, and what its person does."""

    clock: SetClock

    def __post_init__(self) -> None:
        self.watching = MemoryWatching(self.clock)

    def change(self) -> None:
        self.watching.change(CONNECTION.id)

    def messages(self) -> list[Mapping[str, str]]:
        taken, self.watching.sent = self.watching.sent, []
        return taken

    def silent(self) -> None:
        self.watching.trouble = Unavailable("asleep")

    def closed(self) -> None:
        self.watching.trouble = NeedsConsent("taken back")


class Google:
    """FakeGoogle without a socket, and what its person does."""

    def __init__(self, clock: SetClock) -> None:
        self.google: FakeGoogle = fresh(clock)
        self.watching = GoogleWatching(self.asking, webhook(SITE))

    def asking(self, account: AccountId) -> Ask:
        assert account == CONNECTION.account
        asks = Asking(self.google, MENTOR, "calendar.events.freebusy")

        async def ask(request: Request, operation: Operation) -> Mapping[str, Any]:
            try:
                return asks(request)
            except Refusal as refusal:
                found = error(refusal.failure, operation)
            if found is None:
                return {}
            raise found

        return ask

    def change(self) -> None:
        start = (NOW + TEN_DAYS).isoformat()
        times = {"start": {"dateTime": start}, "end": {"dateTime": start}}
        where = {"calendarId": "primary"}
        self.google.act(MENTOR, "events.insert", where, times, sendUpdates="none")

    def messages(self) -> list[Mapping[str, str]]:
        pushes = self.google.take_pushes()
        assert {push.address for push in pushes} <= {f"{SITE}/webhooks/google"}
        return [push.headers for push in pushes]

    def silent(self) -> None:
        self.google.play(Rule("*", Refuse(Problem(503, "backendError", "")), times=2))

    def closed(self) -> None:
        self.google.play(Rule("*", Refuse(Problem(401, "authError", ""))))


Provider = Memory | Google


@pytest.fixture
def clock() -> SetClock:
    return SetClock(NOW)


@pytest.fixture(params=[Memory, Google])
def provider(request: pytest.FixtureRequest, clock: SetClock) -> Provider:
    made: Provider = request.param(clock)
    return made


def heard(provider: Provider, channel: Channel | None, now: datetime) -> list[Heard]:
    watching: Watching = provider.watching
    return [judge(watching.read(m), channel, now) for m in provider.messages()]


async def test_a_channel_says_that_it_works_and_then_of_each_change(
    provider: Provider,
) -> None:
    made = await provider.watching.open(CONNECTION, WISH)
    assert made == replace(WISH, resource=made.resource, expires=made.expires)
    assert made.resource
    assert NOW < made.expires <= WISH.expires
    assert heard(provider, made, NOW) == [Heard.SYNC]
    provider.change()
    provider.change()
    assert heard(provider, made, NOW) == [Heard.HINT, Heard.HINT]


async def test_messages_prove_nothing_to_another_channel(provider: Provider) -> None:
    made = await provider.watching.open(CONNECTION, WISH)
    provider.change()
    assert heard(provider, replace(made, token=Secret("u" * 43)), NOW) == [
        Heard.TOKEN,
        Heard.TOKEN,
    ]
    provider.change()
    assert heard(provider, None, NOW) == [Heard.UNKNOWN]


async def test_a_name_opens_once_and_a_lost_answer_is_found_by_its_message(
    provider: Provider,
) -> None:
    """F25 for channels: a repeat under the same name meets the first."""
    made = await provider.watching.open(CONNECTION, WISH)
    with pytest.raises(Conflict):
        await provider.watching.open(CONNECTION, WISH)
    (message,) = provider.messages()
    told = provider.watching.read(message)
    assert judge(told, WISH, NOW) is Heard.SYNC
    known = spoken(WISH, told)
    assert (known.resource, known.heard) == (made.resource, True)
    assert abs(known.expires - made.expires) < timedelta(seconds=1)


async def test_a_channel_that_was_stopped_is_silent_however_often(
    provider: Provider, clock: SetClock
) -> None:
    made = await provider.watching.open(CONNECTION, WISH)
    for _ in range(2):
        await provider.watching.stop(CONNECTION, made)
    await provider.watching.stop(CONNECTION, replace(made, id="nobody"))
    clock.advance(TEN_DAYS / 20)
    provider.messages()
    provider.change()
    assert provider.messages() == []


async def test_it_ends_by_itself(provider: Provider, clock: SetClock) -> None:
    made = await provider.watching.open(CONNECTION, WISH)
    provider.messages()
    clock.advance(TEN_DAYS)
    provider.change()
    assert provider.messages() == []
    assert not made.is_live(clock.now())


async def test_two_channels_of_a_calendar_watch_the_same_thing(
    provider: Provider,
) -> None:
    """So one whose answer never came is stopped by what another one watches."""
    made = await provider.watching.open(CONNECTION, WISH)
    other = await provider.watching.open(CONNECTION, replace(WISH, id="c2"))
    assert made.resource == other.resource
    provider.messages()
    provider.change()
    assert len(provider.messages()) == 2


async def test_silence_and_refusal_are_told_apart(provider: Provider) -> None:
    provider.silent()
    with pytest.raises(Unavailable):
        await provider.watching.open(CONNECTION, WISH)
    with pytest.raises(Unavailable):
        await provider.watching.stop(CONNECTION, WISH)


async def test_without_an_account_somebody_has_to_consent() -> None:
    watching = Google(SetClock(NOW)).watching
    with pytest.raises(NeedsConsent):
        await watching.open(replace(CONNECTION, account=None), WISH)


async def test_a_grant_that_was_taken_back_is_told(provider: Provider) -> None:
    provider.closed()
    with pytest.raises(NeedsConsent):
        await provider.watching.open(CONNECTION, WISH)


def test_google_is_given_an_address_only_where_it_is_https() -> None:
    assert webhook("http://127.0.0.1:8000") == ""
    assert webhook(SITE) == f"{SITE}/webhooks/google"


def test_nothing_secret_is_shown() -> None:
    assert WISH.token.reveal not in repr(WISH)
