"""The long-running commands."""

import asyncio

import uvicorn
from fastapi import FastAPI

from config.settings import Settings
from web.health import router as health
from workers.server import Pages, stop_on_signals


async def serve(settings: Settings) -> None:
    """Run the pages until a signal says stop."""
    stop = stop_on_signals()
    host, port = settings.address
    pages = Pages(
        uvicorn.Config(_health_app(), host=host, port=port, log_level="warning")
    )
    async with asyncio.TaskGroup() as group:
        group.create_task(pages.serve())
        print(f"Troth is at http://{host}:{port}/", flush=True)
        await stop.wait()
        pages.should_exit = True


def _health_app() -> FastAPI:
    """Say that we are alive; the pages follow with the services they need."""
    app = FastAPI(docs_url=None, redoc_url=None)
    app.include_router(health)
    return app
