"""How long things are kept (promises.md S24), and what is left of them afterwards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, time, timedelta
from enum import Enum
from typing import assert_never

from scheduler.effects import (
    AcceptCopy,
    Effect,
    MoveInCopy,
    Outgoing,
    PutBackInCopy,
    PutCopy,
    RemoveCopy,
    SendInvite,
    SendLetter,
    ShortenCopy,
    TakeOutOfCopy,
)
from scheduler.events import CalendarObject
from scheduler.invite import Invite
from scheduler.letters import Facts, Letter


class Kept(Enum):
    """What is kept for a time; each says from when its age counts."""

    #: When people were busy with what is not ours: from its end.
    BUSY = "busy"
    #: What letters and invitations said: from when they were due.
    MAIL = "mail"
    #: Who did what: from then.
    AUDIT = "audit"
    #: The ids of mails that were read: from then.
    INBOX = "inbox"
    #: Answers to writes with an Idempotency-Key: from then.
    REPEATS = "repeats"
    #: Links: from the day they expire.
    LINKS = "links"
    #: Sessions: from when they were last seen; none lasts longer than 12 hours.
    SESSIONS = "sessions"
    #: Tokens of the API: from the day they expire.
    TOKENS = "tokens"
    #: Push channels: from when they ended.
    CHANNELS = "channels"


#: How long; the audit's time is a setting.
AGES: dict[Kept, timedelta] = {
    Kept.BUSY: timedelta(days=7),
    Kept.MAIL: timedelta(days=90),
    Kept.INBOX: timedelta(days=90),
    Kept.REPEATS: timedelta(days=7),
    Kept.LINKS: timedelta(days=7),
    Kept.SESSIONS: timedelta(days=1),
    Kept.TOKENS: timedelta(days=7),
    Kept.CHANNELS: timedelta(days=14),
}
#: The audit's, unless `AUDIT_DAYS` says another.
AUDIT_AGE = timedelta(days=365)
#: In UTC: most programmes sleep, and yesterday's audit may be sealed.
NIGHTLY = time(2, 30)


def cut(kind: Kept, now: datetime, audit: timedelta) -> datetime:
    """What was over before this instant is dropped; of the audit whole days alone."""
    if kind is Kept.AUDIT:
        return _midnight(now - audit)
    return now - AGES[kind]


def _midnight(when: datetime) -> datetime:
    return when.replace(hour=0, minute=0, second=0, microsecond=0)


def next_night(now: datetime) -> datetime:
    """When it is looked at again."""
    tonight = datetime.combine(now.date(), NIGHTLY, now.tzinfo)
    return tonight if now < tonight else tonight + timedelta(days=1)


def without_past(found: CalendarObject, before: datetime) -> CalendarObject | None:
    """An object without what ended before then; None when nothing is left of it."""
    ahead = tuple(o for o in found.occurrences if o.end >= before)
    return replace(found, occurrences=ahead) if ahead else None


def emptied(row: Outgoing) -> Outgoing:
    """A row that is over, without what it said: its key stays, and it is never sent.

    Which letter it was, to whom and when, is what is left; of an invitation the
    number and the stamp, since later ones go on from these.
    """
    return replace(row, effect=_emptied(row.effect), trouble="", until=row.due_at)


def _emptied(effect: Effect) -> Effect:
    match effect:
        case SendLetter(letter=letter):
            return SendLetter(
                Letter(
                    letter.kind,
                    letter.to,
                    letter.pair,
                    Facts(),
                    about=letter.about,
                    offer=letter.offer,
                )
            )
        case SendInvite(invite=invite) | PutCopy(invite=invite):
            return replace(effect, invite=_bare(invite))
        case (
            MoveInCopy()
            | TakeOutOfCopy()
            | PutBackInCopy()
            | ShortenCopy()
            | RemoveCopy()
            | AcceptCopy()
        ):
            return effect
        case _:
            assert_never(effect)


def _bare(invite: Invite) -> Invite:
    return Invite(
        invite.uid,
        invite.sequence,
        invite.stamp,
        invite.zone,
        invite.span,
        "",
        method=invite.method,
        rrule=invite.rrule,
        recurrence_id=invite.recurrence_id,
    )
