"""The fuzzer: `python -m tests.fuzz [MINUTES] [--from N]`, or `--case N` for one.

What it finds lies in `.fuzz/` as calendars, with what was wrong beside them. A find
goes into tests/calendars when it is mended, with what should come of it.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

from tests.fuzz.cases import Cases
from tests.fuzz.child import say
from tests.fuzz.search import Find, search

FOLDER = Path(".fuzz")


def main() -> int:
    """Exit code 1 when something was found."""
    words = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    words.add_argument("minutes", type=float, nargs="?", default=20.0)
    words.add_argument("--from", dest="first", type=int, default=1_000_000)
    words.add_argument("--case", type=int, help="one case, here, with its trace")
    given = words.parse_args()
    if given.case is not None:
        say(Cases().check(given.case) or "read")
        return 0
    until = time.monotonic() + given.minutes * 60
    found = done = 0
    for one in search(given.first, until=lambda: time.monotonic() >= until):
        done += 1
        if isinstance(one, Find):
            found += 1
            keep(one)
    say(f"{done} cases from {given.first} on, {found} found.")
    return 1 if found else 0


def keep(find: Find) -> None:
    """The calendar, and how to meet it again."""
    FOLDER.mkdir(exist_ok=True)
    file = FOLDER / f"{find.number}.ics"
    file.write_bytes(Cases().case(find.number)[1])
    again = f"python -m tests.fuzz --case {find.number}"
    file.with_suffix(".txt").write_text(f"{again}\n{find.what}\n")
    say(f"case {find.number}: {find.what.splitlines()[-1][:200]}\n  {file}; {again}")


if __name__ == "__main__":
    sys.exit(main())
