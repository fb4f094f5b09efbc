"""Killed at any point, with Redis and without: nothing is lost, nothing doubled.

The harness forks; pytest's own process may have threads, so it runs beside it.
"""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KILLS = 300

pytestmark = [pytest.mark.servers, pytest.mark.timeout(1500)]


def run(*words: str) -> str:
    command = [sys.executable, "-m", "tests.workers.kills", *words]
    done = subprocess.run(
        command, capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.parametrize("redis", [[], ["--redis"]], ids=["none", "redis"])
def test_nothing_is_lost_and_nothing_doubled(redis: list[str]):
    """F01, F06, K1, K3: a worker dies at 300 points of more than 200 meetings."""
    said = run(str(KILLS), *redis)
    assert f"{KILLS} kills" in said
    assert "0 lost, 0 doubled" in said


def test_twenty_deaths_on_one_piece_of_work_are_counted_and_it_is_done():
    """F02: our own counter, which no restart of a queue forgets."""
    assert "20 deaths, 21 attempts" in run("0", "--one-job")
