"""`troth plan --programme`: a list of pairs in, a slot for each of them out."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from cli.plan import anchor_of, availability, free, window_of
from cli.programme_shown import Answer, Changes, Warnings, print_json, print_text
from cli.progress import counting
from cli.window import day
from scheduler.availability import Availability
from scheduler.cadence import Cadence
from scheduler.errors import Refused, Unavailable
from scheduler.events import Warned
from scheduler.people import Hours, Role
from scheduler.programme.earlier import Earlier, read_plan
from scheduler.programme.listing import (
    NONE,
    Asked,
    Defaults,
    Someone,
    asked,
    problem,
    read_listing,
)
from scheduler.programme.wanted import Outcome, Wanted
from scheduler.roster import Problem
from scheduler.timespan import Span

#: Options of two calendars, which a list says row by row or cannot have.
_ALONE = {
    "mentor": "MENTOR",
    "mentee": "MENTEE",
    "mentor_email": "--mentor-email",
    "mentee_email": "--mentee-email",
    "invite": "--invite",
    "top": "--top",
}


def plan_list(params: dict[str, Any]) -> None:
    """Plan the list that `--programme` names; `params` are the command's."""
    if not params["pairs"]:
        words = "--keep goes with a list; give that with --programme PAIRS.csv."
        raise Refused("E_USAGE", words, field="--keep")
    for name, shown in _ALONE.items():
        if params[name] not in ("", None):
            words = f"{shown} goes with two calendars; leave it out with --programme."
            raise Refused("E_USAGE", words, field=shown)
    defaults = _defaults(params)
    keep = params["keep"]
    before = read_plan(_read(keep, "--keep")) if keep else None
    listing = read_listing(_read(params["pairs"], "--programme"))
    pairs, problems = asked(listing, defaults)
    _refuse((*listing.problems, *problems))
    known, warnings = _calendars(pairs)
    wanted = [_wanted(pair, known) for pair in pairs]
    outcome, changes = _planned(wanted, before)
    answer = Answer(pairs, outcome, warnings, changes)
    (print_json if params["json"] else print_text)(answer)


def _planned(
    wanted: Sequence[Wanted], before: dict[tuple[str, str], Earlier] | None
) -> tuple[Outcome, Changes | None]:
    """The plan; with an earlier one around that, and what became of each pair."""
    with counting("Comparing calendars", len(wanted)) as progress:
        if before is None:
            from scheduler.programme.whole import plan_programme

            return plan_programme(wanted, progress), None
        from scheduler.programme.keeping import keep_programme

        earlier = [before.get((pair.mentor, pair.mentee)) for pair in wanted]
        kept = keep_programme(wanted, earlier, progress)
        return kept.outcome, kept.changes


def _read(name: str, field: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        words = f"{name} cannot be read ({error.strerror}); check its name."
        raise Refused("E_FILE_UNREADABLE", words, field=field) from None


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
