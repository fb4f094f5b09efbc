"""What an iTIP message has to say, and what an answer to one is worth (RFC 5546).

One SEQUENCE counter for each UID; every REQUEST that changes a time or a rule, and
every CANCEL, takes the next number, and DTSTAMP rises with it. All of it is decided
here, committed with the effect, and never again asked.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from scheduler.effects import (
    Effect,
    MoveInCopy,
    PutBackInCopy,
    PutCopy,
    SendInvite,
    ShortenCopy,
    TakeOutOfCopy,
)
from scheduler.ids import Uid
from scheduler.invite import Attachment, Attendee, Invite, Method, Override
from scheduler.localtime import zone
from scheduler.ports.mail import Answer, Claim, Reply
from scheduler.series import Meeting, Series
from scheduler.timespan import Span

#: Programs that lose the series when one instance of it is sent alone; by PRODID.
_WHOLE_ONLY = ("xandikos", "nextcloud mail")
_SECOND = timedelta(seconds=1)
_END = re.compile(r";?(?:COUNT|UNTIL)=[^;]*")


@dataclass(frozen=True, slots=True)
class Words:
    """What people read in the event; the same in every copy of it."""

    summary: str
    description: str = ""
    location: str = ""
    url: str = ""
    attachments: tuple[Attachment, ...] = ()


@dataclass(frozen=True, slots=True)
class Guests:
    """Who stands in the object. Written copies name nobody."""

    organizer: Attendee | None = None
    attendees: tuple[Attendee, ...] = ()

    def asking(self, email: str) -> Guests:
        """The same list, in which RSVP is asked of this one alone."""
        wanted = email.casefold()
        asked = (replace(a, rsvp=a.email.casefold() == wanted) for a in self.attendees)
        return replace(self, attendees=tuple(asked))


NOBODY = Guests()


@dataclass(frozen=True, slots=True)
class Revision:
    """Which version of an object a message brings: SEQUENCE and DTSTAMP."""

    sequence: int
    stamp: datetime

    @classmethod
    def first(cls, now: datetime) -> Revision:
        """Of an object that nobody has yet."""
        return cls(0, now.replace(microsecond=0))

    def next(self, now: datetime) -> Revision:
        """The one after this; its stamp rises even when the clock does not."""
        stamp = max(now.replace(microsecond=0), self.stamp + _SECOND)
        return Revision(self.sequence + 1, stamp)


def last_revision(effects: Iterable[Effect], uid: str) -> Revision | None:
    """The highest revision of this object among what was decided so far."""
    found: list[Revision] = []
    for effect in effects:
        match effect:
            case SendInvite(invite=invite) | PutCopy(invite=invite):
                if invite.uid == uid:
                    found.append(Revision(invite.sequence, invite.stamp))
            case MoveInCopy() | TakeOutOfCopy() | PutBackInCopy() | ShortenCopy():
                if effect.uid == uid:
                    found.append(Revision(effect.sequence, effect.stamp))
            case _:
                pass
    if not found:
        return None
    return Revision(max(r.sequence for r in found), max(r.stamp for r in found))


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of an object: its number, its words, and whom it names."""

    revision: Revision
    words: Words
    guests: Guests = NOBODY


def whole(series: Series, edition: Edition, method: Method = Method.REQUEST) -> Invite:
    """A series with everything that is moved or left out; `ValueError` if nothing is.

    It starts at its first date that takes place, and COUNT follows; dates that fell
    out later are EXDATEs, moved ones overrides, never both.
    """
    return replace(_series(series, _own(series), edition), method=method)


def shortened(series: Series, before: datetime, edition: Edition) -> Invite:
    """A series that ends before this instant, as a REQUEST: past entries stay."""
    kept = tuple(m for m in _own(series) if m.key.original_start < before)
    if not any(m.is_live for m in kept):
        return ended(series, edition)
    return replace(_series(series, kept, edition), method=Method.REQUEST)


def ended(series: Series, edition: Edition) -> Invite:
    """The whole series taken back: CANCEL without RECURRENCE-ID."""
    span = Span(series.first, series.first + series.length)
    invite = _object(series.uid, series.zone, span, edition)
    return replace(invite, rrule=series.rrule, method=Method.CANCEL)


def single(
    series: Series,
    meeting: Meeting,
    edition: Edition,
    method: Method = Method.REQUEST,
) -> Invite:
    """One meeting alone: a replacement whole, or that instance of its series."""
    span = meeting.span or _by_rule(series, meeting)
    invite = _object(meeting.uid or series.uid, series.zone, span, edition)
    instance = None if meeting.uid else meeting.key.original_start
    return replace(invite, recurrence_id=instance, method=method)


def moved(
    series: Series, meeting: Meeting, edition: Edition, *, whole_object: bool = False
) -> Invite:
    """A meeting at another time: that instance alone, where this is understood."""
    if whole_object and not meeting.uid:
        return whole(series, edition)
    return single(series, meeting, edition)


def taken_out(
    series: Series, meeting: Meeting, edition: Edition, *, whole_object: bool = False
) -> Invite:
    """A meeting that falls out; `series` is already without it.

    CANCEL with RECURRENCE-ID and no rule; a replacement is cancelled whole; programs
    that read an instance's CANCEL as the series' get the series once more.
    """
    if not meeting.uid and not any(m.is_live for m in _own(series)):
        return ended(series, edition)
    if whole_object and not meeting.uid:
        return whole(series, edition)
    return single(series, meeting, edition, Method.CANCEL)


def counter_refused(
    series: Series, meeting: Meeting, reply: Reply, edition: Edition
) -> Invite:
    """DECLINECOUNTER: the meeting stays, under the number that the answer named."""
    revision = replace(edition.revision, sequence=reply.sequence)
    kept = replace(edition, revision=revision)
    return single(series, meeting, kept, Method.DECLINECOUNTER)


def breaks_on_instances(prodid: str) -> bool:
    """Whether the program that answered needs whole objects, by its PRODID."""
    return any(name in prodid.casefold() for name in _WHOLE_ONLY)


def author(reply: Reply, invited: Collection[str]) -> Claim | None:
    """Which of the invited addresses answered; None: a stranger it was forwarded to.

    ATTENDEE is looked at first, then what else the mail came with.
    """
    ours = {address.casefold() for address in invited}
    claims = (Claim(reply.attendee, reply.certain), *reply.others)
    return next((one for one in claims if one.address.casefold() in ours), None)


def is_about_whole(reply: Reply) -> bool:
    """Whether the answer is to everything that its UID holds."""
    return reply.recurrence_id is None and reply.recurrence_wall is None


def answered(reply: Reply, series: Series) -> Meeting | None:
    """The one meeting that an answer is about; None: a whole series, or no such date.

    RECURRENCE-ID comes as an instant, as a wall time of the slot's zone, or as a day;
    some programs move it to midnight, so a day on which one meeting falls is enough.
    """
    meetings = series.of_uid(reply.uid)
    if is_about_whole(reply):
        return meetings[0] if len(meetings) == 1 and meetings[0].uid else None
    where = zone(series.zone)
    walls = {m: m.key.original_start.astimezone(where) for m in meetings}
    for meeting in meetings:
        if meeting.key.original_start == reply.recurrence_id:
            return meeting
    named = (
        reply.recurrence_id.astimezone(where)
        if reply.recurrence_id is not None
        else reply.recurrence_wall
    )
    same_day = [
        meeting
        for meeting, wall in walls.items()
        if named is not None and wall.date() == named.date()
    ]
    return same_day[0] if len(same_day) == 1 else None


class Worth(Enum):
    """What to do about an answer."""

    ACT = "act"
    #: Ask the person who seems to have answered, and act on what they say.
    ASK = "ask"
    IGNORE = "ignore"


def worth(reply: Reply, *, told: int, certain: bool) -> Worth:
    """Whether to believe an answer; `certain` is that of its `author`.

    `told` is the SEQUENCE of the last REQUEST that changed the time of what it is
    about (`time_sequence`). A stale acceptance says nothing about the new time; a
    stale decline may still be meant.
    """
    stale = reply.sequence < told
    if stale and reply.answer is not Answer.DECLINED:
        return Worth.IGNORE
    return Worth.ACT if certain and not stale else Worth.ASK


def time_sequence(
    sent: Iterable[Invite], uid: str, recurrence_id: datetime | None
) -> int:
    """The SEQUENCE of the last REQUEST that gave this component the time it has.

    `sent` are the invitations to the person who answered, in order. One instance's
    change leaves the answer to the series good, and to every other instance.
    """
    told, known = 0, None
    for invite in sent:
        if invite.uid != uid or invite.method is not Method.REQUEST:
            continue
        now = _time_of(invite, recurrence_id)
        if now is not None and now != known:
            told, known = invite.sequence, now
    return told


def _time_of(invite: Invite, recurrence_id: datetime | None) -> object:
    """When an invitation puts this component; None if it does not speak of it."""
    if recurrence_id is None:
        return None if invite.recurrence_id else _pattern(invite)
    if invite.recurrence_id == recurrence_id:
        return invite.span
    if invite.recurrence_id or not invite.rrule:
        return None
    for override in invite.overrides:
        if override.original_start == recurrence_id:
            return override.span
    return Span(recurrence_id, recurrence_id + invite.span.length)


def _pattern(invite: Invite) -> object:
    """When a whole object takes place, whatever its first and last date."""
    if not invite.rrule:
        return invite.span
    start = invite.span.start.astimezone(zone(invite.zone))
    rule = _END.sub("", invite.rrule)
    return start.weekday(), start.time(), invite.span.length, rule


def _own(series: Series) -> tuple[Meeting, ...]:
    """The meetings of the series' own object, by original start."""
    return tuple(m for m in series.meetings if m.key.n == 0)


def _series(series: Series, meetings: tuple[Meeting, ...], edition: Edition) -> Invite:
    standing = [n for n, meeting in enumerate(meetings) if meeting.is_live]
    if not standing:
        raise ValueError("a series without a meeting is no event")
    dates = meetings[standing[0] :]
    first = dates[0].key.original_start
    invite = _object(
        series.uid, series.zone, Span(first, first + series.length), edition
    )
    return replace(
        invite,
        rrule=f"{_END.sub('', series.rrule)};COUNT={len(dates)}",
        exdates=tuple(m.key.original_start for m in dates if not m.is_live),
        overrides=tuple(
            Override(m.key.original_start, m.span)
            for m in dates
            if m.is_live and m.span and m.span != _by_rule(series, m)
        ),
    )


def _by_rule(series: Series, meeting: Meeting) -> Span:
    start = meeting.key.original_start
    return Span(start, start + series.length)


def _object(uid: Uid, zone_name: str, span: Span, edition: Edition) -> Invite:
    words, guests = edition.words, edition.guests
    return Invite(
        uid=uid,
        sequence=edition.revision.sequence,
        stamp=edition.revision.stamp,
        zone=zone_name,
        span=span,
        summary=words.summary,
        description=words.description,
        location=words.location,
        url=words.url,
        attachments=words.attachments,
        organizer=guests.organizer,
        attendees=guests.attendees,
    )
