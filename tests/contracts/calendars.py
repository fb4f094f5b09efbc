"""For the contract of calendars: one, and its owner with another program."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from integrations.ics.encode import encode
from scheduler.ids import Uid
from scheduler.invite import Invite
from scheduler.ports.calendars import Calendar
from scheduler.timespan import Span

HOUR = timedelta(hours=1)
WEEK = timedelta(days=7)
FIRST = datetime(2026, 3, 10, 9, tzinfo=UTC)
WINDOW = Span(datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC))
STAMP = datetime(2026, 2, 2, 12, tzinfo=UTC)
#: Tuesdays at 10:00 in Berlin; its clock changes on 29 March.
DATES = [FIRST, FIRST + WEEK, FIRST + 2 * WEEK, FIRST + 3 * WEEK - HOUR]

INVITE = Invite(
    uid=Uid("5f0c2a77e01b4c7f9d6a8e3b1c2d4e5f@programme.test"),
    sequence=0,
    stamp=datetime(2026, 1, 1, tzinfo=UTC),
    zone="Europe/Berlin",
    span=Span(FIRST, FIRST + HOUR),
    summary="Ana and Ben",
    description="Über dies;\nund, das \\ hier",
    url="https://troth.test/a/1",
    rrule="FREQ=WEEKLY;COUNT=4",
)


@dataclass(frozen=True)
class Place:
    """A calendar that is empty at first.

    `put`, `delete` and `raw` are its owner's other program, which calls objects by
    the last part of their address.
    """

    calendar: Calendar
    put: Callable[[str, bytes], Awaitable[None]]
    delete: Callable[[str], Awaitable[None]]
    raw: Callable[[str], Awaitable[bytes]]


def private(uid: str, start: datetime = FIRST, rrule: str = "") -> bytes:
    """Somebody's own event, with words that Troth must not keep."""
    return encode(
        Invite(
            uid=Uid(uid),
            sequence=0,
            stamp=STAMP,
            zone="UTC",
            span=Span(start, start + HOUR),
            summary="The dentist",
            rrule=rrule,
        )
    )
