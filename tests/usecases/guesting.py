"""A world in which people are at Google: FakeGoogle, without a socket."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from zoneinfo import ZoneInfo

from integrations.google.calendar import GoogleCalendar
from integrations.google.failures import Operation, error
from integrations.google.fake.service import FakeGoogle
from integrations.google.protocol import Request
from integrations.google.readback import tag_of
from integrations.ics.decode import decode
from integrations.ics.encode import encode
from scheduler.accounts import Account, Need, account_id
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.delivery import subject
from scheduler.effects import AcceptCopy, OutboxState, SendInvite
from scheduler.errors import NeedsConsent
from scheduler.events import Meaning
from scheduler.evidence import SourceKind
from scheduler.findings import Finding, FindingKind, Grade
from scheduler.ids import AccountId, CalendarId, PersonId
from scheduler.invite import Invite, Method
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.ports.calendars import Calendar
from scheduler.secret import Secret
from scheduler.series import Copy, Meeting
from scheduler.situation import Change, Situation
from scheduler.timespan import Span
from scheduler.usecases.decide import decide
from scheduler.usecases.disconnect_calendar import disconnect_calendar
from scheduler.usecases.observe_meetings import act_on
from scheduler.work import WorkKind
from tests.integrations.google.asking import Asking, Refusal
from tests.usecases.breaking import Breaking
from tests.usecases.noticing import POLL, WINDOW
from tests.usecases.resting import RestingWorld

MO, LEYLA = "ida@gmail.test", "leyla@gmail.test"
ALL = frozenset(Need)
READS = frozenset({Need.READ, Need.CHOOSE})


class GuestingWorld(RestingWorld):
    """What people do in Google's own pages is told to Troth by `noticed`."""

    def __init__(self) -> None:
        super().__init__()
        self.google = FakeGoogle(self.clock.now)
        #: Accounts whose grant is not good any more.
        self.revoked: set[AccountId] = set()
        self.emails: dict[PersonId, str] = {}

    def open_calendar(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> Calendar:
        if connection.kind is not CalendarKind.GOOGLE or connection.account is None:
            return super().open_calendar(connection, zone=zone, owner=owner)
        ask = self._ask(connection.account, self.emails[connection.person])
        opened = GoogleCalendar(
            ask, connection.url.reveal, ZoneInfo(zone), "programme.example"
        )
        return cast("Calendar", Breaking(opened, self.fuse))

    def _ask(self, account: AccountId, email: str) -> Any:
        asking = Asking(self.google, email, "calendar.events.owned")

        async def ask(request: Request, operation: Operation) -> Mapping[str, Any]:
            if account in self.revoked:
                raise NeedsConsent("the grant was taken back")
            if self.trouble:
                raise self.trouble
            self.fuse.burn()
            try:
                return asking(request)
            except Refusal as refusal:
                found = error(refusal.failure, operation)
            finally:
                self.fuse.burn()
            if found is None:
                return {}
            raise found

        return ask

    # What people do.

    async def at_google(
        self, person: PersonId, allowed: frozenset[Need] = ALL, email: str = ""
    ) -> Connection:
        """Connect somebody's Google account, with what they allow there."""
        async with self.store() as uow:
            owner = await uow.people.get(person)
            email = email or owner.email.replace("example.org", "gmail.test")
            if email not in self.google.world.accounts:
                self.google.add_account(email, name=owner.name, zone=owner.zone)
            self.emails[person] = email
            account = Account(
                account_id(person, email),
                person,
                email,
                email,
                Secret("refresh"),
                allowed,
            )
            connection = Connection(
                CalendarId(f"google-{person}"),
                person,
                CalendarKind.GOOGLE,
                Secret("primary"),
                written=Need.WRITE in allowed,
                invites=Need.INVITE in allowed,
                account=account.id,
                health=Health.NEW,
            )
            await uow.accounts.put(account)
            await uow.calendars.put(connection)
            await uow.work.add(WorkKind.SYNC, connection.id, self.clock.now())
            await uow.commit()
        return connection

    async def moves_to(self, person: PersonId, email: str) -> None:
        """Somebody whose address is another one from the start."""
        async with self.store() as uow:
            await uow.people.put(replace(await uow.people.get(person), email=email))
            await uow.commit()

    async def revoke(self, person: PersonId) -> None:
        """Somebody takes back what they allowed, at Google's own page."""
        for connection in await self.connections(person):
            if connection.account:
                self.revoked.add(connection.account)

    async def disconnect(self, person: PersonId) -> None:
        for connection in await self.connections(person):
            await disconnect_calendar(
                person, connection.id, open_calendar=self.open_calendar, **self.ports
            )

    async def agree(self, pair: Pair) -> Pair:
        for person in pair.both():
            await self.accept(pair, person)
        await self.work()
        await self.live_through(2 * POLL, POLL)
        return pair

    async def decides(
        self, pair: Pair, person: PersonId, what: Callable[[Situation], Change]
    ) -> None:
        await decide(pair.id, person, what, **self.ports)

    async def noticed(self, pair: Pair, finding: Finding) -> None:
        """What somebody did in a calendar, as noticing tells it."""
        await self.decides(pair, finding.person, lambda case: act_on(case, finding))

    # For the eyes of tests.

    async def shown(self, person: PersonId) -> Counter[Span]:
        """Every time that this person's calendar at Google shows of their meetings."""
        email = self.emails.get(person)
        if email is None or email not in self.google.world.accounts:
            return Counter()
        opened = GoogleCalendar(
            self._ask(AccountId(""), email), "primary", ZoneInfo("UTC")
        )
        steps = self.fuse.steps, self.fuse.at
        self.fuse.at = None
        delta = await opened.changes(None, WINDOW)
        self.fuse.steps, self.fuse.at = steps
        return Counter(
            o.span
            for one in delta.changed
            for o in one.occurrences
            if o.span and o.meaning is not Meaning.CANCELLED
        )

    async def mailed(self, pair: Pair, person: PersonId) -> Counter[Span]:
        """Every time that stands by our mails, read one after the other."""
        sent = [
            row.effect.invite
            for row in await self.outbox(pair)
            if isinstance(row.effect, SendInvite)
            and row.effect.to == person
            and row.state is OutboxState.DONE
        ]
        held: dict[str, dict[datetime, Span]] = {}
        for invite in sorted(sent, key=lambda i: i.sequence):
            _take(held.setdefault(invite.uid, {}), invite)
        return Counter(span for dates in held.values() for span in dates.values())

    def invitations(self, email: str) -> int:
        """How many events Google invited this address to, by mail."""
        mails = self.google.world.mails
        return len({m.event for m in mails if m.to == email and m.method == "REQUEST"})

    def google_mails(self, email: str) -> list[str]:
        return [m.method for m in self.google.world.mails if m.to == email]

    async def ahead(self, pair: Pair) -> Counter[Span]:
        """When they meet from now on, by the store."""
        now = self.clock.now()
        return Counter(
            m.span
            for series in await self.series(pair)
            for m in series.live()
            if m.span and m.span.end > now
        )

    async def copies(self, pair: Pair) -> list[Copy]:
        found = []
        async with self.store(read_only=True) as uow:
            for series in await uow.series.of_pair(pair.id):
                uids = [series.uid, *(m.uid for m in series.meetings if m.uid)]
                found += await uow.copies.of_uids(list(dict.fromkeys(uids)))
        return found


def _take(held: dict[datetime, Span], invite: Invite) -> None:
    """What a person's program makes of one message."""
    if invite.method is Method.CANCEL:
        if invite.recurrence_id is None:
            held.clear()
        else:
            held.pop(invite.recurrence_id, None)
        return
    if invite.recurrence_id is not None:
        held[invite.recurrence_id] = invite.span
        return
    held.clear()
    plain = replace(invite, method=Method.NONE, organizer=None, attendees=())
    [found] = decode(encode(plain), window=WINDOW, zone=ZoneInfo("UTC")).objects
    held |= {o.original_start: Span(o.start, o.end) for o in found.occurrences}


async def each_has_each_meeting_once(world: GuestingWorld, pair: Pair) -> None:
    """Every meeting ahead stands once before each of the two, and nothing else does."""
    now = world.clock.now()
    ahead = await world.ahead(pair)
    for person in pair.both():
        seen = await world.shown(person) + await world.mailed(pair, person)
        still = Counter({span: n for span, n in seen.items() if span.end > now})
        assert still == ahead, f"before {['mentor', 'mentee'][person == pair.mentee]}"


async def one_event_for_each(world: GuestingWorld, pair: Pair) -> None:
    """No event of ours has a twin: in all calendars, one organiser for each time."""
    led: Counter[tuple[str, str]] = Counter()
    for calendar in world.google.world.calendars.values():
        for entry in calendar.entries.values():
            body = entry.body
            mine = body.get("organizer", {}).get("email") == calendar.id
            if mine and not entry.is_cancelled and not entry.master:
                led[calendar.id, tag_of(body)] += 1
    assert all(n == 1 for n in led.values())


def letters_to(world: GuestingWorld, email: str, kind: LetterKind) -> int:
    return sum(
        m.to.email == email and m.subject == kind.value
        for m in world.post.read().values()
    )


async def a_listed_pair(
    mentor: frozenset[Need] = ALL, mentee: frozenset[Need] | None = READS
) -> tuple[GuestingWorld, Pair]:
    """A booked pair, both at Google; a mentee without account is at Gmail."""
    world = GuestingWorld()
    await world.open()
    pair = await world.pair()
    await world.at_google(pair.mentor, mentor)
    if mentee is not None:
        await world.at_google(pair.mentee, mentee)
    else:
        await world.moves_to(pair.mentee, "leyla@gmail.com")
        world.google.add_account("leyla@gmail.com", zone="America/New_York")
        world.emails[pair.mentee] = "leyla@gmail.com"
    return world, await world.agree(pair)


async def both_copies(world: GuestingWorld, pair: Pair) -> tuple[Copy, Copy]:
    """Of the series that stands."""
    series = await world.standing(pair)
    mine = await world.copy(pair.mentor, series.uid)
    guest = await world.copy(pair.mentee, series.uid)
    assert mine and guest
    return mine, guest


async def holds(world: GuestingWorld, pair: Pair) -> None:
    await each_has_each_meeting_once(world, pair)
    await one_event_for_each(world, pair)


async def the_guest_is_left_to_google(world: GuestingWorld, pair: Pair) -> None:
    """The same, and nothing was ever decided for who was a guest all the time."""
    await holds(world, pair)
    for row in await world.outbox(pair):
        about = subject(row.effect)
        if about and about[0] == pair.mentee:
            assert isinstance(row.effect, AcceptCopy)


async def deletes(
    world: GuestingWorld, pair: Pair, person: PersonId, meeting: Meeting
) -> None:
    """Somebody takes one date out of their own calendar at Google."""
    email, copy = world.emails[person], (await both_copies(world, pair))[0]
    at = meeting.key.original_start
    event = f"{copy.remote_id}_{at:%Y%m%dT%H%M%SZ}"
    where = {"calendarId": "primary", "eventId": event}
    world.google.act(email, "events.delete", where, sendUpdates="all")
    await world.noticed(
        pair,
        Finding(
            FindingKind.CANCELLED,
            Grade.CERTAIN,
            person,
            (meeting.key,),
            world.clock.now(),
            SourceKind.GOOGLE,
        ),
    )
