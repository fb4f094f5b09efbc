"""The command line starts quickly: what it imports is bounded, on any machine alike."""

import subprocess
import sys

SLOW = {
    "aiohttp",
    "alembic",
    "arq",
    "asyncio",
    "fastapi",
    "pydantic",
    "rich",
    "sqlalchemy",
    "structlog",
}
PROGRAM = """
import sys
import cli.app
print(*sys.modules)
"""
PLAN = """
import sys
import cli.app
words = "plan none none --cadence weekly --minutes 60 --from 2026-03-02 --count 9"
zones = "--mentor-zone Europe/Berlin --mentee-zone Asia/Kolkata"
cli.app.app([*words.split(), *zones.split()], standalone_mode=False)
print(*sys.modules)
"""


def imported(program: str) -> set[str]:
    words = [sys.executable, "-c", program]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return set(done.stdout.splitlines()[-1].split())


def test_the_command_line_imports_nothing_slow() -> None:
    assert SLOW.isdisjoint(imported(PROGRAM))


def test_a_plan_of_hours_alone_imports_nothing_slow() -> None:
    modules = imported(PLAN)
    assert "scheduler.search" in modules
    assert SLOW.isdisjoint(modules)
    assert not any(name.startswith("integrations") for name in modules)
