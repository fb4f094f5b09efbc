"""The import contracts catch what they are for: each is tried with wrong imports."""

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS = {contract["name"] for contract in PROJECT["contracts"]}

#: Contract, module that is made to break it, what that module wrongly imports.
WRONG = [
    ("Dependencies point inward", "scheduler/events.py", "config.settings"),
    ("Dependencies point inward", "integrations/links.py", "config.services"),
    ("Dependencies point inward", "web/limits.py", "cli.app"),
    (
        "Inside scheduler: use cases know ports, ports know the model",
        "scheduler/people.py",
        "scheduler.ports.store",
    ),
    (
        "Inside scheduler: use cases know ports, ports know the model",
        "scheduler/timespan.py",
        "scheduler.people",
    ),
    ("The domain does no I/O", "scheduler/sync.py", "random"),
    ("The domain does no I/O", "scheduler/people.py", "sqlalchemy"),
    ("The domain does no I/O", "scheduler/usecases/see_pair.py", "aiohttp"),
    (
        "Providers do not know each other; "
        "integrations.ics and integrations.egress lie below them",
        "integrations/mail/__init__.py",
        "integrations.store.engine",
    ),
    (
        "Adapters serve the use cases and do not call them",
        "integrations/store/engine.py",
        "scheduler.usecases.see_pair",
    ),
    (
        "Entry points reach adapters only through config.bootstrap",
        "web/doors.py",
        "integrations.links",
    ),
    (
        "Entry points reach adapters only through config.bootstrap",
        "cli/app.py",
        "sqlalchemy",
    ),
    ("arq stays with the workers", "web/doors.py", "arq"),
    ("web and workers are siblings", "web/doors.py", "workers.keep"),
    ("web and workers are siblings", "workers/keep.py", "web.app"),
]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    ignored = shutil.ignore_patterns("__pycache__", "templates", "static")
    for package in PROJECT["root_packages"]:
        shutil.copytree(ROOT / package, folder / package, ignore=ignored)
    shutil.copy(ROOT / "pyproject.toml", folder)
    return folder


def broken(folder: Path) -> set[str]:
    program = "from importlinter.cli import lint_imports_command as c; c()"
    words = [sys.executable, "-c", program, "--no-cache"]
    environment = os.environ | {"COLUMNS": "200", "PYTHONPATH": str(folder)}
    done = subprocess.run(
        words, cwd=folder, env=environment, capture_output=True, text=True, check=False
    )
    lines = (line.strip() for line in done.stdout.splitlines())
    return {line.removesuffix(" BROKEN") for line in lines if line.endswith(" BROKEN")}


def test_every_contract_is_tried() -> None:
    assert {contract for contract, _, _ in WRONG} == CONTRACTS


@pytest.mark.parametrize(("contract", "module", "imported"), WRONG)
def test_a_wrong_import_is_caught(
    copy: Path, contract: str, module: str, imported: str
) -> None:
    file = copy / module
    right = file.read_text()
    file.write_text(f"{right}\nimport {imported}\n")
    try:
        assert contract in broken(copy)
    finally:
        file.write_text(right)


def test_the_tree_itself_is_clean(copy: Path) -> None:
    assert broken(copy) == set()
