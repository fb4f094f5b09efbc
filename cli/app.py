"""`troth`. Nothing slow is imported here: each command imports what it needs."""

import sys

import typer

from cli.busy import busy
from cli.plan import plan
from cli.told import told

app = typer.Typer(
    name="troth",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command()(busy)
app.command()(plan)


@app.callback()
def troth() -> None:
    """Mentoring meetings that happen, promises that are kept."""


@app.command()
def run() -> None:
    """Start the whole service on this machine."""
    import asyncio

    from cli.serve import serve
    from config.settings import Settings

    asyncio.run(serve(Settings()))


def main() -> None:
    """Run the command line; errors and exit codes as docs say for all commands."""
    with told():
        sys.exit(app(standalone_mode=False))
