"""Every provider that asks for consent keeps what the port promises."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from integrations.google.consent import GoogleConsent
from integrations.google.fake.faults import TOKEN, Drop, Rule
from integrations.google.fake.oauth import Consent as Said
from integrations.google.fake.oauth import subject, withdraw
from integrations.google.fake.service import FakeGoogle
from integrations.google.scopes import to_ask
from integrations.memory.consent import MemoryConsent
from integrations.memory.system import SeededIds, SetClock
from scheduler.accounts import Need
from scheduler.errors import NeedsConsent, Refused, Unavailable
from scheduler.ports.consent import PRIMARY, Begun, Consent
from scheduler.secret import Secret
from tests.integrations.google.calling import calling
from tests.integrations.google.conftest import MENTEE, MENTOR, NOW

READ, CHOOSE, WRITE, INVITE = Need.READ, Need.CHOOSE, Need.WRITE, Need.INVITE


@dataclass
class Memory:
    """The provider in memory, and what its people do."""

    consent: MemoryConsent

    async def allows(self, begun: Begun, mail: str, *needs: Need) -> dict[str, str]:
        return self.consent.person_allows(begun.state.reveal, mail, *needs)

    async def denies(self, begun: Begun, mail: str) -> dict[str, str]:
        return self.consent.person_denies(begun.state.reveal)

    def withdraws(self, mail: str) -> None:
        self.consent.person_withdraws(mail)

    def has(self, mail: str, name: str) -> None:
        self.consent.account(mail)
        self.consent.accounts[mail].calendars += self.consent.account(
            "-", name
        ).calendars

    def loses(self, mail: str, calendar: str) -> None:
        left = [c for c in self.consent.accounts[mail].calendars if c.url != calendar]
        self.consent.accounts[mail].calendars = left

    def silent(self) -> None:
        self.consent.trouble = Unavailable("asleep")

    def knows(self, mail: str) -> str:
        return self.consent.account(mail).subject


@dataclass
class Fake:
    """FakeGoogle on its port, through our own client."""

    consent: GoogleConsent
    fake: FakeGoogle

    async def allows(self, begun: Begun, mail: str, *needs: Need) -> dict[str, str]:
        ticked = frozenset(scope.value for scope in to_ask(needs)) if needs else None
        return await self._go(begun, Said(mail, ticked))

    async def denies(self, begun: Begun, mail: str) -> dict[str, str]:
        return await self._go(begun, Said(mail, denied=True))

    async def _go(self, begun: Begun, said: Said) -> dict[str, str]:
        self.fake.consent(said)
        async with httpx2.AsyncClient() as browser:
            answer = await browser.get(begun.url)
        query = parse_qs(urlsplit(answer.headers["location"]).query)
        return {name: values[0] for name, values in query.items()}

    def withdraws(self, mail: str) -> None:
        self.fake.desk = withdraw(self.fake.desk, mail, "troth")

    def has(self, mail: str, name: str) -> None:
        self.fake.act(mail, "calendars.insert", {}, {"summary": name})

    def loses(self, mail: str, calendar: str) -> None:
        self.fake.act(mail, "calendars.delete", {"calendarId": calendar})

    def silent(self) -> None:
        names = (TOKEN, "/revoke")
        self.fake.play(*(Rule(n, Drop(applied=False), times=9) for n in names))

    def knows(self, mail: str) -> str:
        return subject(mail)


Provider = Memory | Fake


@pytest.fixture(params=["memory", "google"])
async def provider(request: pytest.FixtureRequest) -> AsyncIterator[Provider]:
    if request.param == "memory":
        yield Memory(MemoryConsent(SetClock(NOW), SeededIds()))
        return
    async with calling() as called:
        yield Fake(GoogleConsent(called.google, called.clock, SeededIds()), called.fake)


async def code_of(consent: Consent, begun: Begun, answer: Mapping[str, str]) -> str:
    with pytest.raises(Refused) as refused:
        await consent.finish(begun.flow, answer)
    return refused.value.code


async def test_what_was_allowed_is_what_was_ticked(provider: Provider) -> None:
    consent = provider.consent
    begun = consent.begin([READ, CHOOSE, WRITE])
    answer = await provider.allows(begun, MENTOR, READ, WRITE)
    granted = await consent.finish(begun.flow, answer)
    assert granted.allowed == {READ, WRITE} and granted.makes_calendar
    assert (granted.subject, granted.email) == (provider.knows(MENTOR), MENTOR)
    assert granted.refresh and granted.access and granted.until > NOW


async def test_what_was_allowed_before_stays_allowed(provider: Provider) -> None:
    consent = provider.consent
    for needs in ([READ, CHOOSE], [READ, INVITE]):
        begun = consent.begin(needs)
        granted = await consent.finish(begun.flow, await provider.allows(begun, MENTOR))
    assert granted.allowed == {READ, CHOOSE, WRITE, INVITE}
    assert not granted.makes_calendar


async def test_an_answer_is_good_for_its_own_flow_and_once(provider: Provider) -> None:
    consent = provider.consent
    one, two = consent.begin([READ]), consent.begin([READ])
    assert one.state != two.state and one.flow != two.flow
    first, second = [await provider.allows(x, MENTOR) for x in (one, two)]
    assert await code_of(consent, two, first) == "E_OAUTH_STATE"
    assert await code_of(consent, one, {"code": first["code"]}) == "E_OAUTH_STATE"
    assert await code_of(consent, one, {"state": first["state"]}) == "E_OAUTH_ANSWER"
    swapped = {"state": first["state"], "code": second["code"]}
    assert await code_of(consent, one, swapped) == "E_OAUTH_CODE"
    assert (await consent.finish(one.flow, first)).email == MENTOR
    assert await code_of(consent, one, first) == "E_OAUTH_CODE"
    with pytest.raises(Refused, match="E_OAUTH_STATE"):
        await consent.finish((), first)


async def test_who_denies_it_or_lets_nothing_be_seen(provider: Provider) -> None:
    consent = provider.consent
    begun = consent.begin([READ, WRITE])
    denied = await provider.denies(begun, MENTOR)
    assert await code_of(consent, begun, denied) == "E_OAUTH_DENIED"
    blind = await provider.allows(begun, MENTOR, WRITE)
    assert await code_of(consent, begun, blind) == "E_OAUTH_READ"


async def test_no_other_account_is_taken(provider: Provider) -> None:
    consent = provider.consent
    for mail in (MENTEE, MENTOR):
        begun = consent.begin([READ], subject=provider.knows(MENTOR), hint=MENTOR)
        answer = await provider.allows(begun, mail)
        if mail == MENTEE:
            assert await code_of(consent, begun, answer) == "E_OAUTH_OTHER_ACCOUNT"
        else:
            assert (await consent.finish(begun.flow, answer)).email == MENTOR


async def test_calendars_are_listed_where_that_was_allowed(provider: Provider) -> None:
    consent = provider.consent
    provider.has(MENTOR, "Choir")
    for needs, names in (([READ], [MENTOR]), ([READ, CHOOSE], [MENTOR, "Choir"])):
        begun = consent.begin(needs)
        granted = await consent.finish(begun.flow, await provider.allows(begun, MENTOR))
        found = await consent.calendars(granted)
        assert [one.name for one in found] == names and found[0].url == PRIMARY


async def test_a_calendar_of_our_own_is_made_once(provider: Provider) -> None:
    consent = provider.consent
    begun = consent.begin([READ, WRITE])
    granted = await consent.finish(begun.flow, await provider.allows(begun, MENTOR))
    own = await consent.own_calendar(granted, "Hafen (Troth)", known="")
    assert await consent.own_calendar(granted, "Hafen (Troth)", known=own) == own
    provider.loses(MENTOR, own)
    assert await consent.own_calendar(granted, "Hafen (Troth)", known=own) != own


async def test_revoking_ends_it_and_a_repeat_is_nothing(provider: Provider) -> None:
    consent = provider.consent
    begun = consent.begin([READ])
    granted = await consent.finish(begun.flow, await provider.allows(begun, MENTOR))
    for _ in range(2):
        await consent.revoke(granted.refresh)
    with pytest.raises(NeedsConsent):
        await consent.calendars(granted)
    with pytest.raises(NeedsConsent):
        await consent.own_calendar(granted, "Hafen (Troth)", known="")


async def test_what_its_owner_withdrew_is_not_allowed_any_more(
    provider: Provider,
) -> None:
    consent = provider.consent
    for needs in ([READ, INVITE], [READ]):
        begun = consent.begin(needs)
        granted = await consent.finish(begun.flow, await provider.allows(begun, MENTOR))
        provider.withdraws(MENTOR)
    assert granted.allowed == {READ}


async def test_a_provider_that_is_silent_says_neither_yes_nor_no(
    provider: Provider,
) -> None:
    consent = provider.consent
    begun = consent.begin([READ])
    answer = await provider.allows(begun, MENTOR)
    provider.silent()
    with pytest.raises(Unavailable):
        await consent.finish(begun.flow, answer)
    with pytest.raises(Unavailable):
        await consent.revoke(Secret("1//of-somebody"))
