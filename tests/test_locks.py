"""The locks pin what pyproject.toml asks for, with hashes and without an address."""

import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
GROUPS = PROJECT["dependency-groups"]
LOCKS = {
    "uv": GROUPS["setup"],
    "run": PROJECT["project"]["dependencies"]
    + PROJECT["project"]["optional-dependencies"]["sample"]
    + GROUPS["build"],
    "dev": [
        line for group in ("setup", "build", "test", "check") for line in GROUPS[group]
    ],
}


def pins(lock: str) -> list[Requirement]:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    return [
        Requirement(entry.partition("--hash")[0])
        for entry in text.replace("\\\n", " ").splitlines()
        if entry.strip()
    ]


@pytest.mark.parametrize("lock", LOCKS)
def test_every_wish_is_pinned(lock: str) -> None:
    pinned: dict[str, list[Requirement]] = {}
    for pin in pins(lock):
        pinned.setdefault(canonicalize_name(pin.name), []).append(pin)
    for wish in map(Requirement, LOCKS[lock]):
        found = pinned.get(canonicalize_name(wish.name), [])
        assert found, f"{wish} is not in requirements/{lock}.txt: run `make lock`"
        for pin in found:
            (version,) = (clause.version for clause in pin.specifier)
            assert wish.specifier.contains(version, prereleases=True), (
                f"{pin} does not satisfy {wish}: run `make lock`"
            )


@pytest.mark.parametrize("lock", LOCKS)
def test_hashes_and_no_addresses(lock: str) -> None:
    text = (ROOT / "requirements" / f"{lock}.txt").read_text()
    assert "://" not in text
    for entry in text.replace("\\\n", " ").splitlines():
        assert "--hash=sha256:" in entry


def test_the_locks_agree() -> None:
    everything = {str(pin) for pin in pins("dev")}
    assert {str(pin) for lock in ("uv", "run") for pin in pins(lock)} <= everything
