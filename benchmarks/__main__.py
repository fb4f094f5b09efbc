"""`make bench`: every benchmark, or those named (`make bench ARGS="slots"`)."""

from __future__ import annotations

import sys
from argparse import ArgumentParser, Namespace
from pathlib import Path

from benchmarks import busy, command, google, programme, slots, work
from benchmarks.measure import Plan, machinery
from benchmarks.table import HEAD, PAGE, filled, table
from integrations.system import SystemClock

BENCHMARKS = {
    "busy": busy,
    "slots": slots,
    "plan": command,
    "programme": programme,
    "work": work,
    "google": google,
}


def asked(words: list[str]) -> Namespace:
    """What the command is asked."""
    parser = ArgumentParser("make bench ARGS=", description="Measure against peers.")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument(
        "--calendars",
        type=Path,
        metavar="FOLDER",
        help="measure on NAME.ics with NAME.expected.json; NAME: big, big2, small",
    )
    parser.add_argument("--rounds", type=int, default=5, help="how often; default 5")
    parser.add_argument(
        "--dry", action="store_true", help="leave docs/performance.md as it is"
    )
    found = parser.parse_args(words)
    if unknown := set(found.names) - set(BENCHMARKS):
        parser.error(f"no such benchmark: {', '.join(sorted(unknown))}")
    return found


def main(words: list[str]) -> None:
    """Measure, print each row as it is found, and write the tables into the docs."""
    options = asked(words)
    plan = Plan.of(options.calendars, options.rounds)
    today = SystemClock().now().date()
    for name in options.names or BENCHMARKS:
        benchmark, rows = BENCHMARKS[name], []
        print(*HEAD, sep="\n")
        for row in benchmark.run(plan):
            rows.append(row)
            print(row.line(), flush=True)
        told = [*machinery(), *benchmark.versions()]
        if benchmark in {busy, command}:
            told.append(plan.origin)
        text = table(rows, told, today)
        print()
        if not options.dry:
            page = filled(PAGE.read_text(encoding="utf-8"), name, text)
            PAGE.write_text(page, encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
