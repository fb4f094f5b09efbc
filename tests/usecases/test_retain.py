"""Night after night nothing is older than it may be (promises.md S24)."""

from datetime import UTC, datetime, timedelta

from integrations.store.stamping import Stamps
from scheduler.access import ApiToken, Audited, Link, Purpose, Scope, Session
from scheduler.channels import Channel
from scheduler.connections import CalendarKind, Connection
from scheduler.effects import OutboxState, Outgoing, SendLetter
from scheduler.events import CalendarObject, Cursor, Occurrence
from scheduler.ids import (
    CalendarId,
    LinkId,
    OutboxId,
    PairId,
    PersonId,
    ProgrammeId,
    RemoteId,
)
from scheduler.letters import Facts, Letter, LetterKind
from scheduler.ports.store import Begin
from scheduler.retention import AGES, Kept, next_night
from scheduler.secret import Secret
from scheduler.sync import SyncPlan
from scheduler.timespan import Span
from scheduler.usecases.retain import retain

STAMP = Stamps(["a key that only the tests know"])
START = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
AUDIT = timedelta(days=30)
HAFEN, ADA, PAIR = ProgrammeId("hafen"), PersonId("ada"), PairId("p")
WORK = CalendarId("c")
#: Once a day; nothing outlives its time by more than the hours until the night.
SLACK = DAY


async def a_day(begin: Begin, now: datetime) -> None:
    """What a day leaves behind."""
    name = f"{now:%Y%m%d}"
    event = Occurrence(now, now, now + HOUR)
    found = CalendarObject(RemoteId(name), "", (event,))
    read = SyncPlan((found,), frozenset(), Cursor(Span(now, now + HOUR), "t"))
    facts = Facts(words=name)
    letter = Letter(LetterKind.BROKEN, ADA, PAIR, facts)
    row = Outgoing(
        OutboxId(name),
        name,
        HAFEN,
        PAIR,
        SendLetter(letter),
        now,
        state=OutboxState.DONE,
    )
    async with begin() as uow:
        await uow.calendars.apply(WORK, read)
        await uow.outbox.add(row)
        await uow.audit.add(Audited(now, HAFEN, "troth", "did", name))
        await uow.inbox.add(name, "", now)
        await uow.repeats.add("scope", name, "d", 200, "{}", now)
        secret = Secret("t")
        link = Link(LinkId(name), Purpose.PAGES, HAFEN, ADA, "", now)
        await uow.doors.put_link(link)
        session = Session(name, Scope.PERSON, HAFEN, ADA, "csrf", now, now)
        await uow.doors.put_session(session)
        token = ApiToken(name, Scope.PERSON, HAFEN, ADA, "", now, now)
        await uow.doors.put_token(token)
        await uow.channels.put(Channel(name, WORK, secret, "r", now - DAY, now))
        await uow.commit()


async def oldest(begin: Begin, now: datetime) -> dict[Kept, timedelta]:
    """The age of the oldest of each kind; the days are told by their names."""
    days = [now - n * DAY for n in range(200)]
    names = {f"{day:%Y%m%d}": day for day in days}
    there: dict[Kept, list[str]] = {kind: [] for kind in Kept}
    async with begin() as uow:
        there[Kept.BUSY] = [one.id for one in await uow.calendars.objects(WORK)]
        for row in await uow.outbox.of_pair(PAIR):
            assert isinstance(row.effect, SendLetter)
            there[Kept.MAIL] += [row.id] if row.effect.letter.facts.words else []
        for name in names:
            found = {
                Kept.AUDIT: await uow.audit.about(name),
                Kept.INBOX: not await uow.inbox.add(name, "", now),
                Kept.REPEATS: await uow.repeats.find("scope", name),
                Kept.LINKS: await uow.doors.link(LinkId(name)),
                Kept.SESSIONS: await uow.doors.session(name),
                Kept.TOKENS: await uow.doors.token(name),
                Kept.CHANNELS: await uow.channels.find(name),
            }
            for kind, is_there in found.items():
                there[kind] += [name] if is_there else []
    return {
        kind: now - min(names[name] for name in kept) for kind, kept in there.items()
    }


async def test_nothing_is_kept_longer_than_it_may(memory_begin: Begin):
    begin, now = memory_begin, START
    async with begin() as uow:
        secret = Secret("https://a.example/x")
        await uow.calendars.put(Connection(WORK, ADA, CalendarKind.ICS, secret))
        await uow.commit()
    for _ in range(120):
        await a_day(begin, now)
        night = next_night(now)
        again = await retain(begin=begin, now=night, stamp=STAMP, audit_age=AUDIT)
        assert again == night + DAY
        now += DAY
    ages = await oldest(begin, now - DAY)
    for kind in Kept:
        may = AUDIT if kind is Kept.AUDIT else AGES[kind]
        assert may - 2 * DAY < ages[kind] <= may + SLACK, (kind, ages[kind])


async def test_a_night_that_has_much_to_do_takes_it_in_pieces(memory_begin: Begin):
    async with memory_begin() as uow:
        for n in range(501):
            await uow.inbox.add(f"{n:04}", "", START)
        await uow.commit()
    now = START + timedelta(days=91)
    await retain(begin=memory_begin, now=now, stamp=STAMP, audit_age=AUDIT)
    async with memory_begin() as uow:
        assert await uow.inbox.add("0000", "", now)
        assert await uow.inbox.add("0500", "", now)


def test_the_night_is_the_next_one():
    night = START.replace(hour=2, minute=30)
    assert next_night(START) == night + DAY
    assert next_night(night) == night + DAY
    assert next_night(night - HOUR) == night
