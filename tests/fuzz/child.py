"""Decodes cases under the limits of production: `python -m tests.fuzz.child 0 100`.

Says the number of each case before it begins, and what came of it when it is done; so
who started it knows which case ended it.
"""

from __future__ import annotations

import gc
import sys
import traceback

from integrations.ics.child import _limit_memory, _limit_time
from tests.fuzz.cases import Cases

#: Of CPU, for a case read five times over; steps end each of them long before.
SECONDS = 60
MEGABYTES = 256


def main(first: int, last: int, step: int = 1) -> None:
    """The cases from `first` up to `last`, every so many of them."""
    cases = Cases()
    _limit_memory(MEGABYTES * 1024 * 1024)
    for number in range(first, last, step):
        say(number)
        _limit_time(SECONDS)
        try:
            say(f"{number} {cases.check(number) or 'read'}")
        except Exception as error:  # noqa: BLE001 - any is a find
            trace = "".join(traceback.format_exception(error))
            say(f"{number} found {trace!r}")
        gc.collect()


def say(line: object) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
