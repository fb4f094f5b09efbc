"""What would help two people whose calendars leave too little, in words for one."""

from __future__ import annotations

from typing import assert_never

from scheduler.onechange import (
    Change,
    MoreHours,
    OtherClock,
    Rarer,
    Shorter,
    SmallerGap,
    WouldHelp,
    without_hours_of,
)
from scheduler.people import Hours, Role
from scheduler.usecases.see_pair import SeenPair
from web.agreed import spoken
from web.sheets import number, place


def helping(found: tuple[WouldHelp, ...], view: SeenPair) -> str:
    """A sentence on the most helpful change; empty where none would help.

    Nobody is told at which hours the other could meet beyond those they offer.
    """
    mine = Role.MENTOR if view.me == view.mentor else Role.MENTEE
    told = without_hours_of(found, mine.other)
    if not told:
        return ""
    plan = told[0].plan
    left = f", and {number(plan.unplaced)} stay without a time" * (plan.unplaced > 0)
    return (
        f"It would help most {_what(told[0].change, view)}: then"
        f" {number(plan.clear)} of {number(len(plan.meetings))} dates fit as they"
        f" stand{left}."
    )


def _what(change: Change, view: SeenPair) -> str:
    match change:
        case MoreHours(_, window):
            hours = spoken(Hours.of((window,)))
            return f"if you could also meet on {hours}, {place(view.me.zone)} time"
        case Shorter(minutes):
            return f"to meet for {minutes} minutes"
        case Rarer(cadence):
            return f"to meet {cadence}"
        case OtherClock(anchor):
            return f"to go by the {anchor}’s clock"
        case SmallerGap():
            return "to keep less time free around each meeting"
    assert_never(change)
