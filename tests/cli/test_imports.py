"""The command line starts quickly: what it imports is bounded, on any machine alike."""

import subprocess
import sys
from pathlib import Path

from tests.integrations.ics.texts import calendar

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
words = "plan {0} {0} --cadence weekly --minutes 60 --from 2026-03-02 --count 9"
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


def test_a_plan_of_files_imports_nothing_slow(tmp_path: Path) -> None:
    file = tmp_path / "empty.ics"
    file.write_bytes(calendar())
    modules = imported(PLAN.format(file))
    assert "integrations.ics.decode" in modules
    assert SLOW.isdisjoint(modules)


def test_a_plan_of_hours_alone_reaches_no_adapter() -> None:
    modules = imported(PLAN.format("none"))
    assert "scheduler.search" in modules
    assert SLOW.isdisjoint(modules)
    assert not any(name.startswith("integrations") for name in modules)


def test_only_a_whole_programme_imports_numpy() -> None:
    assert "numpy" not in imported(PROGRAM) | imported(PLAN.format("none"))
