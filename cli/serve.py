"""The long-running commands."""

import asyncio

import uvicorn

from config.settings import Settings
from web.app import make_app
from workers.server import Pages, stop_on_signals


async def serve(settings: Settings) -> None:
    """Run the pages until a signal says stop."""
    stop = stop_on_signals()
    host, port = settings.address
    pages = Pages(uvicorn.Config(make_app(), host=host, port=port, log_level="warning"))
    async with asyncio.TaskGroup() as group:
        group.create_task(pages.serve())
        print(f"Troth is at http://{host}:{port}/", flush=True)
        await stop.wait()
        pages.should_exit = True
