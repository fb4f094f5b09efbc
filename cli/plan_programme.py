"""`troth plan --programme`: a list of pairs in, a slot for each of them out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from json import dumps
from pathlib import Path
from typing import Any

from cli.plan import anchor_of, availability, free, window_of
from cli.plan_shown import in_words, slot_document
from cli.progress import counting
from cli.window import day
from scheduler.availability import Availability
from scheduler.cadence import Cadence
from scheduler.errors import Refused, Unavailable
from scheduler.events import Warned
from scheduler.people import Hours, Role
from scheduler.programme.listing import (
    NONE,
    Asked,
    Defaults,
    Someone,
    asked,
    problem,
    read_listing,
)
from scheduler.programme.wanted import Got, Outcome, Wanted
from scheduler.roster import Problem
from scheduler.timespan import Span

#: Options of two calendars, which a list says row by row or cannot have.
_ALONE = {
    "mentor": "MENTOR",
    "mentee": "MENTEE",
    "mentor_email": "--mentor-email",
    "mentee_email": "--mentee-email",
    "invite": "--invite",
}

Warnings = list[tuple[str, Warned]]


def plan_list(params: dict[str, Any]) -> None:
    """Plan the list that `--programme` names; `params` are the command's."""
    for name, shown in _ALONE.items():
        if params[name]:
            words = f"{shown} goes with two calendars; leave it out with --programme."
            raise Refused("E_USAGE", words, field=shown)
    defaults = _defaults(params)
    listing = read_listing(_read(params["pairs"]))
    pairs, problems = asked(listing, defaults)
    _refuse((*listing.problems, *problems))
    known, warnings = _calendars(pairs)
    wanted = [_wanted(pair, known) for pair in pairs]
    from scheduler.programme.whole import plan_programme

    with counting("Comparing calendars", len(wanted)) as progress:
        outcome = plan_programme(wanted, progress)
    (_print_json if params["json"] else _print_text)(pairs, outcome, warnings)


def _read(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        words = f"{name} cannot be read ({error.strerror}); check its name."
        raise Refused("E_FILE_UNREADABLE", words, field="--programme") from None


def _defaults(params: dict[str, Any]) -> Defaults:
    """What the options say for rows that do not; `Refused` for one that is wrong."""
    for role in Role:
        if params[f"{role}_zone"]:
            free(params[f"{role}_zone"], params[f"{role}_hours"], role)
    if params["count"] is not None and params["until"]:
        words = "Give --count N or --until DATE, and not both."
        raise Refused("E_COUNT_UNTIL", words, field="--count")
    first, until = params["first"], params["until"]
    return Defaults(
        params["mentor_zone"] or None,
        params["mentee_zone"] or None,
        Hours.parse(params["mentor_hours"], field="--mentor-hours"),
        Hours.parse(params["mentee_hours"], field="--mentee-hours"),
        Cadence.parse(params["cadence"]) if params["cadence"] else None,
        params["minutes"],
        day(first, "--from") if first else None,
        day(until, "--until") if until else None,
        params["count"],
        anchor_of(params["anchor"]),
        params["gap"],
    )


def _refuse(problems: Sequence[Problem]) -> None:
    """Tell every row that needs another look, and plan nothing."""
    if not problems:
        return
    for one in sorted(problems, key=lambda problem: problem.row):
        print(f"row {one.row}: {one.code}: {one.message}", file=sys.stderr)
    raise Refused(
        "E_CSV_ROWS",
        f"{len(problems)} rows need another look and nothing was planned; mend them.",
        field="--programme",
    )


def _calendars(pairs: Sequence[Asked]) -> tuple[dict[str, Availability], Warnings]:
    """Everybody's time, each calendar read once; and what was odd in them."""
    window = _window(pairs)
    people: dict[str, tuple[int, Role, Someone]] = {}
    for pair in pairs:
        for role, one in ((Role.MENTOR, pair.mentor), (Role.MENTEE, pair.mentee)):
            people.setdefault(one.email, (pair.row, role, one))
    known: dict[str, Availability] = {}
    warnings: Warnings = []
    problems: list[Problem] = []
    with counting("Reading calendars", len(people)) as progress:
        for done, (row, role, one) in enumerate(people.values(), 1):
            try:
                known[one.email], odd = _known(one, window, f"{role}_calendar", row)
                warnings += [(one.email, warned) for warned in odd]
            except Refused as refused:
                problems.append(problem(row, refused))
            progress(done)
    _refuse(problems)
    return known, warnings


def _window(pairs: Sequence[Asked]) -> Span:
    """Everything that can touch any meeting of the list."""
    spans = [window_of(pair.request) for pair in pairs]
    if not spans:
        raise Refused("E_CSV_EMPTY", "The list has no pair.", field="--programme")
    return Span(min(span.start for span in spans), max(span.end for span in spans))


def _known(
    one: Someone, window: Span, field: str, row: int
) -> tuple[Availability, tuple[Warned, ...]]:
    if one.calendar == NONE:
        return one.free, ()
    try:
        return availability(one.free, one.calendar, one.email, window)
    except Refused as refused:
        message = f"{field}: {refused.message}"
        raise Refused(refused.code, message, field=field) from refused
    except Unavailable as silent:
        raise Unavailable(f"row {row}: {field}: {silent}") from silent


def _wanted(pair: Asked, known: dict[str, Availability]) -> Wanted:
    mentor, mentee = pair.mentor.email, pair.mentee.email
    request = replace(pair.request, mentor=known[mentor], mentee=known[mentee])
    return Wanted(mentor, mentee, request, pair.max_day, pair.max_week)


def _print_json(pairs: Sequence[Asked], outcome: Outcome, warnings: Warnings) -> None:
    document = {
        "pairs": [
            _document(pair, got) for pair, got in zip(pairs, outcome.pairs, strict=True)
        ],
        "placed": outcome.placed,
        "most": outcome.most,
        "score": outcome.score,
        "bound": outcome.bound,
        "gap": round(outcome.gap, 6),
        "warnings": [
            {"code": w.code, "uid": w.uid, "message": w.message, "person": email}
            for email, w in warnings
        ],
    }
    print(dumps(document, indent=1))


def _document(pair: Asked, got: Got) -> dict[str, object]:
    slot = slot_document(got.slot) if got.slot else None
    found: dict[str, object] = {"row": pair.row, "slot": slot, "clear": got.clear}
    return found | ({"why": str(got.why)} if got.why else {})


def _print_text(pairs: Sequence[Asked], outcome: Outcome, warnings: Warnings) -> None:
    """A line for each row, then how good the whole is; warnings on standard error."""
    for pair, got in zip(pairs, outcome.pairs, strict=True):
        names = f"{pair.mentor.email} and {pair.mentee.email}"
        print(f"row {pair.row}: {names}: {_news(pair, got)}.")
    placed, pairs_ = outcome.placed, len(pairs)
    print(f"{placed} of {pairs_} pairs have a slot; {_against(outcome)}.")
    for email, warned in warnings:
        about = f" (UID {warned.uid})" if warned.uid else ""
        print(
            f"warning: {warned.code}: {email}: {warned.message}{about}", file=sys.stderr
        )


def _news(pair: Asked, got: Got) -> str:
    if got.slot is None:
        return f"no slot ({got.why})"
    turns = pair.request.turns
    return f"{in_words(got.slot, pair.request.cadence)}: {got.clear} of {turns} clear"


def _against(outcome: Outcome) -> str:
    """How far from the best that anybody could do."""
    if outcome.placed == outcome.most and outcome.score == outcome.bound:
        return f"score {outcome.score}, which reaches the bound"
    return (
        f"score {outcome.score}, {outcome.gap:.3%} under the bound {outcome.bound}"
        f" for {outcome.most} pairs"
    )
