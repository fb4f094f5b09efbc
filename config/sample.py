"""The sample's own server, mailbox and clock: the part of `config.bootstrap` for it."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from config.services import Services
from config.settings import Settings
from integrations.egress import Door
from integrations.mail.kept import KeptMaildir
from integrations.memory.system import SetClock
from integrations.sample.client import PersonsClient
from integrations.sample.radicale import HOST, SampleServer
from integrations.sample.week import once, weekly
from integrations.system import SystemClock, SystemIds
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import Refused
from scheduler.ids import CalendarId, PersonId, RemoteId
from scheduler.people import Person
from scheduler.ports.mail import KeptMailbox
from scheduler.secret import Secret
from scheduler.series import Meeting, Series
from scheduler.timespan import Span

#: The account that publishes feeds; what it holds everybody may read.
PUBLISHER = "feeds"
_AROUND = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Sample:
    """What only the sample has: a calendar server with accounts, and kept mail."""

    server: str
    accounts: tuple[tuple[str, Secret], ...]
    mail: KeptMailbox
    door: Door

    def home(self, user: str) -> str:
        """The address of this account's one calendar."""
        return f"{self.server}/{user}/meetings/"

    def feed(self, user: str) -> str:
        """Where this person's calendar is published."""
        return f"{self.server}/{PUBLISHER}/{user}/"

    async def make_calendar(self, user: str, title: str, *, published: bool) -> None:
        """Make somebody's calendar; it may be there already."""
        await self._client(user, published=published).make(title)

    async def put_weekly(
        self,
        user: str,
        event: tuple[str, str, tuple[int, ...], tuple[int, int]],
        since: date,
        *,
        published: bool,
    ) -> None:
        """Put an event (title, zone, weekdays, minutes) that repeats every week."""
        name, data = weekly(*event, since)
        await self._client(user, published=published).put(name, data)

    async def put_once(
        self, user: str, title: str, span: Span, at: datetime, *, published: bool
    ) -> None:
        """Put an event into somebody's calendar; the same one twice is one."""
        name, data = once(title, span, at)
        await self._client(user, published=published).put(name, data)

    async def take_out(
        self, where: Connection, remote: RemoteId, start: datetime, at: datetime
    ) -> None:
        """Delete one date of an entry, as its owner's calendar program does."""
        client = PersonsClient(
            self.door, where.url.reveal, where.username, where.password
        )
        await client.take_out(remote, start, at)

    def _client(self, user: str, *, published: bool) -> PersonsClient:
        account = PUBLISHER if published else user
        url = self.feed(user) if published else self.home(user)
        return PersonsClient(self.door, url, account, dict(self.accounts)[account])


@asynccontextmanager
async def open_sample(
    settings: Settings, users: Iterable[str]
) -> AsyncIterator[Sample]:
    """Start the calendar server of this data folder, with an account for each user.

    `Refused` E_SAMPLE when it does not start.
    """
    folder = settings.data_dir / "radicale"
    server = SampleServer(folder, _port(settings))
    accounts = server.write_accounts([*users, PUBLISHER], _password)
    try:
        await server.start()
    except (OSError, TimeoutError):
        raise Refused(
            "E_SAMPLE", f"Radicale does not answer; see {folder / 'log'}."
        ) from None
    try:
        yield Sample(
            server.address,
            tuple(accounts.items()),
            KeptMaildir(settings.data_dir / "mail"),
            Door(allowed=settings.allow_private_addresses),
        )
    finally:
        await server.stop()


def _password() -> str:
    return SystemIds().token()[:12]


def is_serving(settings: Settings) -> bool:
    """Whether the calendar server of this data folder runs already."""
    known = _known_port(settings)
    return bool(known and not _free(known))


def _known_port(settings: Settings) -> int:
    file = settings.data_dir / "radicale" / "port"
    return int(file.read_text()) if file.exists() else 0


def _port(settings: Settings) -> int:
    """The port of last time, so that calendar programs stay set up; else a free one."""
    file = settings.data_dir / "radicale" / "port"
    port = _free(_known_port(settings)) or _free(0)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(str(port))
    return port


def _free(port: int) -> int:
    """This port if nobody listens on it (any free one for 0), else 0."""
    try:
        with socket.create_server((HOST, port)) as probe:
            found: int = probe.getsockname()[1]
    except OSError:
        return 0
    return found


def real_now() -> datetime:
    """The instant this machine's clock shows."""
    return SystemClock().now()


def move_clock(services: Services, to: datetime) -> None:
    """Go forward to an instant; only with services that were opened with `now`."""
    clock = services.clock
    if not isinstance(clock, SetClock):
        raise TypeError("these services run on the machine's clock")
    clock.set(max(to, clock.now()))


def unhurried(settings: Settings) -> Settings:
    """The same, but each calendar is read when somebody asks, and once a week."""
    week = timedelta(weeks=1).total_seconds()
    return settings.model_copy(update={"poll_seconds": int(week)})


async def delete_from_calendar(
    sample: Sample,
    services: Services,
    person: PersonId,
    series: Series,
    meeting: Meeting,
) -> CalendarId | None:
    """Delete a meeting as this person would, from the calendar that holds their copy.

    Answers which calendar that is; None where no copy of theirs is written.
    """
    if meeting.span is None:
        return None
    async with services.begin(read_only=True) as uow:
        copy = await uow.copies.find(person, meeting.uid or series.uid)
        if copy is None or copy.calendar is None or copy.remote_id is None:
            return None
        where = await uow.calendars.get(copy.calendar)
    key = meeting.key
    start = meeting.span.start if key.n else key.original_start
    await sample.take_out(where, copy.remote_id, start, services.clock.now())
    return where.id


async def put_on_top(
    sample: Sample, services: Services, person: Person, span: Span
) -> bool:
    """Put something else around this time; False for somebody without calendar.

    A little longer than the meeting: an entry that begins and ends with it would be
    taken for the meeting itself in a feed (product.md, busy).
    """
    async with services.begin(read_only=True) as uow:
        found = await uow.calendars.of_person(person.id)
    if not found:
        return False
    await sample.put_once(
        person.email.partition("@")[0],
        "Dentist",
        Span(span.start - _AROUND, span.end + _AROUND),
        services.clock.now(),
        published=found[0].kind is CalendarKind.ICS,
    )
    return True
