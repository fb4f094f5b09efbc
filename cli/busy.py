"""`troth busy`: calendars in, busy time out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from zoneinfo import ZoneInfo

    from scheduler.events import Path, Warned
    from scheduler.timespan import Span, Spans

Names = Annotated[
    list[str],
    typer.Argument(
        metavar="CALENDAR...", help="A file, an http(s) or webcal address, or -."
    ),
]
From = Annotated[str, typer.Option("--from", metavar="DATE", help="First day.")]
Until = Annotated[
    str, typer.Option("--until", metavar="DATE", help="The day after the last.")
]
ZoneName = Annotated[
    str,
    typer.Option(
        "--zone",
        metavar="ZONE",
        help="Where DATE begins, and where floating times and whole days lie;"
        " the machine's unless said.",
    ),
]
Owner = Annotated[
    str,
    typer.Option(metavar="EMAIL", help="What this person declined is free."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Explain = Annotated[
    bool,
    typer.Option(
        "--explain", help="Say how each series was read: fast, or carefully and why."
    ),
]


def busy(
    calendars: Names,
    first: From,
    until: Until,
    zone: ZoneName = "",
    owner: Owner = "",
    json: Json = False,
    explain: Explain = False,
) -> None:
    """Show when someone is busy, from one or more calendars."""
    from cli.progress import reading
    from cli.window import between
    from config.reading import machine_zone, read_calendar
    from scheduler.localtime import zone as named
    from scheduler.timespan import Spans

    where = named(zone, field="--zone") if zone else machine_zone()
    window = between(first, until, where)
    once(calendars)
    found = []
    for name in calendars:
        with reading(name):
            read = read_calendar(name, window=window, zone=where, owner=owner)
        found.append(read)
    spans = Spans.of(span for one in found for span in one.busy(window))
    warnings = list(dict.fromkeys(w for one in found for w in one.warnings))
    paths = [path for one in found for path in one.paths] if explain else None
    if json:
        _print_json(window, spans, warnings, paths)
    else:
        _print_text(window, spans, where)
        if paths is not None:
            _print_paths(paths)
        _print_warnings(warnings)


def once(calendars: Sequence[str]) -> None:
    """Refuse standard input given twice: it can be read only once."""
    from scheduler.errors import Refused

    if calendars.count("-") > 1:
        raise Refused(
            "E_STDIN_TWICE",
            "Standard input (-) was given more than once as CALENDAR; give it once.",
            field="CALENDAR",
        )


def _print_json(
    window: Span, spans: Spans, warnings: Sequence[Warned], paths: list[Path] | None
) -> None:
    from json import dumps

    from cli.window import written

    document: dict[str, object] = {
        "from": written(window.start),
        "until": written(window.end),
        "busy": [{"start": written(s.start), "end": written(s.end)} for s in spans],
        "warnings": [
            {"code": w.code, "uid": w.uid, "message": w.message} for w in warnings
        ],
    }
    if paths is not None:
        document["series"] = [path._asdict() for path in paths]
    print(dumps(document, indent=1))


def _print_text(window: Span, spans: Spans, where: ZoneInfo) -> None:
    """One line a span, on the wall clock of the zone."""
    for span in spans:
        start, end = span.start.astimezone(where), span.end.astimezone(where)
        last = (
            f"{end:%H:%M}" if end.date() == start.date() else f"{end:%a %Y-%m-%d %H:%M}"
        )
        print(f"{start:%a %Y-%m-%d %H:%M} - {last}")
    total = sum((span.length for span in spans), start=window.length * 0)
    hours, minutes = divmod(round(total.total_seconds() / 60), 60)
    times = "once" if len(spans) == 1 else f"{len(spans)} times"
    print(
        f"Busy {times}, {hours} h {minutes:02} min in all, from"
        f" {window.start.astimezone(where):%Y-%m-%d} until"
        f" {window.end.astimezone(where):%Y-%m-%d} ({where.key})."
    )


def _print_paths(paths: Sequence[Path]) -> None:
    """One line a series; at the end how many were read which way."""
    for path in paths:
        why = f": {path.why}" if path.why else ""
        times = "once" if path.occurrences == 1 else f"{path.occurrences} times"
        name = _harmless(path.uid) or "without a UID"
        print(f"{path.path:7} {name} ({times} in the window{why})")
    careful = sum(bool(path.why) for path in paths)
    print(f"Read {len(paths) - careful} series fast and {careful} carefully.")


def _print_warnings(warnings: Sequence[Warned]) -> None:
    """On standard error."""
    import sys

    for warning in warnings:
        uid = _harmless(warning.uid)
        about = f" (UID {uid})" if uid else ""
        print(f"warning: {warning.code}: {warning.message}{about}", file=sys.stderr)


def _harmless(uid: str) -> str:
    """Whoever wrote the file chose it: nothing of it may steer a terminal."""
    return "".join(filter(str.isprintable, uid[:80]))
