"""Runs cases in children; a case that ends its child is a find, the next goes on."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

#: A child leaves after so many, so that what Python keeps does not add up.
CASES = 2_000


@dataclass(frozen=True)
class Find:
    """A case that ended its child, or in which something did not hold."""

    number: int
    what: str


@dataclass(frozen=True)
class Read:
    """A case that is read, or refused with a code."""

    number: int
    code: str


def search(
    first: int, *, until: Callable[[], bool], last: int | None = None
) -> Iterator[Find | Read]:
    """One outcome for each case from `first` on, up to `last` or until told."""
    number = first
    while not until() and (last is None or number < last):
        stop = number + CASES if last is None else min(last, number + CASES)
        for one in _lived(number, stop):
            number = one.number + 1
            yield one
            if until():
                return


def _lived(first: int, last: int) -> Iterator[Find | Read]:
    """What one child says until it ends."""
    words = [sys.executable, "-m", "tests.fuzz.child", str(first), str(last)]
    begun: int | None = first
    with subprocess.Popen(words, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        try:
            for line in child.stdout:
                number, *rest = line.rstrip("\n").split(" ", 2)
                begun = int(number)
                if rest:
                    yield _outcome(int(number), rest)
                    begun = None
        finally:
            child.kill()
    if begun is not None:
        yield Find(begun, f"ended its child (code {child.returncode})")


def _outcome(number: int, rest: list[str]) -> Find | Read:
    if rest[0] == "found":
        return Find(number, str(ast.literal_eval(rest[1])))
    return Read(number, rest[0])
