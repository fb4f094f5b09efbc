"""What the guest of an event of ours says to it, and what is new of that.

A provider tells how things stand, not what was done. An answer therefore keeps the
instant at which it was first heard: what was acted on since is no new act, and an old
answer does not undo a newer decision (promises.md F45).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from scheduler.events import CalendarObject, Rsvp


def heard(
    before: Iterable[Rsvp], now_said: Iterable[Rsvp], at: datetime
) -> tuple[Rsvp, ...]:
    """What is said now; what was said before keeps when it was heard."""
    known = {(one.coming, one.original_start): one.heard_at for one in before}
    return tuple(
        replace(one, heard_at=known.get((one.coming, one.original_start)) or at)
        for one in now_said
    )


def answer(found: CalendarObject, original_start: datetime) -> Rsvp | None:
    """The guest's answer to one date of an object: its own, else that to all of it."""
    by_date = {one.original_start: one for one in found.rsvps}
    return by_date.get(original_start) or by_date.get(None)
