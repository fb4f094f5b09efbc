"""`troth doctor`: one line for each thing, with the mend."""

from __future__ import annotations

import sys
from typing import Annotated

import typer


def doctor(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON document.")] = False,
) -> None:
    """Look at settings, database, Redis, mail and clock; sends itself one mail."""
    import asyncio
    import json

    from cli.serve import redis_of
    from config.bootstrap import open_services
    from config.checks import Finding, examine, exit_code
    from config.settings import load_settings
    from workers.queue import LocalBell, RedisBell

    async def look() -> tuple[Finding, ...]:
        settings = load_settings()
        async with redis_of(settings, start=False) as url:
            bell = RedisBell(url) if url else LocalBell(asyncio.Event())
            try:
                async with open_services(settings, bell=bell) as services:
                    return await examine(services)
            finally:
                await bell.close()

    findings = asyncio.run(look())
    if as_json:
        rows = [
            {"name": f.name, "verdict": f.verdict.value, "words": f.words}
            for f in findings
        ]
        print(json.dumps(rows))
    else:
        for finding in findings:
            print(f"{finding.verdict.value:>9}  {finding.name}: {finding.words}")
    sys.exit(exit_code(findings))
