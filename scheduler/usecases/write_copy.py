"""Do one effect on one person's written copy, in their calendar."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from scheduler.delivery import CopyEffect, is_theirs, sequence_of
from scheduler.effects import (
    AcceptCopy,
    MoveInCopy,
    PutBackInCopy,
    PutCopy,
    RemoveCopy,
    ShortenCopy,
    TakeOutOfCopy,
)
from scheduler.errors import Conflict, Gone, Unavailable
from scheduler.ids import RemoteId
from scheduler.ports.calendars import (
    Accept,
    Calendar,
    CalendarTarget,
    Edit,
    Move,
    PutBack,
    Rebook,
    Shorten,
    TakeOut,
    Written,
)
from scheduler.series import Copy, CopyState
from scheduler.timespan import Span

#: How often a write that met another version is tried on the newer one, at once.
_TRIES = 3
_AROUND = timedelta(days=1)

_Edits = MoveInCopy | TakeOutOfCopy | PutBackInCopy | ShortenCopy


async def write_copy(
    effect: CopyEffect, copy: Copy, *, calendar: Calendar
) -> Copy | None:
    """The copy as it stands afterwards; doing it again changes nothing.

    None: its owner took away or moved what this was about, and that stands.
    `Unavailable`, `NeedsConsent` and `Rejected` as the calendar raises them.
    """
    match effect:
        case PutCopy() if copy.state is CopyState.THERE and copy.remote_id:
            return await _rebook(effect, copy, calendar)
        case PutCopy():
            return await _put(effect, copy, calendar)
        case RemoveCopy():
            return await _remove(effect, copy, calendar)
        case AcceptCopy():
            return await _accept(copy, calendar)
        case _:
            return await _edit(effect, copy, calendar)


async def _put(effect: PutCopy, copy: Copy, calendar: CalendarTarget) -> Copy:
    uid, generation = effect.invite.uid, copy.generation + 1
    try:
        written = await calendar.create(effect.invite, generation=generation)
    except Conflict:
        # Ours from a try whose answer was lost: adopt it, never make a second one.
        found = await calendar.find(uid, generation=generation)
        if found is None:
            raise Unavailable("the calendar has another object of that name") from None
        written = found
    except Gone:
        # It was made by such a try, and a person has deleted it since.
        return replace(copy, state=CopyState.REMOVED_BY_PERSON, generation=generation)
    return replace(
        _with(copy, written),
        state=CopyState.THERE,
        generation=generation,
        sequence=effect.invite.sequence,
    )


async def _remove(effect: RemoveCopy, copy: Copy, calendar: CalendarTarget) -> Copy:
    if effect.remote:
        await calendar.remove(effect.remote, etag=None)
        return copy
    remote, etag = copy.remote_id, copy.etag
    for _ in range(_TRIES):
        if remote is None or etag is None:
            found = await calendar.find(copy.uid, generation=max(copy.generation, 1))
            if found is None:
                break
            remote, etag = found.id, found.etag
        try:
            await calendar.remove(remote, etag=etag)
            break
        except Conflict:
            etag = None  # notes were added meanwhile: it ends all the same
    else:
        raise Unavailable("the object keeps changing")
    return replace(copy, state=CopyState.ENDED, remote_id=None, etag=None)


async def _rebook(effect: PutCopy, copy: Copy, calendar: CalendarTarget) -> Copy | None:
    """Other dates for all of what stands there: both agreed to them."""
    if copy.remote_id is None:
        return None
    try:
        edit = Rebook(effect.invite)
        written = await calendar.edit(copy.remote_id, edit, etag=None)
    except Gone:
        return replace(copy, state=CopyState.REMOVED_BY_PERSON)
    return replace(_with(copy, written), sequence=effect.invite.sequence)


async def _accept(copy: Copy, calendar: CalendarTarget) -> Copy:
    """Say yes in the guest's own calendar, under the name that both copies have.

    The provider may take a while to show it there; what its owner deleted instead is
    noticed as that, and then nobody comes back here.
    """
    if copy.remote_id is None:
        raise Unavailable("the invitation has no name yet")
    try:
        await calendar.edit(copy.remote_id, Accept(), etag=None)
    except Gone:
        raise Unavailable("the invitation is not there yet") from None
    except Conflict:
        raise Unavailable("the invitation changes all the time") from None
    return copy


async def _edit(effect: _Edits, copy: Copy, calendar: Calendar) -> Copy | None:
    remote, etag = copy.remote_id, copy.etag
    if remote is None:
        raise Unavailable("the copy has no name in the calendar yet")
    for _ in range(_TRIES):
        try:
            # Unknown, or no longer what stands there: only of a move it matters how.
            if etag is None and isinstance(effect, MoveInCopy):
                now = await calendar.read(remote, _around(effect))
                if is_theirs(effect, now.occurrences):
                    return None
                etag = now.etag
            written = await calendar.edit(remote, _edit_of(effect), etag=etag)
        except Gone:
            return None
        except Conflict:
            etag = None
        else:
            return replace(_with(copy, written), sequence=sequence_of(effect))
    raise Unavailable("the object keeps changing")


def _with(copy: Copy, written: Written) -> Copy:
    return replace(copy, remote_id=RemoteId(written.id), etag=written.etag)


def _edit_of(effect: _Edits) -> Edit:
    match effect:
        case MoveInCopy():
            return Move(
                effect.original_start, effect.span, effect.sequence, effect.stamp
            )
        case TakeOutOfCopy():
            return TakeOut(
                effect.original_start,
                effect.sequence,
                effect.stamp,
                silent=effect.silent,
            )
        case PutBackInCopy():
            return PutBack(
                effect.original_start,
                effect.span,
                effect.sequence,
                effect.stamp,
                silent=effect.silent,
            )
        case ShortenCopy():
            return Shorten(effect.before, effect.sequence, effect.stamp)


def _around(effect: MoveInCopy) -> Span:
    """A window in which the occurrence is found, where it was and where it goes."""
    spans = [s for s in (effect.span, effect.was) if s]
    starts = [effect.original_start, *(s.start for s in spans)]
    return Span(min(starts) - _AROUND, max(starts) + _AROUND)
