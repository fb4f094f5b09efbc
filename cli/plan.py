"""`troth plan`: two calendars in, the slot that the two can keep out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from scheduler.availability import Availability
    from scheduler.candidates import Both
    from scheduler.events import Warned
    from scheduler.onechange import WouldHelp
    from scheduler.people import Role
    from scheduler.slots import Plan, PlanRequest, PlanResult
    from scheduler.timespan import Span

NONE = "none"
#: What two calendars need, and the rows of a list may say themselves.
_NEEDED = {
    "mentor": "MENTOR",
    "mentee": "MENTEE",
    "cadence": "--cadence",
    "minutes": "--minutes",
    "first": "--from",
    "mentor_zone": "--mentor-zone",
    "mentee_zone": "--mentee-zone",
}
#: Alternatives, where nobody says how many.
_TOP = 3
#: How far past the plan a feed is read: whatever repeats shows itself once more.
_DAYS_PAST = 62

_CALENDAR = "A file, an http(s) or webcal address, - or none."
Mentor = Annotated[str, typer.Argument(metavar="MENTOR", help=_CALENDAR)]
Mentee = Annotated[str, typer.Argument(metavar="MENTEE", help=_CALENDAR)]
CadenceText = Annotated[
    str,
    typer.Option("--cadence", help="weekly, every N weeks (2 to 12) or monthly."),
]
Minutes = Annotated[int | None, typer.Option(metavar="N", help="Length of a meeting.")]
From = Annotated[
    str,
    typer.Option(
        "--from", metavar="DATE", help="First day, on the clock that holds the slot."
    ),
]
Count = Annotated[int | None, typer.Option(metavar="N", help="How many periods.")]
Until = Annotated[
    str, typer.Option(metavar="DATE", help="The day after the last, in place of N.")
]
Zone = Annotated[str, typer.Option(metavar="ZONE", help="Such as Europe/Berlin.")]
HoursText = Annotated[
    str, typer.Option(metavar="H", help="Such as Mon-Fri 09:00-12:00, Tue 14:00-24:00.")
]
Email = Annotated[
    str, typer.Option(metavar="EMAIL", help="What this person declined is free.")
]
Anchor = Annotated[
    str,
    typer.Option(
        metavar="mentor|mentee", help="Whose clock holds the slot; both are tried."
    ),
]
Gap = Annotated[int, typer.Option(metavar="MINUTES", help="Free time around each.")]
Top = Annotated[int | None, typer.Option(metavar="K", help="How many alternatives; 3.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Invite = Annotated[
    str, typer.Option(metavar="FILE.ics", help="Write the series to this file.")
]
Pairs = Annotated[
    str,
    typer.Option(
        "--programme",
        metavar="PAIRS.csv",
        help="Plan all pairs of a list; the other options fill what rows leave out.",
    ),
]
Keep = Annotated[
    str,
    typer.Option(
        metavar="PLAN.json",
        help="With --programme: what its --json printed before; few slots move.",
    ),
]


def plan(
    context: typer.Context,
    mentor: Mentor = "",
    mentee: Mentee = "",
    cadence: CadenceText = "",
    minutes: Minutes = None,
    first: From = "",
    mentor_zone: Zone = "",
    mentee_zone: Zone = "",
    count: Count = None,
    until: Until = "",
    mentor_hours: HoursText = "Mon-Fri 09:00-17:00",
    mentee_hours: HoursText = "Mon-Fri 09:00-17:00",
    mentor_email: Email = "",
    mentee_email: Email = "",
    anchor: Anchor = "",
    gap: Gap = 0,
    top: Top = None,
    json: Json = False,
    invite: Invite = "",
    pairs: Pairs = "",
    keep: Keep = "",
) -> None:
    """Find the slot that two people can keep, and a time for each date that clashes."""
    if pairs or keep:
        from cli.plan_programme import plan_list

        plan_list(context.params)
        return
    _check_given(context.params)
    from cli.busy import once
    from cli.window import day
    from scheduler.cadence import Cadence
    from scheduler.people import Role
    from scheduler.slots import PlanRequest

    once([mentor, mentee])
    asked = PlanRequest(
        free(mentor_zone, mentor_hours, Role.MENTOR),
        free(mentee_zone, mentee_hours, Role.MENTEE),
        Cadence.parse(cadence),
        minutes or 0,
        day(first, "--from"),
        count=_one_of(count, until),
        until=day(until, "--until") if until else None,
        anchor=anchor_of(anchor),
        gap=gap,
        top=_TOP if top is None else top,
    )
    given = {Role.MENTOR: (mentor, mentor_email), Role.MENTEE: (mentee, mentee_email)}
    _answer(asked, given, invite, json)


def _answer(
    asked: PlanRequest, given: dict[Role, tuple[str, str]], invite: str, json: bool
) -> None:
    """Read both calendars, search, and print."""
    from scheduler.candidates import Both
    from scheduler.search import search_both

    asked, warnings = _read(asked, given)
    both = Both.of(asked)
    result = search_both(both)
    if invite:
        _write(invite, result.best)
    from cli import plan_shown as shown

    help_ = _help(both, result)
    if json:
        shown.print_json(result, help_, warnings)
    else:
        shown.print_text(asked, result, help_, warnings)


def _help(both: Both, result: PlanResult) -> tuple[WouldHelp, ...]:
    """What would help, if anything is lacking."""
    if result.best and not result.best.unplaced:
        return ()
    from scheduler.onechange import what_would_help

    return what_would_help(both, result)


def _check_given(params: dict[str, Any]) -> None:
    """`Refused` E_USAGE when something is missing that only a list could say."""
    from scheduler.errors import Refused

    for name, shown in _NEEDED.items():
        if params[name] in ("", None):
            raise Refused(
                "E_USAGE",
                f"Missing {shown}; `troth plan` takes two calendars, or a list with"
                " --programme PAIRS.csv.",
                field=shown,
            )


def free(zone_name: str, hours: str, role: Role) -> Availability:
    """This person with nothing in the calendar; what is wrong is told by its option."""
    from scheduler.availability import Availability
    from scheduler.errors import Refused
    from scheduler.localtime import zone
    from scheduler.people import Hours

    try:
        where = zone(zone_name, field=f"--{role}-zone")
    except Refused as refused:
        message = f"--{role}-zone: {refused.message}"
        raise Refused(refused.code, message, field=refused.field) from refused
    return Availability(where.key, Hours.parse(hours, field=f"--{role}-hours"))


def _one_of(count: int | None, until: str) -> int | None:
    from scheduler.errors import Refused

    if (count is None) is (not until):
        raise Refused(
            "E_COUNT_UNTIL",
            "Give --count N or --until DATE, one of the two and not both.",
            field="--count",
        )
    return count


def anchor_of(name: str) -> Role | None:
    """Whose clock holds the slot; None tries both."""
    from scheduler.errors import Refused
    from scheduler.people import Role

    if name and name not in list(Role):
        raise Refused(
            "E_ANCHOR",
            f"--anchor {name[:40]!r} is neither mentor nor mentee; leave it out to try"
            " both.",
            field="--anchor",
        )
    return Role(name) if name else None


def _read(
    asked: PlanRequest, given: dict[Role, tuple[str, str]]
) -> tuple[PlanRequest, list[tuple[Role, Warned]]]:
    """The question with what both calendars say, and what was odd in them."""
    from dataclasses import replace

    found, warnings = {}, []
    for role, (source, email) in given.items():
        one = asked.of(role)
        found[role], odd = availability(one, source, email, window_of(asked))
        warnings += [(role, warned) for warned in odd]
    mentor, mentee = found.values()
    return replace(asked, mentor=mentor, mentee=mentee), warnings


def window_of(asked: PlanRequest) -> Span:
    """Everything that can touch a meeting or the free time around it."""
    from datetime import timedelta

    from scheduler.people import Role
    from scheduler.timespan import Span

    dates = [asked.dates(role) for role in Role]
    around = timedelta(days=2, minutes=asked.gap)
    start, end = min(d.start for d in dates), max(d.end for d in dates)
    return Span(start - around, end + around + timedelta(days=_DAYS_PAST))


def availability(
    one: Availability, source: str, email: str, window: Span
) -> tuple[Availability, tuple[Warned, ...]]:
    """This person with what one calendar says, and what was odd in it."""
    if source == NONE:
        return one, ()
    from dataclasses import replace

    from cli.progress import reading
    from config.reading import is_address, read_calendar
    from scheduler.localtime import zone

    with reading(source):
        read = read_calendar(
            source, window=window, zone=zone(one.zone), owner=email.strip()
        )
    horizon = None
    if is_address(source):
        ends = (o.end for found in read.objects for o in found.occurrences)
        horizon = max(ends, default=window.start)
    return replace(one, busy=read.busy(window), horizon=horizon), read.warnings


def _write(file: str, best: Plan | None) -> None:
    from config.handing import hand_out
    from scheduler.errors import Refused

    if best is None:
        raise Refused(
            "E_PLAN_NONE",
            "There is no slot to write to --invite; widen the hours, shorten the"
            " meeting, or leave --invite out to see the answer.",
            field="--invite",
        )
    hand_out(best, file)
