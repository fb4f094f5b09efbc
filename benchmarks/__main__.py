"""`make bench`: every benchmark, or those named (`make bench ARGS="slots"`)."""

import sys

from benchmarks import busy, slots, work
from benchmarks.measure import setting

BENCHMARKS = {"busy": busy, "slots": slots, "work": work}


def main(names: list[str]) -> None:
    """Measure, and print a table; a ratio over 1 says that Troth is faster."""
    if unknown := set(names) - set(BENCHMARKS):
        raise SystemExit(f"no such benchmark: {', '.join(sorted(unknown))}")
    for line in setting(busy.LIBRARIES + work.LIBRARIES):
        print(line)
    print("\n| work | Troth | peer | ratio |\n|---|---|---|---|")
    for name in names or BENCHMARKS:
        for contest in BENCHMARKS[name].run():
            print(contest.row(), flush=True)


main(sys.argv[1:])
