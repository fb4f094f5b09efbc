"""Who gets which copy of an object, on which route, and what a change does to it.

Exactly one route for each person and object (architecture.md, routes): a written copy
where we may write their calendar, else iMIP from the programme's one address. What
happens to one copy is one chain of the outbox, so that nothing overtakes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from scheduler.access import Link, Purpose
from scheduler.agenda import Agenda, block, marked
from scheduler.connections import Connection
from scheduler.effects import (
    Address,
    Effect,
    Outgoing,
    PutCopy,
    RemoveCopy,
    SendInvite,
    ShortenCopy,
)
from scheduler.ids import CalendarId, LinkId, OutboxId, PersonId, Uid
from scheduler.invite import Attachment, Attendee, Invite, Method
from scheduler.itip import Edition, Guests, Revision, Words
from scheduler.outbox import chain, digest
from scheduler.people import Pair, Person
from scheduler.series import Copy, CopyState, Route

#: Builds the object in one edition: a series, or a single meeting.
Build = Callable[[Edition, Method], Invite]


@dataclass(frozen=True, slots=True)
class Two:
    """The two of a pair, as they stand in their events, and who invites them."""

    mentor: Person
    mentee: Person
    sender: Address
    #: The address of the pair's agenda page; it identifies nobody.
    link: str
    #: Where they meet, as LOCATION has it; empty while they have not said.
    where: str = ""

    @property
    def domain(self) -> str:
        """What UIDs and Message-IDs end in."""
        return domain_of(self.sender)

    def guests(self) -> Guests:
        """Organiser and guests of an iTIP message."""
        people = (self.mentor, self.mentee)
        return Guests(
            Attendee(self.sender.email, self.sender.name),
            tuple(Attendee(p.email, p.name) for p in people),
        )

    def words(self, agenda: Agenda | None = None, language: str = "en") -> Words:
        """What stands in the event; with `agenda`, in a written copy: its block too."""
        names = f"{self.mentor.name} and {self.mentee.name}"
        said = f"{names} meet. Your agenda: {self.link}"
        if agenda is None:
            return Words(names, said, self.where, url=self.link)
        return Words(
            names,
            f"{names} meet.\n\n{marked(block(agenda, language))}",
            self.where,
            url=self.link,
            attachments=(Attachment(self.link, "text/html"),),
        )


def domain_of(sender: Address) -> str:
    """The part of the programme's address behind the at sign."""
    return sender.email.rpartition("@")[2]


def written_calendar(connections: Iterable[Connection]) -> CalendarId | None:
    """The calendar that Troth writes for a person, if there is one."""
    return next((c.id for c in connections if c.written), None)


def new_copy(person: PersonId, uid: Uid, calendar: CalendarId | None) -> Copy:
    """A copy that is to be made, on the one route there is for this person."""
    route = Route.WRITTEN if calendar else Route.IMIP
    return Copy(person, uid, route, calendar=calendar)


def arrival(copy: Copy, two: Two, agenda: Agenda, at: Revision, build: Build) -> Effect:
    """What brings an object, or a new edition of all of it, to a person."""
    reader = two.mentor if copy.person == two.mentor.id else two.mentee
    if copy.route is Route.WRITTEN and copy.calendar:
        words = two.words(agenda, reader.language)
        return PutCopy(
            copy.person, copy.calendar, build(Edition(at, words), Method.NONE)
        )
    guests = two.guests().asking(reader.email)
    return SendInvite(
        copy.person, build(Edition(at, two.words(), guests), Method.REQUEST)
    )


def removal(copy: Copy, two: Two, at: Revision, build: Build) -> Effect:
    """What takes a whole object away from a person; `build` makes its CANCEL."""
    if copy.route is Route.WRITTEN and copy.calendar:
        return RemoveCopy(copy.person, copy.calendar, copy.uid)
    edition = Edition(at, two.words(), two.guests())
    return SendInvite(copy.person, build(edition, Method.CANCEL))


def shortening(
    copy: Copy, two: Two, at: Revision, before: datetime, build: Build
) -> Effect:
    """What ends a series before an instant; `build` makes the shorter REQUEST."""
    if copy.route is Route.WRITTEN and copy.calendar:
        return ShortenCopy(
            copy.person, copy.calendar, copy.uid, before, at.sequence, at.stamp
        )
    edition = Edition(at, two.words(), two.guests())
    return SendInvite(copy.person, build(edition, Method.REQUEST))


def standing(copies: Iterable[Copy]) -> tuple[Copy, ...]:
    """The copies that their owners still have, or are about to get."""
    alive = {CopyState.WANTED, CopyState.THERE}
    return tuple(c for c in copies if c.state in alive)


def instead(row: Outgoing, put: PutCopy, two: Two) -> Outgoing:
    """The invitation to who was to get a written copy that their calendar refused.

    It takes the copy's place in the chain: its name comes right after the row's.
    """
    reader = two.mentor if put.person == two.mentor.id else two.mentee
    guests, words = two.guests().asking(reader.email), two.words()
    invite = replace(
        put.invite,
        method=Method.REQUEST,
        description=words.description,
        attachments=(),
        organizer=guests.organizer,
        attendees=guests.attendees,
    )
    return replace(
        row,
        id=OutboxId(f"{row.id}M"),
        key=f"{row.key}/by mail",
        effect=SendInvite(put.person, invite),
    )


def copy_row(
    row: OutboxId, effect: Effect, copy: Copy, pair: Pair, at: Revision, now: datetime
) -> Outgoing:
    """The row of one effect on one copy: never held, in its place of the chain."""
    kind = type(effect).__name__
    return Outgoing(
        row,
        key=f"{kind}/{copy.uid}/{copy.person}/{at.sequence}",
        programme=pair.programme,
        pair=pair.id,
        effect=effect,
        due_at=now,
        chain=chain(copy.person, copy.uid),
    )


def agenda_link(pair: Pair, last_day: date) -> Link:
    """The pair's agenda link, as it stands in events: always the same one."""
    after = last_day + timedelta(days=366)
    return Link(
        LinkId(digest(Purpose.AGENDA.value, pair.id)),
        Purpose.AGENDA,
        pair.programme,
        None,
        "",
        datetime(after.year, after.month, after.day, tzinfo=UTC),
        pair=pair.id,
    )
