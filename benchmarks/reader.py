"""Troth in a process of its own, which answers as the peers in other languages do.

`python -m benchmarks.reader FILE FROM UNTIL ZONE`: see `benchmarks.peers.answering`.
Feeds are read in such a process, too: it lives on, and nothing else is in its memory.
"""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from benchmarks.entries import Busy
from benchmarks.measure import timed
from integrations.ics.decode import decode
from scheduler.timespan import Span

#: Started from the folder that `benchmarks` is in.
COMMAND = [sys.executable, "-m", "benchmarks.reader"]


def main(calendar: str, opens: str, closes: str, home: str) -> None:
    """Read the calendar once for each line of standard input."""
    data, zone = Path(calendar).read_bytes(), ZoneInfo(home)
    start, end = (datetime.fromtimestamp(int(edge), UTC) for edge in (opens, closes))
    window, busy = Span(start, end), Busy()

    def read() -> None:
        busy[:] = decode(data, window=window, zone=zone).busy_seconds(window)

    once = timed(read)
    for _ in sys.stdin:
        print(json.dumps({"seconds": once(), "busy": busy}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
