"""`troth audit verify`, `troth keys rotate`."""

from __future__ import annotations

from datetime import timedelta

import typer

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
    print(f"{secrets} calendars' secrets and {days} days of the audit closed anew")
