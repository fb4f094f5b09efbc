"""`troth programme create`, `sign-in`, `import`, `token create`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

programme = typer.Typer(help="Programmes.", no_args_is_help=True)
token = typer.Typer(help="Tokens for the API.", no_args_is_help=True)

Of = Annotated[str, typer.Option("--programme", metavar="NAME", help="Which one.")]


@programme.command()
def create(
    name: str,
    coordinator: Annotated[str, typer.Option(metavar="EMAIL")],
    zone: Annotated[str, typer.Option(metavar="ZONE")] = "UTC",
    language: Annotated[str, typer.Option(metavar="LANGUAGE")] = "en",
) -> None:
    """Begin a programme; mails and prints its coordinator's first sign-in link."""
    from cli.opened import with_services
    from config.services import Services
    from scheduler.usecases.create_programme import create_programme
    from scheduler.usecases.fresh_link import fresh_link
    from scheduler.usecases.sign_in_links import sign_in_links

    async def act(services: Services) -> tuple[tuple[str, str], ...]:
        begin, clock, ids = services.begin, services.clock, services.ids
        await create_programme(
            name,
            coordinator,
            zone=zone,
            language=language,
            begin=begin,
            clock=clock,
            ids=ids,
        )
        await fresh_link(coordinator, begin=begin, clock=clock, ids=ids)
        return await sign_in_links(
            coordinator, begin=begin, clock=clock, ids=ids, links=services.links
        )

    _print_links(with_services(act))


def sign_in(email: str) -> None:
    """Print a sign-in link, for the day when mail is broken."""
    from cli.opened import with_services
    from config.services import Services
    from scheduler.usecases.sign_in_links import sign_in_links

    async def act(services: Services) -> tuple[tuple[str, str], ...]:
        return await sign_in_links(
            email,
            begin=services.begin,
            clock=services.clock,
            ids=services.ids,
            links=services.links,
        )

    _print_links(with_services(act))


def _print_links(found: tuple[tuple[str, str], ...]) -> None:
    for whose, address in found:
        print(f"{address}  ({whose}; open it within fifteen minutes)")


def import_(
    pairs: Annotated[Path, typer.Argument(metavar="PAIRS.csv")],
    of: Of = "",
    good_rows: Annotated[
        bool, typer.Option("--good-rows", help="Save the good rows, leave the others.")
    ] = False,
) -> None:
    """Start the pairs of a list; saves nothing unless every row is good."""
    from cli.opened import the_programme, with_services
    from cli.progress import counting
    from config.services import Services
    from scheduler.errors import Refused
    from scheduler.roster import read_roster
    from scheduler.usecases.import_pairs import import_pairs

    try:
        roster = read_roster(pairs.read_bytes())
    except OSError as error:
        raise Refused(
            "E_FILE_UNREADABLE", f"{pairs} cannot be read ({error.strerror})."
        ) from None
    for problem in roster.problems:
        print(f"row {problem.row}: {problem.code}: {problem.message}", file=sys.stderr)
    if roster.problems and not good_rows:
        raise Refused(
            "E_CSV_ROWS",
            f"{len(roster.problems)} rows need another look and nothing was saved; mend"
            " them, or give --good-rows.",
        )

    async def act(services: Services) -> int:
        meant = await the_programme(services, of)
        with counting("Starting pairs", len(roster.good)) as progress:
            added = await import_pairs(
                meant.id,
                roster.good,
                begin=services.begin,
                clock=services.clock,
                ids=services.ids,
                progress=progress,
            )
        return len(added)

    print(f"{with_services(act)} pairs; each is asked to agree by mail")


@token.command("create")
def create_token(
    label: Annotated[str, typer.Option(help="What it is for.")],
    of: Of = "",
    person: Annotated[
        str, typer.Option(metavar="EMAIL", help="One person's own token.")
    ] = "",
) -> None:
    """Make a bearer token; it is shown this once, and good for a year."""
    from cli.opened import the_programme, with_services
    from config.services import Services
    from scheduler.errors import NotFound
    from scheduler.usecases.make_token import make_token

    async def act(services: Services) -> str:
        meant = await the_programme(services, of)
        owner = None
        if person:
            async with services.begin(read_only=True) as uow:
                owner = await uow.people.by_email(meant.id, person)
            if owner is None:
                raise NotFound("person", field="--person")
        return await make_token(
            meant.id,
            label,
            person=owner.id if owner else None,
            begin=services.begin,
            clock=services.clock,
            ids=services.ids,
        )

    print(with_services(act))
