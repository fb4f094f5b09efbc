"""Everybody and everything in the story, and how what stands everywhere is compared."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from config.settings import Settings
from scheduler.reported import document
from scheduler.series import Route
from scheduler.usecases.read_report import read_report
from tests.conftest import Mail
from tests.integrations.story.browser import Browser
from tests.integrations.story.dav import Shelf, Times, shelf, times
from tests.integrations.story.feed import Busy, Feed, published
from tests.integrations.story.people import (
    BERLIN,
    FIRST,
    IDA,
    LEYLA,
    TROTH,
    MenteesServer,
    mentees_busy,
    mentors_week,
)
from tests.integrations.story.post import Letter, Mailbox, hand_over
from tests.integrations.story.stage import Stage
from tests.servers.itip import ItipClient

SITE = "https://troth.programme.test"
#: The lines around the agenda in an event.
BEGIN = "-- Troth agenda (refreshed by Troth; write above or below) --"
END = "-- end of Troth agenda --"
#: The story begins on a Monday, two weeks before the first day they agree on.
BEGINS = datetime(2026, 9, 14, 12, 0, tzinfo=UTC)


@dataclass
class Cast:
    """The two people with what they have, and Troth."""

    stage: Stage
    #: The account of the mentor's calendar server, and her calendar in it.
    home: str
    hers: Shelf
    mentees: MenteesServer
    feed: Feed
    ida: Mailbox
    leyla: Mailbox
    #: Where answers to the programme come in.
    troth: Mailbox
    #: The mentee's phone: it keeps her calendar by the invitations in her mail.
    phone: ItipClient
    #: What else the mentee has in her calendar.
    taken: list[Busy] = field(default_factory=mentees_busy)
    uid: str = ""
    #: Whether her mail server hands invitations over to her calendar server as well.
    has_server: bool = False

    async def read(self) -> tuple[list[Letter], list[Letter]]:
        """What came for each of the two since they last looked.

        The mentee's phone takes in what is meant for it, and her feed shows it.
        """
        for_ida, for_leyla = await self.ida.new(), await self.leyla.new()
        for letter in for_leyla:
            if letter.method:
                self.phone.receive(letter.object)
            if letter.method and self.has_server:
                await hand_over(letter, LEYLA, self.mentees.lmtp)
        self.publish()
        return for_ida, for_leyla

    def publish(self) -> None:
        """Her feed is her calendar: what is hers, and what she was invited to."""
        meetings = [(start, end) for _, start, end in self.phone.meetings()]
        self.feed.publish([*self.taken, *meetings])

    async def at_idas(self) -> Times:
        """When the two meet by the mentor's calendar, replacements included."""
        own = {name for name in await self.hers.names() if name not in mentors_week()}
        objects = [(await self.hers.get(name))[0] for name in own]
        return sorted(time for found in objects for time in times(found))

    def at_leylas(self) -> Times:
        """When the two meet by the mentee's phone."""
        return sorted((start, end) for _, start, end in self.phone.meetings())

    async def partstat(self) -> str:
        """What the mentee is known to have answered to the series."""
        async with self.stage.services.begin(read_only=True) as uow:
            copies = await uow.copies.of_uids([self.uid])
            (hers,) = [copy for copy in copies if copy.route is Route.IMIP]
        return hers.partstat

    async def agreed(self) -> Times:
        """When the two meet, by every calendar that says so: all say the same."""
        found = await self.at_idas()
        assert self.at_leylas() == found
        if self.has_server:
            async with shelf(self.mentees.calendar) as program:
                objects = [(await program.get(n))[0] for n in await program.names()]
            assert sorted(time for o in objects for time in times(o)) == found
        return found

    async def ledger(self) -> dict[int, str]:
        """The state of each row of the ledger, by its period."""
        async with self.stage.services.begin(read_only=True) as uow:
            series = await uow.series.by_uid(self.uid)
            assert series
            rows = await uow.ledger.of_pair(series.pair)
        return {row.period: row.state.value for row in rows}

    async def report(self, *window: date) -> dict[str, Any]:
        """What `troth report` prints of the two, for the agreement to date or less."""
        first, until = window or (None, None)
        begin, now = self.stage.services.begin, self.stage.now
        async with begin(read_only=True) as uow:
            series = await uow.series.by_uid(self.uid)
        assert series
        found = await read_report(
            series.pair, first=first, until=until, begin=begin, now=now
        )
        return document(found)

    async def browse(self, letter: Letter, purpose: str, which: int = 0) -> Browser:
        """Open a link of a letter in a new browser."""
        browser = await self.stage.browser()
        await browser.open(letter.links(purpose)[which])
        return browser


@asynccontextmanager
async def gathered(
    home: str, mentees: MenteesServer, mail: Mail, valkey: str, folder: Path
) -> AsyncIterator[Cast]:
    """Everybody, with their calendars as they are before they know Troth."""
    async with AsyncExitStack() as stack:
        hers = await stack.enter_async_context(shelf(f"{home}work/", "ida", "her own"))
        feed = await stack.enter_async_context(published())
        user = TROTH.replace("@", "%40")
        settings = Settings(
            data_dir=folder / "troth",
            public_url=SITE,
            mail_from=f"Hafen Mentoring <{TROTH}>",
            smtp_url=SecretStr(f"smtp://127.0.0.1:{mail.smtp}"),
            imap_url=SecretStr(f"imap://{user}:pw@127.0.0.1:{mail.imap}"),
            redis_url=SecretStr(valkey),
            allow_private_addresses=(ip_network("127.0.0.1/32"),),
        )
        stage = Stage(settings, BEGINS)
        stack.push_async_callback(stage.end)
        cast = Cast(
            stage,
            home,
            hers,
            mentees,
            feed,
            Mailbox(mail, IDA),
            Mailbox(mail, LEYLA),
            Mailbox(mail, TROTH),
            ItipClient(LEYLA),
        )
        await hers.make()
        for name, event in mentors_week().items():
            await hers.put(name, event)
        cast.publish()
        await stage.begin()
        yield cast


def the(letters: list[Letter], words: str) -> Letter:
    """The one letter with these words in its subject."""
    found = [letter for letter in letters if words in letter.subject]
    assert len(found) == 1, (words, [letter.subject for letter in letters])
    return found[0]


def period_of(start: datetime) -> int:
    """Which period an instant lies in, by the calendar of the series' zone."""
    return (start.astimezone(BERLIN).date() - FIRST).days // 14


MINUTES = timedelta(minutes=45)
