"""Rules of the house that a machine can hold: sizes, no mocks, one clock."""

import ast
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def tracked(*patterns: str) -> list[Path]:
    words = ["git", "ls-files", "--cached", "--others", "--exclude-standard", *patterns]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in done.stdout.split("\n") if name]


MODULES = [p for p in tracked("*.py") if p.exists()]
OURS = [p for p in MODULES if p.relative_to(ROOT).parts[0] != "tests"]


def test_no_module_is_over_400_lines() -> None:
    long = {str(p): n for p in MODULES if (n := len(p.read_text().splitlines())) > 400}
    assert not long


def test_no_function_is_over_60_lines() -> None:
    long = [
        f"{path}:{node.lineno} {node.name}"
        for path in OURS
        if "migrations" not in path.parts
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno > 60
    ]
    assert not long


@pytest.mark.parametrize("word", ["unittest.mock", "MagicMock", "monkeypatch.setattr"])
def test_no_mocks(word: str) -> None:
    assert not [p for p in MODULES if p != Path(__file__) and word in p.read_text()]


def test_one_file_reads_the_clock_and_chance() -> None:
    reads = re.compile(
        r"datetime\.now\(|date\.today\(|\btime\.time\(|uuid4\("
        r"|^import (random|secrets)$",
        re.MULTILINE,
    )
    readers = [p for p in OURS if reads.search(p.read_text())]
    assert [p.relative_to(ROOT) for p in readers] == [Path("integrations/system.py")]


def test_no_registry_and_no_path_of_one_machine() -> None:
    # Written in pieces, so that this file names none of them.
    hosts = "py" + r"pi\.org|python" + r"hosted|registry\.npm" + r"js|deb\.deb" + "ian"
    folders = [p for p in (ROOT, Path.home()) if len(p.parts) > 1]
    paths = "|".join(rf"(?<![\w}}]){re.escape(str(p))}/" for p in folders)
    words = re.compile("|".join(filter(None, (hosts, paths))))
    binary = {".png", ".ico"}
    texts = [p for p in tracked() if p.suffix not in binary and p.is_file()]
    assert not [p for p in texts if words.search(p.read_text(errors="replace"))]
