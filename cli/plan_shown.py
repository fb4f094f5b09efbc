"""What `troth plan` answers: one JSON document, or words for people."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from json import dumps
from typing import TYPE_CHECKING

from cli.window import written
from scheduler.cadence import Cadence
from scheduler.events import Warned
from scheduler.localtime import instant, zone
from scheduler.people import Role
from scheduler.slots import (
    Plan,
    PlannedMeeting,
    PlanRequest,
    PlanResult,
    Slot,
    Status,
)

if TYPE_CHECKING:
    from scheduler.onechange import WouldHelp

Warnings = Sequence[tuple[Role, Warned]]
Row = tuple[str, str, str, str]

_WEEKS = {1: "first", 2: "second", 3: "third", 4: "fourth", -1: "last"}
_NO_SLOT = (
    "No slot has one clear meeting: the two are never both free in their hours for"
    " that long."
)
_NO_HELP = "No single change to hours, length, cadence, clock or gap would help."


def print_json(
    result: PlanResult, help_: Sequence[WouldHelp], warnings: Warnings
) -> None:
    """The document of the contract, and nothing else."""
    best = result.best
    document = {
        **(_summary(best) if best else _nothing(result)),
        "meetings": [_meeting(meeting) for meeting in result.meetings],
        "alternatives": [_summary(plan) for plan in result.alternatives],
        "warnings": [
            {"code": w.code, "uid": w.uid, "message": w.message, "person": role}
            for role, w in [*warnings, *_gaps(best)]
        ],
        "would_help": _helping(help_),
    }
    order = ["slot", "rrule", "meetings", "clear", "moved", "unplaced"]
    first = {name: document[name] for name in order}
    print(dumps(first | document, indent=1))


def _helping(help_: Sequence[WouldHelp]) -> list[dict[str, object]]:
    if not help_:
        return []
    from scheduler.onechange import as_option

    names = ("change", "person", "to")
    return [
        dict(zip(names, as_option(one.change), strict=True)) | _summary(one.plan)
        for one in help_
    ]


def _summary(plan: Plan) -> dict[str, object]:
    return {
        "slot": slot_document(plan.slot),
        "rrule": plan.rrule,
        "clear": plan.clear,
        "moved": plan.moved,
        "unplaced": plan.unplaced,
    }


def _nothing(result: PlanResult) -> dict[str, object]:
    counts = {"clear": 0, "moved": 0, "unplaced": result.periods}
    return {"slot": None, "rrule": None, **counts}


def slot_document(slot: Slot) -> dict[str, object]:
    """A slot, as all JSON has it."""
    return {
        "weekday": slot.weekday_name,
        "week": slot.week,
        "first": slot.first.isoformat(),
        "time": f"{slot.time:%H:%M}",
        "zone": slot.zone,
        "anchor": slot.anchor,
        "minutes": slot.minutes,
    }


def _meeting(meeting: PlannedMeeting) -> dict[str, object]:
    instants = {
        "original_start": meeting.original_start,
        "start": meeting.start,
        "end": meeting.end,
    }
    return {
        "period": meeting.period,
        **{name: at and written(at) for name, at in instants.items()},
        "status": meeting.status,
        "checked": meeting.checked,
        "why": list(meeting.why),
    }


def print_text(
    asked: PlanRequest,
    result: PlanResult,
    help_: Sequence[WouldHelp],
    warnings: Warnings,
) -> None:
    """The slot, its meetings on both clocks, the alternatives, what would help.

    A table on a terminal, plain lines otherwise; warnings on standard error.
    """
    if best := result.best:
        print(f"{in_words(best.slot, best.cadence)}: {_counts(best)}.")
        names = [f"{role} ({asked.of(role).zone})" for role in Role]
        head = ("", names[0], names[1], "")
        rows = [_row(meeting, asked) for meeting in best.meetings]
        (_table if sys.stdout.isatty() else _lines)(head, rows)
    else:
        print(_NO_SLOT)
    if result.alternatives:
        print("Other slots, in order:")
    for plan in result.alternatives:
        print(f"  {in_words(plan.slot, plan.cadence)}: {_counts(plan)}.")
    if help_:
        from cli.change_shown import said

        told = f"{said(help_[0].change, asked)}: {_counts(help_[0].plan)}"
        print(f"What would help most is {told}.")
    elif result.best is None:
        print(_NO_HELP)
    for role, warned in [*warnings, *_gaps(result.best)]:
        about = f" (UID {warned.uid})" if warned.uid else ""
        sentence = f"{role}: {warned.message}{about}"
        print(f"warning: {warned.code}: {sentence}", file=sys.stderr)


def _gaps(plan: Plan | None) -> Iterator[tuple[Role, Warned]]:
    """Once for each date: the slot's wall time does not exist there."""
    if plan is None:
        return
    slot = plan.slot
    where = zone(slot.zone)
    for day in plan.skipped:
        start = instant(day, slot.time, where).astimezone(where)
        message = (
            f"{slot.time:%H:%M} does not exist on {day} in {slot.zone}; it is read as"
            f" {start:%H:%M}."
        )
        yield slot.anchor, Warned("W_TIME_GAP", "", message)


def in_words(slot: Slot, cadence: Cadence) -> str:
    """A slot in words."""
    return (
        f"{_turn(slot, cadence)} at {slot.time:%H:%M} in {slot.zone}"
        f" ({slot.anchor}'s clock), {slot.minutes} minutes, from {slot.first}"
    )


def _turn(slot: Slot, cadence: Cadence) -> str:
    if slot.week is not None:
        return f"Every {_WEEKS[slot.week]} {slot.weekday_name} of the month"
    if cadence.every == 1:
        return f"Every {slot.weekday_name}"
    return f"Every {cadence.every} weeks on {slot.weekday_name}"


def _counts(plan: Plan) -> str:
    return f"{plan.clear} clear, {plan.moved} moved, {plan.unplaced} without a time"


def _row(meeting: PlannedMeeting, asked: PlanRequest) -> Row:
    stands = meeting.start or meeting.original_start
    clocks = [_on(stands, role, asked) for role in Role]
    return f"{meeting.period + 1}", clocks[0], clocks[1], _news(meeting, asked)


def _on(when: datetime | None, role: Role, asked: PlanRequest) -> str:
    where = zone(asked.of(role).zone)
    return f"{when.astimezone(where):%a %Y-%m-%d %H:%M}" if when else ""


def _news(meeting: PlannedMeeting, asked: PlanRequest) -> str:
    """What became of it and why; an unplaced one stands at its original start."""
    words = {Status.CLEAR: "clear", Status.UNPLACED: "no time"}
    news = words.get(meeting.status, "")
    if meeting.status is Status.MOVED:
        news = f"moved from {_on(meeting.original_start, Role.MENTOR, asked)}"
    reasons = [*meeting.why, *([] if meeting.checked else ["not checked"])]
    return f"{news} ({', '.join(reasons)})" if reasons else news


def _lines(head: Row, rows: list[Row]) -> None:
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    for row in (head, *rows):
        cells = zip(row, widths, strict=True)
        print("  ".join(cell.ljust(width) for cell, width in cells).rstrip())


def _table(head: Row, rows: list[Row]) -> None:
    from rich.console import Console
    from rich.table import Table

    table = Table(*head, box=None, header_style="bold", padding=(0, 2, 0, 0))
    for row in rows:
        table.add_row(*row)
    Console().print(table)
