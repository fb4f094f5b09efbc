"""Bring a database up to the newest revision; safe for several processes at once."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncEngine


def _upgrade(connection: Connection, revision: str) -> None:
    settings = Config()
    settings.set_main_option(
        "script_location",
        str(Path(__file__).with_name("migrations")).replace("%", "%%"),
    )
    settings.attributes["connection"] = connection
    command.upgrade(settings, revision)


async def upgrade(engine: AsyncEngine, revision: str = "head") -> None:
    """Run every migration up to `revision` that is missing, in one transaction."""
    async with engine.begin() as connection:
        if engine.dialect.name == "postgresql":
            await connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7068014)")
        await connection.run_sync(_upgrade, revision)
