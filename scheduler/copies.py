"""Who gets which copy of an object, on which route, and what a change does to it.

Exactly one route for each person and object (architecture.md, routes): a guest of the
partner's event inside Google, else a written copy where we may write their calendar,
else iMIP from the programme's one address. What happens to one copy is one chain of
the outbox, so that nothing overtakes. To a guest's copy Troth does nothing, but accept
it where it may: whatever happens to the organiser's happens to it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta

from scheduler.access import Link, Purpose
from scheduler.agenda import Agenda, block, marked
from scheduler.busy import Side
from scheduler.connections import Connection
from scheduler.effects import (
    AcceptCopy,
    Address,
    Effect,
    Outgoing,
    PutCopy,
    RemoveCopy,
    SendInvite,
    ShortenCopy,
)
from scheduler.guestlist import GuestList
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
    #: How one of them invites the other now, where both are at Google.
    inviting: GuestList | None = None
    #: They meet in the video room that a calendar adds.
    room: bool = False

    @property
    def domain(self) -> str:
        """What UIDs and Message-IDs end in."""
        return domain_of(self.sender)

    def reader(self, person: PersonId) -> Person:
        """One of the two."""
        return self.mentor if person == self.mentor.id else self.mentee

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


def new_copy(side: Side, uid: Uid, inviting: GuestList | None = None) -> Copy:
    """A copy that is to be made, on the one route there is for this person."""
    person = side.person.id
    if inviting and person == inviting.organiser:
        return Copy(person, uid, Route.WRITTEN, calendar=inviting.calendar)
    if inviting and person == inviting.guest:
        return Copy(person, uid, Route.GUEST, calendar=inviting.shown_in)
    calendar = written_calendar(r.connection for r in side.readings)
    route = Route.WRITTEN if calendar else Route.IMIP
    return Copy(person, uid, route, calendar=calendar)


def arrival(copy: Copy, two: Two, agenda: Agenda, at: Revision, build: Build) -> Effect:
    """What brings an object, or a new edition of all of it, to one person alone."""
    reader = two.reader(copy.person)
    if copy.route is Route.WRITTEN and copy.calendar:
        words = two.words(agenda, reader.language)
        return PutCopy(
            copy.person, copy.calendar, build(Edition(at, words), Method.NONE)
        )
    guests = two.guests().asking(reader.email)
    return SendInvite(
        copy.person, build(Edition(at, two.words(), guests), Method.REQUEST)
    )


def arrivals(
    copies: Iterable[Copy], two: Two, agenda: Agenda, at: Revision, build: Build
) -> tuple[tuple[Copy, Effect], ...]:
    """The same for both, each on their route; the organiser's copy brings the guest's.

    `copies` are both people's of one object.
    """
    both = tuple(copies)
    guest = next((c for c in both if c.route is Route.GUEST), None)
    found: list[tuple[Copy, Effect]] = []
    for copy in both:
        if copy is guest:
            continue
        effect = arrival(copy, two, agenda, at, build)
        if guest and two.inviting and isinstance(effect, PutCopy):
            effect = _with_guests(effect, two.inviting, meet=two.room)
        found.append((copy, effect))
    if guest and guest.calendar and two.inviting and two.inviting.accepts:
        found.append(
            (guest, AcceptCopy(guest.person, guest.calendar, guest.uid, at.sequence))
        )
    return tuple(found)


def _with_guests(put: PutCopy, inviting: GuestList, *, meet: bool) -> PutCopy:
    listed = inviting.guests
    invite = replace(
        put.invite,
        organizer=listed.organizer,
        attendees=listed.attendees,
        meet=meet,
    )
    return replace(put, invite=invite)


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


def ours(copies: Iterable[Copy]) -> tuple[Copy, ...]:
    """Those of the standing copies that Troth changes itself.

    A guest's changes with the organiser's, and the provider tells the guest.
    """
    return tuple(c for c in standing(copies) if c.route is not Route.GUEST)


def follows(guest: Copy, lead: Copy, now: datetime) -> Copy:
    """A guest's copy after something happened to the organiser's.

    What its owner took away stays away. Both have one name at the provider.
    """
    states = {CopyState.THERE: CopyState.THERE, CopyState.WANTED: guest.state}
    removed = guest.state is CopyState.REMOVED_BY_PERSON
    return replace(
        guest,
        state=guest.state if removed else states.get(lead.state, CopyState.ENDED),
        remote_id=lead.remote_id,
        etag=None,
        generation=lead.generation,
        sequence=max(guest.sequence, lead.sequence),
        written_at=now,
        seen=guest.seen and guest.generation == lead.generation,
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
