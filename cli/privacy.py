"""`troth export`, `troth erase`, `troth audit verify`, `troth keys rotate`."""

from __future__ import annotations

import sys
from datetime import timedelta
from typing import Annotated, Any

import typer

from cli.programmes import Of

audit = typer.Typer(help="Who did what.", no_args_is_help=True)
keys = typer.Typer(help="The secret keys.", no_args_is_help=True)


@audit.command()
def verify() -> None:
    """Say whether the audit is what it was when each of its days was sealed."""
    from cli.opened import with_services
    from config.services import Services
    from scheduler.auditing import Fault
    from scheduler.errors import Refused
    from scheduler.usecases.verify_audit import verify_audit

    async def act(services: Services) -> tuple[int, tuple[Fault, ...]]:
        return await verify_audit(
            begin=services.begin,
            now=services.clock.now(),
            stamp=services.stamp,
            audit_age=timedelta(days=services.settings.audit_days),
        )

    days, faults = with_services(act)
    for fault in faults:
        print(f"{fault.day}: {fault.wrong.value}")
    if faults:
        raise Refused(
            "E_AUDIT_CHANGED",
            f"{faults[0].day} is the first of {len(faults)} days that are not as they"
            " were sealed; compare with a backup of that day.",
        )
    print(f"{days} days, each as it was sealed")


@keys.command()
def rotate() -> None:
    """Close every secret anew with the first of TROTH_SECRET_KEYS.

    Afterwards the others are needed for links in old mail alone.
    """
    from cli.opened import with_services
    from cli.progress import counting
    from config.renewing import renew
    from config.services import Services

    async def act(services: Services) -> tuple[int, int]:
        with counting("Closing secrets anew", None) as progress:
            return await renew(services, progress=progress)

    secrets, days = with_services(act)
    print(f"{secrets} rows with secrets and {days} days of the audit closed anew")


Whom = Annotated[str, typer.Argument(metavar="PERSON", help="Their address.")]


def export(person: Whom, of: Of = "") -> None:
    """Print everything that is kept about somebody, as one JSON document."""
    import json

    from cli.opened import the_person, with_services
    from config.services import Services
    from scheduler.errors import NotFound
    from scheduler.usecases.export_person import export_person

    async def act(services: Services) -> dict[str, Any]:
        known = await the_person(services, person, of)
        if known is None:
            raise NotFound("person", field="PERSON")
        now = services.clock.now()
        return await export_person(known.id, begin=services.begin, now=now)

    print(json.dumps(with_services(act), ensure_ascii=False, indent=2))


def erase(
    person: Whom,
    of: Of = "",
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask once more.")] = False,
) -> None:
    """Erase everything about somebody; their meetings ahead are taken out first.

    Calendars that do not answer are waited for, by a worker, for 72 hours at most.
    """
    from cli.opened import erase_all, the_person, with_services
    from config.services import Services
    from scheduler.errors import Unavailable

    if sys.stdin.isatty() and not yes:
        typer.confirm(f"Erase everything about {person}?", abort=True)

    async def act(services: Services) -> bool | None:
        known = await the_person(services, person, of)
        return None if known is None else await erase_all(services, known.id)

    match with_services(act):
        case None:
            print("nothing is kept about this address")
        case True:
            print("erased")
        case False:
            raise Unavailable(
                "what lies ahead is still being taken out of calendars, or told; a"
                " worker erases everything once that is done, 72 hours from the first"
                " try at the latest, and this command tells"
            )
