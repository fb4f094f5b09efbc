"""A mentor at Google; a mentee at Google, at a CalDAV server, with a feed, or on mail.

What Google's calendars show is asked of FakeGoogle as its owner sees it; everything
else of the two is what it is in the great story: real servers, other parsers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import httpx2
from lxml import html
from pydantic import SecretStr

from config.settings import Settings
from integrations.google.fake.oauth import Client, Consent
from integrations.google.fake.server import serving
from integrations.google.fake.service import FakeGoogle
from integrations.google.readback import tag_of
from tests.conftest import Mail
from tests.integrations.story.browser import Browser
from tests.integrations.story.cast import BEGINS, SITE
from tests.integrations.story.dav import FAR, LONG_AGO, Shelf, Time, Times, shelf, times
from tests.integrations.story.feed import Feed, published
from tests.integrations.story.people import IDA, LEYLA, TROTH, mentees_busy
from tests.integrations.story.post import Letter, Mailbox
from tests.integrations.story.stage import Stage
from tests.servers.itip import ItipClient

#: Their accounts at Google; the mentor's is not the address that Troth knows.
AT_GOOGLE = {IDA: "ida@gmail.test", LEYLA: "leyla@gmail.test"}
#: What the mentee has.
SIDES = ("google", "caldav", "feed", "mail")
#: A promise of minutes binds APIs and CalDAV; a feed is asked at the usual pace too.
SOON = timedelta(minutes=40)


@dataclass
class Duo:
    """The two with what they have, and Troth."""

    side: str
    stage: Stage
    google: FakeGoogle
    ida: Mailbox
    leyla: Mailbox
    feed: Feed
    #: The mentee's CalDAV account; empty unless that is her side.
    home: str = ""
    #: What she keeps by the invitations in her mail: her phone.
    phone: ItipClient = field(default_factory=lambda: ItipClient(LEYLA))
    #: What she said no to on her phone, which takes it off.
    declined: set[Time] = field(default_factory=set)
    uid: str = ""

    @property
    def both_at_google(self) -> bool:
        return self.side == "google"

    async def read(self) -> tuple[list[Letter], list[Letter]]:
        """What came for each since they last looked; the mentee's phone takes it in."""
        for_ida, for_leyla = await self.ida.new(), await self.leyla.new()
        for letter in for_leyla:
            if letter.method:
                self.phone.receive(letter.object)
        self.feed.publish([*mentees_busy(), *self.on_the_phone()])
        return for_ida, for_leyla

    # What stands where.

    def events(self, who: str) -> list[dict[str, Any]]:
        """Every date of ours that this person's calendars at Google show."""
        email, found = AT_GOOGLE[who], []
        for calendar in self.google.world.calendars.values():
            if calendar.owner != email:
                continue
            listed = self.google.act(
                email,
                "events.list",
                {"calendarId": calendar.id},
                singleEvents=True,
                timeMin=f"{LONG_AGO:%Y-%m-%dT%H:%M:%SZ}",
                timeMax=f"{FAR:%Y-%m-%dT%H:%M:%SZ}",
            )
            assert listed is not None
            found += [
                {**one, "calendar": calendar.id}
                for one in listed["items"]
                if tag_of(one) and not _is_declined(one)
            ]
        return found

    def at_google(self, who: str) -> Times:
        return sorted(time_of(one) for one in self.events(who))

    async def at_leylas(self) -> Times:
        """When the two meet by what the mentee has."""
        match self.side:
            case "google":
                return self.at_google(LEYLA)
            case "caldav":
                async with self.hers() as own:
                    objects = [(await own.get(name))[0] for name in await own.names()]
                return sorted(time for one in objects for time in times(one))
            case _:
                return self.on_the_phone()

    def on_the_phone(self) -> Times:
        known = {(start, end) for _, start, end in self.phone.meetings()}
        return sorted(known - self.declined)

    @asynccontextmanager
    async def hers(self) -> AsyncIterator[Shelf]:
        async with shelf(f"{self.home}work/", "ida", "her own") as own:
            yield own

    async def agreed(self) -> Times:
        """When they meet: the store, and each of the two exactly once, say the same."""
        now = self.stage.now
        async with self.stage.services.begin(read_only=True) as uow:
            first = await uow.series.by_uid(self.uid)
            assert first
            meetings = [
                (m.span.start, m.span.end)
                for series in await uow.series.of_pair(first.pair)
                for m in series.live()
                if m.span and m.span.end > now
            ]
        assert self.at_google(IDA) == sorted(meetings), "before the mentor"
        assert await self.at_leylas() == sorted(meetings), "before the mentee"
        return sorted(meetings)

    async def invitations(self) -> dict[str, int]:
        """How many invitations to the series each got, from whomever."""
        mails = {IDA: await self.ida.all(), LEYLA: await self.leyla.all()}
        return {
            who: sum(letter.method == "REQUEST" for letter in mails[who])
            + sum(
                mail.to == AT_GOOGLE[who] and mail.method == "REQUEST"
                for mail in self.google.world.mails
            )
            for who in (IDA, LEYLA)
        }

    # What people do.

    async def connect_google(self, browser: Browser, who: str, books: str) -> None:
        """Allow everything on Google's page, come back, and take what is offered."""
        await browser.open("/calendar")
        await browser.send("/calendar/google", books=books)
        (there,) = html.fromstring(browser.page).xpath("//main//a[@class='button']")
        self.google.consent(Consent(AT_GOOGLE[who]))
        async with httpx2.AsyncClient() as plain:
            answer = await plain.get(there.get("href"))
        await browser.open(answer.headers["location"])
        await browser.send("/chosen")

    def act(
        self, who: str, method: str, event: dict[str, Any], body: Any = None
    ) -> None:
        """On Google's own page, to one date or a whole series."""
        where = {"calendarId": event["calendar"], "eventId": event["id"]}
        email = AT_GOOGLE[who]
        self.google.act(email, f"events.{method}", where, body, sendUpdates="all")

    async def soon(self) -> None:
        """So long that every calendar was read twice and what follows was done."""
        until = self.stage.now + SOON
        while self.stage.now < until:
            await self.stage.one_poll()


def _is_declined(event: dict[str, Any]) -> bool:
    guests = event.get("attendees", ())
    return any(g.get("self") and g["responseStatus"] == "declined" for g in guests)


def time_of(event: dict[str, Any]) -> Time:
    start, end = (
        datetime.fromisoformat(event[key]["dateTime"]).astimezone(UTC)
        for key in ("start", "end")
    )
    return start, end


def series_of(event: dict[str, Any]) -> dict[str, Any]:
    """The series that a date belongs to."""
    return {**event, "id": event["recurringEventId"]}


@asynccontextmanager
async def duo(
    side: str, mail: Mail, valkey: str, home: str, folder: Path
) -> AsyncIterator[Duo]:
    """Everybody, before they know Troth."""
    async with AsyncExitStack() as stack:
        feed = await stack.enter_async_context(published())
        feed.publish(mentees_busy())
        moments = [BEGINS]
        client = Client(
            "troth", "hush", frozenset({f"{SITE}/calendar/google/callback"})
        )
        google = FakeGoogle(lambda: moments[-1], clients=[client])
        for who, zone in ((IDA, "America/New_York"), (LEYLA, "Europe/Berlin")):
            google.add_account(AT_GOOGLE[who], name=who, zone=zone)
        address = await stack.enter_async_context(serving(google))
        user = TROTH.replace("@", "%40")
        settings = Settings(
            data_dir=folder / "troth",
            public_url=SITE,
            mail_from=f"Hafen Mentoring <{TROTH}>",
            smtp_url=SecretStr(f"smtp://127.0.0.1:{mail.smtp}"),
            imap_url=SecretStr(f"imap://{user}:pw@127.0.0.1:{mail.imap}"),
            redis_url=SecretStr(valkey),
            allow_private_addresses=(ip_network("127.0.0.1/32"),),
            google_client_id="troth",
            google_client_secret=SecretStr("hush"),
            google_api_root=f"{address}/",
            google_auth_uri=f"{address}/o/oauth2/v2/auth",
            google_token_uri=f"{address}/token",
        )
        stage = Stage(settings, BEGINS, heard=moments.append)
        stack.push_async_callback(stage.end)
        made = Duo(
            side,
            stage,
            google,
            Mailbox(mail, IDA),
            Mailbox(mail, LEYLA),
            feed,
            home if side == "caldav" else "",
        )
        if made.home:
            async with made.hers() as own:
                await own.make()
        await stage.begin()
        yield made
