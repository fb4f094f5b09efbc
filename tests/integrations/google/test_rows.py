"""The table in docs/google.md names tests that are there."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
_NAMED = re.compile(r"`(tests/[\w/]+\.py|…)(?:::(\w+))?`")


def named() -> list[tuple[str, str]]:
    """Every test that the document names, with its file."""
    found, file = [], ""
    for path, name in _NAMED.findall((ROOT / "docs/google.md").read_text()):
        file = file if path == "…" else path
        found.append((file, name))
    return found


@pytest.mark.parametrize(("file", "name"), named())
def test_a_test_that_is_named_is_there(file: str, name: str) -> None:
    text = (ROOT / file).read_text()
    assert not name or f"def {name}(" in text


def test_every_row_of_google_stands_in_the_table() -> None:
    text = (ROOT / "docs/google.md").read_text()
    rows = set(re.findall(r"^\| F(\d\d) \|", text, re.MULTILINE))
    expected = {*range(14, 30), 37, *range(39, 46)}
    assert {int(row) for row in rows} == expected
