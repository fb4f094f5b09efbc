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


def test_the_command_line_imports_nothing_slow() -> None:
    words = [sys.executable, "-c", PROGRAM]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert SLOW.isdisjoint(done.stdout.split())
