"""Whether an effect is still to be done, and what its success or failure means."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum

from scheduler.bounces import may_be_mailed
from scheduler.connections import Connection, Health
from scheduler.effects import (
    AcceptCopy,
    Effect,
    MoveInCopy,
    OutboxState,
    Outgoing,
    PutBackInCopy,
    PutCopy,
    RemoveCopy,
    SendInvite,
    SendLetter,
    ShortenCopy,
    TakeOutOfCopy,
)
from scheduler.errors import NeedsConsent, Unavailable
from scheduler.events import Meaning, Occurrence
from scheduler.ids import CalendarId, OutboxId, PersonId, Uid
from scheduler.invite import Invite, Method
from scheduler.letters import ALWAYS, Letter, LetterKind
from scheduler.outbox import digest
from scheduler.people import Person
from scheduler.quiet import letter_at
from scheduler.series import Copy, CopyState, Route, Series, SeriesState
from scheduler.timespan import Span
from scheduler.work import pause

#: What could not be done for so long is shown to the coordinator (F35).
GIVE_UP = timedelta(hours=72)
#: A row that waits for another is woken by it; this is for when it is not.
LOOK_AGAIN = timedelta(minutes=15)

#: What is still told when a pair was closed meanwhile; the rest is over with it.
_BEHIND_A_CLOSING = frozenset(
    {
        LetterKind.GOODBYE,
        LetterKind.PAIR_CLOSED,
        LetterKind.BROKEN,
        LetterKind.SIGN_IN,
    }
)
#: Letters with other times for a meeting: no use when its period was left out.
_OFFERS = frozenset({LetterKind.FELL_OUT, LetterKind.CLASH})

#: What gives a written copy a new number.
Writing = PutCopy | MoveInCopy | TakeOutOfCopy | PutBackInCopy | ShortenCopy
CopyEffect = Writing | RemoveCopy | AcceptCopy


class Verdict(Enum):
    """What to do with a row that is due."""

    GO = "go"
    #: Not yet: see `Case.wait_until`.
    WAIT = "wait"
    #: It is true already.
    DONE = "done"
    #: It came too late to make sense, or its reader does not want it.
    DROP = "drop"


@dataclass(frozen=True, slots=True)
class Case:
    """A row of the outbox, and what it depends on as it stands now."""

    row: Outgoing
    #: An older row of its chain is still waiting.
    is_behind: bool = False
    #: The person it goes to; None for a coordinator.
    person: Person | None = None
    #: This person's copy of the object it is about.
    copy: Copy | None = None
    #: The calendar it is to be written to.
    connection: Connection | None = None
    #: The series that the letter tells of.
    series: Series | None = None
    is_closed: bool = False
    #: The ledger says that the period of the letter's meeting was left out.
    is_skipped: bool = False
    #: None of the promises that the letter tells of stands any more.
    is_moot: bool = False
    #: When the pair pauses: nobody is reminded of a promise then.
    pauses: tuple[Span, ...] = ()
    #: Kinds of letters that the person does not want.
    fewer: frozenset[str] = frozenset()

    def verdict(self, now: datetime) -> Verdict:
        """What to do now."""
        row = self.row
        if row.state is not OutboxState.WAITING:
            return Verdict.DONE
        if (row.until is not None and now >= row.until) or self._is_unreachable:
            return Verdict.DROP
        if row.due_at > now or self.is_behind:
            return Verdict.WAIT
        match row.effect:
            case SendLetter(letter=letter):
                return self._letter(letter, now)
            case SendInvite(invite=invite):
                return self._invite(invite)
            case effect:
                return self._copy(effect)

    @property
    def is_new(self) -> bool:
        """Whether it makes a copy that its person has not got on any route."""
        is_wanted = self.copy is not None and self.copy.state is CopyState.WANTED
        return isinstance(self.row.effect, PutCopy) and is_wanted

    def wait_until(self, now: datetime) -> datetime:
        """When to look again at a row that waits."""
        if self.row.due_at > now:
            return self.row.due_at
        held = self._held(now)
        return held if held > now else now + LOOK_AGAIN

    @property
    def _is_unreachable(self) -> bool:
        """Whether it would be a mail to an address that does not exist."""
        return bool(self.person and not may_be_mailed(self.row.effect, self.person))

    def _letter(self, letter: Letter, now: datetime) -> Verdict:
        if self._is_over(letter, now):
            return Verdict.DROP
        if letter.kind is LetterKind.INVITATION:
            if self.series and self.series.state is SeriesState.ENDED:
                return Verdict.DROP
            if self.copy and self.copy.route is not Route.WRITTEN:
                return Verdict.DROP  # what comes on that route says itself what it is
            if self.copy and self.copy.state is CopyState.WANTED:
                return Verdict.WAIT
            if self.copy and self.copy.state is CopyState.REMOVED_BY_PERSON:
                return Verdict.DROP
        return Verdict.WAIT if self._held(now) > now else Verdict.GO

    def _is_over(self, letter: Letter, now: datetime) -> bool:
        """Whether nobody wants it, or what it tells of is no more."""
        if self.is_closed and letter.kind not in _BEHIND_A_CLOSING:
            return True
        if self.is_skipped and letter.kind in _OFFERS:
            return True
        resting = any(one.start <= now < one.end for one in self.pauses)
        if letter.kind is LetterKind.PROMISE and (self.is_moot or resting):
            return True
        if letter.kind in ALWAYS:
            return False
        return letter.kind.value in self.fewer or _is_past(letter, self.series, now)

    def _held(self, now: datetime) -> datetime:
        """When a letter may go: it waited perhaps, and it may be night by now."""
        effect = self.row.effect
        if not isinstance(effect, SendLetter) or self.person is None:
            return now
        meeting = effect.letter.facts.meeting
        start = meeting.start if meeting else None
        return letter_at(effect.letter.kind, self.person, now, start)

    def _invite(self, invite: Invite) -> Verdict:
        copy = self.copy
        if copy is None or invite.method is Method.DECLINECOUNTER:
            return Verdict.GO
        if copy.route is not Route.IMIP or copy.sequence > invite.sequence:
            return Verdict.DROP
        return Verdict.DONE if copy.sequence == invite.sequence else Verdict.GO

    def _copy(self, effect: CopyEffect) -> Verdict:
        copy = self.copy
        if self.connection is None or copy is None:
            return Verdict.DROP
        if isinstance(effect, RemoveCopy):
            return _removal(effect, copy)
        if copy.state is CopyState.REMOVED_BY_PERSON:
            return Verdict.DROP
        if isinstance(effect, AcceptCopy):
            return _acceptance(effect, copy)
        return _writing(effect, copy)


def _writing(effect: Writing, copy: Copy) -> Verdict:
    """What changes a written copy; on another route there is none any more."""
    if copy.route is not Route.WRITTEN:
        return Verdict.DROP
    if copy.sequence >= sequence_of(effect):
        return Verdict.DONE
    is_there = isinstance(effect, PutCopy) or copy.state is CopyState.THERE
    return Verdict.GO if is_there else Verdict.DROP


def _removal(effect: RemoveCopy, copy: Copy) -> Verdict:
    """What stands where its person has another copy by now goes all the same."""
    if effect.remote:
        return Verdict.GO
    if copy.state is CopyState.REMOVED_BY_PERSON:
        return Verdict.DROP
    return Verdict.DONE if copy.state is CopyState.ENDED else Verdict.GO


def _acceptance(effect: AcceptCopy, copy: Copy) -> Verdict:
    """A guest's copy comes with the organiser's; what was answered is answered."""
    if copy.route is not Route.GUEST or copy.state is CopyState.ENDED:
        return Verdict.DROP
    if copy.state is CopyState.WANTED or copy.sequence < effect.sequence:
        return Verdict.WAIT
    return Verdict.GO


def sequence_of(effect: Writing) -> int:
    """The SEQUENCE that a copy has when this is done."""
    if isinstance(effect, PutCopy):
        return effect.invite.sequence
    return effect.sequence


def _is_past(letter: Letter, series: Series | None, now: datetime) -> bool:
    """Whether the meeting a letter looks forward to has begun, or fell out."""
    meeting = series.meeting(letter.about) if series and letter.about else None
    if meeting is None:
        return False
    if letter.kind is LetterKind.MET:
        return not meeting.is_live
    if letter.kind not in {LetterKind.AGENDA, LetterKind.CLASH}:
        return False
    return not meeting.is_live or bool(meeting.span and meeting.span.start <= now)


def subject(effect: Effect) -> tuple[PersonId, Uid] | None:
    """The person and the UID of the copy that an effect is about, if it is."""
    match effect:
        case SendLetter():
            return None
        case SendInvite():
            return effect.to, effect.invite.uid
        case PutCopy():
            return effect.person, effect.invite.uid
        case _:
            return effect.person, effect.uid


def mailed(copy: Copy, invite: Invite) -> Copy:
    """A copy on the iMIP route after this message went out."""
    if invite.method is Method.DECLINECOUNTER:
        return copy
    is_end = invite.method is Method.CANCEL and invite.recurrence_id is None
    state = CopyState.ENDED if is_end else CopyState.THERE
    return replace(copy, state=state, sequence=max(copy.sequence, invite.sequence))


def landed(known: Copy | None, done: Copy) -> Copy:
    """A copy after an effect, with what was learned of it while that was under way.

    An answer to the invitation stays, and so does that its owner took it away.
    """
    if known is None:
        return done
    removed = known.state is CopyState.REMOVED_BY_PERSON
    return replace(
        known,
        state=known.state if removed else done.state,
        remote_id=done.remote_id,
        etag=done.etag,
        generation=done.generation,
        sequence=max(known.sequence, done.sequence),
    )


def waited_for(row: Outgoing, rows: Iterable[Outgoing]) -> tuple[OutboxId, ...]:
    """The rows that waited for this: the next of its chain, letters, acceptances."""
    waiting = [r for r in rows if r.state is OutboxState.WAITING and r.id != row.id]
    chained = [r.id for r in waiting if row.chain and r.chain == row.chain]
    about = subject(row.effect)
    letters = [
        r.id
        for r in waiting
        if isinstance(r.effect, SendLetter)
        and r.effect.letter.kind is LetterKind.INVITATION
        and about
        and r.effect.letter.to == about[0]
    ]
    accepted = [
        r.id
        for r in waiting
        if isinstance(r.effect, AcceptCopy) and about and r.effect.uid == about[1]
    ]
    return (*sorted(chained)[:1], *letters, *accepted)


def is_theirs(effect: CopyEffect, found: tuple[Occurrence, ...]) -> bool:
    """Whether the owner changed the very thing that we were about to change.

    `found` is what the object holds now, read after a write met another version. A
    person's move or deletion stands (promises.md I16, I17); their notes do not matter
    here, since an edit keeps them.
    """
    if not isinstance(effect, MoveInCopy):
        return False
    there = [
        o
        for o in found
        if o.original_start == effect.original_start
        and o.meaning is not Meaning.CANCELLED
    ]
    expected = {effect.span, effect.was or effect.span}
    if effect.was is None:
        return not there
    return not any(o.span in expected for o in there)


def given_up_as(effect: Effect) -> OutboxState:
    """How a row ends that is tried no more; an answer not given is no loss to show."""
    is_answer = isinstance(effect, AcceptCopy)
    return OutboxState.DROPPED if is_answer else OutboxState.DEAD


def failed(
    row: Outgoing,
    error: Unavailable | NeedsConsent,
    now: datetime,
    *,
    refused: bool = False,
) -> tuple[Outgoing, datetime]:
    """A row after a try that may succeed later, and when that is to be.

    Not before the other side wants it (promises.md F22); given up after 72 hours, or
    at once where another way is open (`refused`). The jitter follows from the row and
    the attempt, so that a run can be repeated exactly.
    """
    first = row.first_tried_at or now
    attempts = row.attempts + 1
    tried = replace(
        row, attempts=attempts, first_tried_at=first, trouble=str(error)[:200]
    )
    if refused or now - first >= GIVE_UP:
        return replace(tried, state=given_up_as(row.effect)), now
    chance = int(digest(row.id, attempts)[:8], 16) / 16**8
    least = error.after if isinstance(error, Unavailable) else None
    again = max(now + pause(attempts, chance), now + timedelta(seconds=least or 0))
    return tried, again


def is_writable(connection: Connection) -> bool:
    """Whether a write may be tried: a refused password is not tried over and over."""
    return connection.health is not Health.NEEDS_CONSENT


def goes_to(row: Outgoing, calendar: CalendarId) -> bool:
    """Whether a row waits to be written to this calendar."""
    match row.effect:
        case SendLetter() | SendInvite():
            return False
        case effect:
            waits = row.state is OutboxState.WAITING
            return waits and effect.calendar == calendar
