"""Everything that is closed with `SECRET_KEYS`, closed anew with the newest of them.

The part of `config.bootstrap` for `troth keys rotate`.
"""

from __future__ import annotations

from collections.abc import Callable

from config.bootstrap import open_database, secret_keys
from config.services import Services
from integrations.store.renewal import renew_secrets
from integrations.store.sealing import Seals
from scheduler.usecases.renew_seals import renew_seals


async def renew(
    services: Services, *, progress: Callable[[int], None]
) -> tuple[int, int]:
    """How many rows with secrets and days of the audit there were.

    The service may go on running: every process that has the newest key reads both.
    """
    settings = services.settings
    keys = settings.keys or secret_keys(settings.data_dir)
    engine = open_database(settings)
    try:
        seals = Seals([key.reveal for key in keys])
        secrets = await renew_secrets(engine, seals, progress=progress)
    finally:
        await engine.dispose()
    days = await renew_seals(begin=services.begin, stamp=services.stamp)
    return secrets, days
