"""`troth report`: what became of each period of a pair, and the rates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from scheduler.consistency import Report


def report(
    pair: Annotated[str, typer.Argument(metavar="PAIR", help="mentor@…+mentee@…")],
    first: Annotated[str, typer.Option("--from", metavar="DATE")] = "",
    until: Annotated[str, typer.Option("--until", metavar="DATE")] = "",
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Show a pair's figures, for a window or for the agreement to date."""
    import json

    from cli.opened import with_services
    from cli.window import day
    from config.services import Services
    from scheduler.reported import document
    from scheduler.usecases.read_report import find_pair, read_report

    window = (
        day(first, "--from") if first else None,
        day(until, "--until") if until else None,
    )

    async def act(services: Services) -> Report:
        async with services.begin(read_only=True) as uow:
            found = await find_pair(uow, pair, None)
        return await read_report(
            found.id,
            first=window[0],
            until=window[1],
            begin=services.begin,
            now=services.clock.now(),
        )

    found = with_services(act)
    if as_json:
        print(json.dumps(document(found)))
        return
    for line in lines(found):
        print(line)


def lines(report: Report) -> Iterator[str]:
    """What is printed: each period with its outcome, then the rates."""
    from scheduler.reported import said

    for period in report.periods:
        yield f"{period.span.start:%Y-%m-%d}  {period.outcome.value}"
    for name, rate in report.rates.named():
        yield f"{name}: {said(rate)}"
