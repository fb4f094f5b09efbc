"""Export and erase on the command line, each with one command."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from config.sample import real_now

pytestmark = pytest.mark.slow

HEADER = ",".join(
    f"{who}_{name}"
    for who in ("mentor", "mentee")
    for name in ("name", "email", "zone", "hours", "country", "language")
)


def row() -> str:
    """A pair that lives where it is about noon: no letter waits for the morning."""
    ahead = 12 - real_now().hour
    zone = f"Etc/GMT{-ahead:+d}" if ahead else "UTC"
    return (
        f"Wilhelmina Quasten,wilhelmina@quasten.example,{zone},,,en,"
        f"Bob Aydin,bob@bobs.example,{zone},,,en,weekly,45,2031-03-03,2031-08-29\n"
    )


def troth(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    env = os.environ | {
        "TROTH_DATA_DIR": str(folder),
        "TROTH_REDIS_URL": "none",
    }
    command = [sys.executable, "-m", "cli", *words]
    return subprocess.run(
        command, env=env, capture_output=True, text=True, check=False, input=""
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    data, sheet = tmp_path / "data", tmp_path / "pairs.csv"
    sheet.write_text(f"{HEADER},cadence,minutes,first_day,last_day\n{row()}")
    troth(data, "programme", "create", "Hafen", "--coordinator", "amal@hafen.example")
    done = troth(data, "import", str(sheet))
    assert done.returncode == 0, done.stderr
    troth(data, "tick")
    return data


def test_export_and_erase(folder: Path) -> None:
    done = troth(folder, "export", "Wilhelmina@quasten.example")
    document = json.loads(done.stdout)
    assert document["person"]["name"] == "Wilhelmina Quasten"
    assert len(document["pairs"]) == 1

    done = troth(folder, "erase", "wilhelmina@quasten.example")
    assert done.returncode == 0, done.stderr
    left = [
        path
        for path in folder.rglob("*")
        if path.is_file() and b"quasten" in path.read_bytes().lower()
    ]
    assert left == []
    again = troth(folder, "erase", "wilhelmina@quasten.example")
    assert again.returncode == 0
    assert "nothing is kept" in again.stdout
    gone = troth(folder, "export", "wilhelmina@quasten.example")
    assert gone.returncode == 2
    assert troth(folder, "export", "bob@bobs.example").returncode == 0


def test_verify_and_rotate(folder: Path) -> None:
    done = troth(folder, "audit", "verify")
    assert done.returncode == 0, done.stderr
    done = troth(folder, "keys", "rotate")
    assert done.returncode == 0, done.stderr


def test_an_address_that_is_not_there(folder: Path) -> None:
    done = troth(folder, "export", "nobody@a.example")
    assert done.returncode == 2
    assert "E_NOT_FOUND" in done.stderr
    done = troth(folder, "erase", "nobody@a.example")
    assert (done.returncode, done.stdout) == (
        0,
        "nothing is kept about this address\n",
    )
