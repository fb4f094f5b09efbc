"""A random history of two people at Google, and what must hold at its end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from integrations.google.fake.world import Behaviour, Entry
from integrations.google.readback import tag_of
from integrations.google.writing import event_id
from scheduler.effects import SendLetter
from scheduler.errors import Gone, NotFound, Refused, Taken, Unavailable
from scheduler.events import Meaning
from scheduler.evidence import EvidenceKind
from scheduler.ids import PersonId
from scheduler.letters import LetterKind
from scheduler.people import Pair
from scheduler.series import Meeting, MeetingKey, OfferState
from scheduler.timespan import Span
from scheduler.usecases.leave_out import leave_out
from scheduler.usecases.move_meeting import move_meeting
from tests.integrations.google.faulty import FaultyWorld
from tests.usecases.breaking import Crash
from tests.usecases.guesting import each_has_each_meeting_once

HOUR = timedelta(hours=1)
MAY_REFUSE = (Refused, Taken, NotFound, Gone, Unavailable)
#: A Saturday night, when nobody meets.
NIGHT = datetime(2026, 3, 14, 1, tzinfo=UTC)


@dataclass(slots=True)
class History:
    """One script; what people did that must stand in the end."""

    world: FaultyWorld
    pair: Pair
    chance: Random
    #: Meetings by number that nobody has touched yet: each is touched once.
    free: list[int]
    #: When each meeting that somebody touched stands; None: it must not stand.
    wanted: dict[MeetingKey, Span | None] = field(default_factory=dict)
    #: What somebody took out of their calendar, or declined.
    refused: list[tuple[PersonId, MeetingKey]] = field(default_factory=list)
    #: Events of their own: whose, and which one or which date of it.
    others: list[tuple[str, str]] = field(default_factory=list)
    made: int = 0

    # Acts in Troth

    async def moves(self, person: PersonId) -> None:
        meeting = await self._one()
        if meeting is None or meeting.span is None:
            return
        to = meeting.span.start + self.chance.randint(1, 3) * HOUR
        await self._insists(
            lambda: move_meeting(
                self.pair.id, meeting.key, person, to, **self.world.ports
            )
        )
        self.wanted[meeting.key] = Span(to, to + meeting.span.length)

    async def leaves_out(self, _person: PersonId) -> None:
        meeting = await self._one()
        if meeting is None:
            return
        for one in self.pair.both():
            await self._insists(
                lambda one=one: leave_out(  # type: ignore[misc]
                    self.pair.id, meeting.key, one, **self.world.ports
                )
            )
        self.wanted[meeting.key] = None

    async def chooses(self, person: PersonId) -> None:
        offers = await self.world.offers(self.pair)
        found = [o for o in offers if o.state is OfferState.OPEN and o.times]
        if found:
            span = self.chance.choice(found[0].times)
            chosen = await self._insists(
                lambda: self.world.choose(found[0], span, person)
            )
            self.wanted[chosen.meeting] = span

    async def _insists(self, act: Callable[[], Awaitable[Any]]) -> Any:
        """Who sees no answer asks once more."""
        try:
            return await act()
        except Crash:
            self.world.fuse.at = None
            return await act()

    async def _one(self) -> Meeting | None:
        """A meeting that stands, and that nobody has touched."""
        if not self.free or not await self.world.series(self.pair):
            return None
        number = self.free.pop(self.chance.randrange(len(self.free)))
        meeting = await self.world.meeting(self.pair, number)
        return meeting if meeting.is_live else None

    # Acts on Google's own pages: with what is shown there, known to Troth or not.

    async def takes_out(self, person: PersonId) -> None:
        if found := await self._shown(person):
            meeting, event = found
            self._google(person, "events.delete", {"eventId": event})
            self.wanted[meeting.key] = None
            self.refused.append((person, meeting.key))

    async def declines(self, person: PersonId) -> None:
        """The guest: who leads an event deletes it."""
        if await self._leads(person):
            person = self.pair.partner(person)
        if found := await self._shown(person):
            meeting, event = found
            email = self.world.emails[person]
            entry = self._entry(person, event) or self._entry(
                person, event.partition("_")[0]
            )
            guests = [dict(one) for one in entry.guests()] if entry else []
            for one in guests:
                if one["email"] == email:
                    one["responseStatus"] = "declined"
            said = {"attendees": guests}
            self._google(person, "events.patch", {"eventId": event}, said)
            self.wanted[meeting.key] = None
            self.refused.append((person, meeting.key))

    async def drags(self, _person: PersonId) -> None:
        """The organiser: theirs is the event that all see."""
        for person in self.pair.both():
            if await self._leads(person) and (found := await self._shown(person)):
                meeting, event = found
                assert meeting.span
                by = self.chance.randint(1, 3) * HOUR
                span = Span(meeting.span.start + by, meeting.span.end + by)
                times = {
                    "start": {"dateTime": span.start.isoformat()},
                    "end": {"dateTime": span.end.isoformat()},
                }
                self._google(person, "events.patch", {"eventId": event}, times)
                self.wanted[meeting.key] = span
                return

    async def adds(self, person: PersonId) -> None:
        """Something of their own, once or every week."""
        number = self.made = self.made + 1
        start = NIGHT + timedelta(days=7 * self.chance.randint(0, 9), hours=number)
        name = f"mine{number:03}"
        body: dict[str, Any] = {
            "id": name,
            "start": {"dateTime": start.isoformat(), "timeZone": "UTC"},
            "end": {"dateTime": (start + HOUR).isoformat(), "timeZone": "UTC"},
        }
        if self.chance.random() < 0.5:
            body["recurrence"] = ["RRULE:FREQ=WEEKLY;COUNT=4"]
            self.others.append(
                (person, f"{name}_{start + 7 * 24 * HOUR:%Y%m%dT%H%M%SZ}")
            )
        else:
            self.others.append((person, name))
        self._google(person, "events.insert", {}, body)

    async def changes_own(self, _person: PersonId) -> None:
        """One of those, or one date of it, is deleted or made free."""
        if self.others:
            person, event = self.chance.choice(self.others)
            where = {"eventId": event}
            if self.chance.random() < 0.5:
                self._google(PersonId(person), "events.delete", where)
                self.others.remove((person, event))
            else:
                free = {"transparency": "transparent"}
                self._google(PersonId(person), "events.patch", where, free)

    def _google(
        self, person: PersonId, method: str, where: dict[str, str], body: Any = None
    ) -> None:
        at = {"calendarId": "primary", **where}
        email = self.world.emails[person]
        self.world.google.act(email, method, at, body, sendUpdates="all")

    def _entry(self, person: PersonId, event: str) -> Entry | None:
        calendar = self.world.google.world.calendars[self.world.emails[person]]
        return calendar.entries.get(event)

    async def _leads(self, person: PersonId) -> bool:
        if not await self.world.series(self.pair):
            return False
        name = event_id((await self.world.standing(self.pair)).uid, 1)
        entry = self._entry(person, name)
        email = self.world.emails[person]
        return bool(entry and entry.body.get("organizer", {}).get("email") == email)

    async def _shown(self, person: PersonId) -> tuple[Meeting, str] | None:
        """A meeting that this person's calendar shows, and its event."""
        if not await self.world.series(self.pair):
            return None
        name = event_id((await self.world.standing(self.pair)).uid, 1)
        if self._entry(person, name) is None:
            return None
        meeting = await self._one()
        if meeting is None:
            return None
        return meeting, f"{name}_{meeting.key.original_start:%Y%m%dT%H%M%SZ}"

    async def run(self) -> None:
        """The script, and then time for everything to come right."""
        for _ in range(self.chance.randint(2, 6)):
            self.world.go_wrong()
            act = self.chance.choice(ACTS)
            try:
                await act(self, self.chance.choice(self.pair.both()))
            except MAY_REFUSE:
                pass
            except Crash:
                self.world.fuse.at = None
            for _ in range(self.chance.randint(0, 3)):
                await self.world.work()
                minutes = self.chance.choice((1, 10, 20, 60))
                self.world.clock.advance(timedelta(minutes=minutes))
        await self.world.settle_all()
        await self.check()

    # What must hold

    async def check(self) -> None:
        """Nothing lost, nothing doubled, and Troth knows what Google has."""
        await each_has_each_meeting_once(self.world, self.pair)
        self._none_is_doubled()
        for person in self.pair.both():
            assert await self._known(person) == self._there(person), "not converged"
        (series,) = await self.world.series(self.pair)
        stands = {m.key: m.span if m.is_live else None for m in series.meetings}
        for key, span in self.wanted.items():
            assert stands[key] == span, f"an act was lost: {key}"
        await self._told_once()

    def _none_is_doubled(self) -> None:
        """Of each object of ours one event leads; people's own have no tag."""
        led = Counter(
            tag_of(entry.body)
            for calendar in self.world.google.world.calendars.values()
            for entry in calendar.entries.values()
            if entry.body.get("organizer", {}).get("email") == calendar.id
            and not entry.is_cancelled
            and not entry.master
        )
        assert {n for tag, n in led.items() if tag} <= {1}, "an event is doubled"

    async def _known(
        self, person: PersonId
    ) -> Counter[tuple[str, datetime, Any, bool]]:
        now = self.world.clock.now()
        (connection,) = await self.world.connections(person)
        async with self.world.store(read_only=True) as uow:
            known = await uow.calendars.objects(connection.id)
        return Counter(
            (one.id, o.start, o.end, o.meaning is Meaning.BUSY)
            for one in known
            for o in one.occurrences
            if o.end > now and o.meaning is not Meaning.CANCELLED
        )

    def _there(self, person: PersonId) -> Counter[tuple[str, datetime, Any, bool]]:
        """The same, as FakeGoogle expands what it holds."""
        google, email = self.world.google, self.world.emails[person]
        google.behaviour = Behaviour()
        now = self.world.clock.now()
        where = {"calendarId": "primary"}
        told = google.act(
            email,
            "events.list",
            where,
            singleEvents=True,
            timeMin=now.isoformat(),
            maxResults=2500,
        )
        assert told is not None
        return Counter(
            (
                one.get("recurringEventId", one["id"]),
                datetime.fromisoformat(one["start"]["dateTime"]).astimezone(UTC),
                datetime.fromisoformat(one["end"]["dateTime"]).astimezone(UTC),
                _is_busy(one),
            )
            for one in told["items"]
        )

    async def _told_once(self) -> None:
        """Each who acted is on record, and each loss is told to both, once."""
        said = {
            (e.by, e.about)
            for e in await self.world.evidence(self.pair)
            if e.kind in {EvidenceKind.CANCELLED, EvidenceKind.DECLINED}
        }
        assert {(p, str(k)) for p, k in self.refused} <= said, "an act is not on record"
        letters = [
            r.effect.letter
            for r in await self.world.outbox(self.pair)
            if isinstance(r.effect, SendLetter)
        ]
        kinds = {LetterKind.FELL_OUT, LetterKind.MOVED, LetterKind.INVITATION}
        told = Counter((x.kind, x.about, x.to) for x in letters if x.kind in kinds)
        assert {*told.values()} <= {1}, "told twice"
        for person in self.pair.both():
            heard = [t for t in told if t[0] is LetterKind.FELL_OUT and t[2] == person]
            assert bool(heard) == bool(self.refused), "a loss is not told"


def _is_busy(event: dict[str, Any]) -> bool:
    mine = (g for g in event.get("attendees", ()) if g.get("self"))
    if any(g.get("responseStatus") == "declined" for g in mine):
        return False
    return bool(event.get("transparency") != "transparent")


ACTS: tuple[Callable[[History, PersonId], Awaitable[None]], ...] = (
    *(History.moves, History.moves, History.takes_out, History.takes_out),
    *(History.declines, History.drags, History.drags, History.chooses),
    *(History.chooses, History.leaves_out, History.adds, History.changes_own),
)
