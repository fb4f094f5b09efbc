"""A change that would help, in words."""

from __future__ import annotations

from typing import assert_never

from scheduler.onechange import (
    Change,
    MoreHours,
    OtherClock,
    Rarer,
    Shorter,
    SmallerGap,
)
from scheduler.people import Hours
from scheduler.slots import PlanRequest


def said(change: Change, asked: PlanRequest) -> str:
    """What follows 'What would help most is'."""
    match change:
        case MoreHours(role, window):
            hours = Hours.of((window,))
            return f"more hours of the {role}'s, {hours} in {asked.of(role).zone}"
        case Shorter(minutes):
            return f"a meeting of {minutes} minutes"
        case Rarer(cadence):
            return f"a meeting {cadence}"
        case OtherClock(anchor):
            return f"a slot on the {anchor}'s clock"
        case SmallerGap(gap):
            return f"a gap of {gap} minutes" if gap else "no gap"
        case _:
            assert_never(change)
