"""What the guest of an event of ours says to it, and what is new of that.

A provider tells how things stand, not what was done. An answer therefore keeps the
instant at which it was first heard: what was acted on since is no new act, and an old
answer does not undo a newer decision (promises.md F45).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from scheduler.events import CalendarObject, Coming, Rsvp


def heard(
    before: Iterable[Rsvp], now_said: Iterable[Rsvp], at: datetime
) -> tuple[Rsvp, ...]:
    """What is said now; what was said before keeps when it was heard.

    Who was never on the list under an address that we know is not off it: nothing is
    known of what they say.
    """
    said, known = tuple(now_said), tuple(before)
    if any(one == Rsvp(Coming.OFF) for one in said) and not known:
        return ()
    since = {(one.coming, one.original_start): one.heard_at for one in known}
    return tuple(
        replace(one, heard_at=since.get((one.coming, one.original_start)) or at)
        for one in said
    )


def answer(found: CalendarObject, original_start: datetime) -> Rsvp | None:
    """The guest's answer to one date of an object: its own, else that to all of it."""
    by_date = {one.original_start: one for one in found.rsvps}
    return by_date.get(original_start) or by_date.get(None)
