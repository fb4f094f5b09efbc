"""`troth`. Nothing slow is imported here: each command imports what it needs."""

import sys
from typing import Annotated

import typer

from cli.busy import busy
from cli.doctor import doctor
from cli.plan import plan
from cli.privacy import audit, erase, export, keys
from cli.programmes import import_, programme, sign_in, token
from cli.report import report
from cli.told import told

app = typer.Typer(
    name="troth",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
db = typer.Typer(help="The database.", no_args_is_help=True)
app.add_typer(audit, name="audit")
app.add_typer(db, name="db")
app.add_typer(keys, name="keys")
app.add_typer(programme, name="programme")
app.add_typer(token, name="token")


@app.callback()
def troth() -> None:
    """Mentoring meetings that happen, promises that are kept."""


@app.command()
def run(
    sample: Annotated[
        bool,
        typer.Option(
            "--sample", help="With invented pairs and three months of theirs."
        ),
    ] = False,
) -> None:
    """Start the whole service on this machine."""
    import asyncio

    from cli.serve import serve
    from config.settings import load_settings

    if sample:
        from cli.sample.run import sample_settings, sampled

        asyncio.run(serve(sample_settings(), prepare=sampled))
    else:
        asyncio.run(serve(load_settings()))


@app.command()
def web() -> None:
    """Start the pages alone; any number may run on one database."""
    import asyncio

    from cli.serve import serve
    from config.settings import load_settings

    asyncio.run(serve(load_settings(), worker=False))


@app.command()
def worker(
    alive: Annotated[
        bool, typer.Option("--alive", help="Only say whether one is at work here.")
    ] = False,
) -> None:
    """Start one worker; any number may run on one database."""
    import asyncio

    from cli.serve import serve, worker_is_alive
    from config.settings import load_settings

    if alive:
        sys.exit(0 if worker_is_alive(load_settings()) else 3)
    asyncio.run(serve(load_settings(), pages=False))


@app.command()
def tick(
    now: Annotated[
        str, typer.Option(metavar="INSTANT", help="Only with --sample's data.")
    ] = "",
) -> None:
    """Do everything that is due, once, without Redis, and exit."""
    import asyncio

    from cli.sample.run import settings_here
    from cli.serve import do_once, instant

    done = asyncio.run(do_once(settings_here(), instant(now) if now else None))
    print(f"{done} done")


app.command()(doctor)
app.command("import")(import_)
app.command("sign-in")(sign_in)
app.command()(report)
app.command()(export)
app.command()(erase)
app.command()(busy)
app.command()(plan)


@db.command()
def upgrade() -> None:
    """Bring the database up to the newest revision."""
    import asyncio

    from cli.serve import upgrade
    from config.settings import load_settings

    asyncio.run(upgrade(load_settings()))


def main() -> None:
    """Run the command line; errors and exit codes as docs say for all commands."""
    with told():
        sys.exit(app(standalone_mode=False))
