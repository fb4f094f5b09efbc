"""A calendar is read for its person, and again where the window moves on."""

from datetime import UTC, datetime, timedelta

from integrations.memory.calendars import MemoryCalendar, MemoryCalendars
from scheduler.busy import FRESH
from scheduler.connections import Connection
from scheduler.events import Occurrence
from scheduler.people import Pair
from scheduler.ports.calendars import Calendar
from scheduler.timespan import Span
from scheduler.work import WorkKind
from tests.usecases.world import NOW, World

HOUR = timedelta(hours=1)


class WorldInMemory(World):
    """With calendars that keep iCalendar bytes and tokens, as servers do."""

    def __init__(self) -> None:
        super().__init__()
        self.memory = MemoryCalendars()

    def open_calendar(
        self, connection: Connection, *, zone: str = "UTC", owner: str = ""
    ) -> Calendar:
        return self.memory(connection, zone=zone, owner=owner)


async def connected() -> tuple[WorldInMemory, Pair, MemoryCalendar]:
    world = WorldInMemory()
    await world.open()
    pair = await world.pair()
    await world.connect(pair.mentee)
    (found,) = await world.connections(pair.mentee)
    return world, pair, world.memory.at(found.url.reveal)


async def occurrences(world: World, pair: Pair) -> list[Occurrence]:
    (found,) = await world.connections(pair.mentee)
    await world.do(WorkKind.SYNC, found.id)
    async with world.store(read_only=True) as uow:
        objects = await uow.calendars.objects(found.id)
    return sorted(o for each in objects for o in each.occurrences)


async def test_what_repeats_is_known_in_the_month_that_comes_inside() -> None:
    world, pair, calendar = await connected()
    calendar.person_adds_busy(Span(NOW, NOW + HOUR), rrule="FREQ=WEEKLY")
    before = await occurrences(world, pair)
    world.clock.advance(timedelta(days=31))
    after = await occurrences(world, pair)
    assert after[-1].start > before[-1].start + timedelta(days=20)
    (found,) = await world.connections(pair.mentee)
    assert found.cursor is not None
    assert found.cursor.window.end - after[-1].start <= timedelta(days=7)


EVENT = b"""BEGIN:VCALENDAR
VERSION:2.0
BEGIN:VEVENT
UID:dentist
DTSTAMP:20260101T000000Z
DTSTART:20260310T090000
DURATION:PT1H
ATTENDEE;PARTSTAT=DECLINED:MAILTO:Leyla@Example.org
END:VEVENT
END:VCALENDAR
"""


async def test_floating_times_are_the_persons_and_so_are_answers() -> None:
    world, pair, calendar = await connected()
    calendar.person_puts("dentist", EVENT)
    (found,) = await occurrences(world, pair)
    assert found.start == datetime(2026, 3, 10, 13, tzinfo=UTC)  # 09:00 in New York
    assert found.meaning.value == "declined"


async def due_for(world: World) -> set[WorkKind]:
    """What a worker could take just now; nothing is taken."""
    now = world.clock.now()
    async with world.store() as uow:
        leases = await uow.work.take(now, until=now + HOUR, most=100)
    return {lease.work.kind for lease in leases}


async def test_a_pair_that_waits_for_a_read_is_planned_once_it_is_there() -> None:
    world, pair, _ = await connected()
    await world.work()
    (found,) = await world.connections(pair.mentee)
    world.clock.advance(timedelta(minutes=10))
    await world.do(WorkKind.SYNC, found.id)
    assert WorkKind.PLAN not in await due_for(world)
    world.clock.advance(FRESH + timedelta(minutes=1))
    await world.do(WorkKind.SYNC, found.id)
    assert WorkKind.PLAN in await due_for(world)
