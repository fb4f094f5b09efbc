"""Calendars to busy time: the decoder, and four libraries that read the same files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from zoneinfo import ZoneInfo

from benchmarks.calendars import Sample
from benchmarks.entries import HOME, WINDOW, Busy
from benchmarks.measure import (
    Plan,
    Row,
    Timed,
    against,
    agree,
    at_most,
    installed,
    say,
    timed,
    turns,
    within,
)
from benchmarks.peers import answering, reading
from benchmarks.processes import peak
from benchmarks.reader import COMMAND
from integrations.ics.decode import Decoded, Known, decode

HERE = ZoneInfo(HOME)

_ENDS = re.compile(rb"^(DTEND;TZID=[^:]+:2027\d{4}T)\d\d", re.MULTILINE)

#: Name, module that it needs, what it does, and how many times as fast Troth is to be.
Peer = tuple[str, str, reading.Reading, float]
READERS: tuple[Peer, ...] = (
    ("recurring-ical-events", "recurring_ical_events", reading.recurring, 30),
    ("ical", "ical", reading.ical, 20),
)
ANSWERING: tuple[tuple[str, Callable[[Path], list[str] | None], float], ...] = (
    ("libical in C", answering.libical, 2),
    ("ical.js", lambda _: answering.icaljs(), 0),
)


def versions() -> Iterator[str]:
    """Of all that is measured here."""
    yield from installed("icalendar", "recurring-ical-events", "ical")
    yield from answering.versions()


def run(plan: Plan) -> Iterator[Row]:
    """Cold, after one change, unchanged, and how much memory it takes."""
    for name in ("big", "big2"):
        if name in plan.calendars:
            yield from cold(plan.calendars[name], plan.rounds)
    yield from again(plan.calendars["big"], plan.rounds)
    yield memory(plan.calendars["big"])


def ours(data: bytes) -> Busy:
    """What a calendar says, from its bytes alone; as numbers, as the peers tell it."""
    return decode(data, window=WINDOW, zone=HERE).busy_seconds(WINDOW)


def cold(
    sample: Sample, rounds: int, readers: tuple[Peer, ...] = READERS
) -> Iterator[Row]:
    """Nothing is known of the calendar before."""
    what = (
        f"`{sample.name}.ics` ({size(sample.data)}) to {len(sample.busy):,} busy spans"
    )
    say(what)
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory()))
        reader = _answering(f"{sample.name}.ics", COMMAND, sample, folder, stack)
        racing = list(_peers(sample, readers, folder, stack))
        every = (once for _, once, _ in racing if once)
        mine, *theirs = turns(rounds, reader, *every)
    took = iter(theirs)
    for name, once, times in racing:
        yield against(what, mine, name, next(took) if once else None, times)


def _peers(
    sample: Sample, readers: tuple[Peer, ...], folder: Path, stack: ExitStack
) -> Iterator[tuple[str, Timed | None, float]]:
    """Those that are here, each after it has found the same."""
    data = reading.plain(sample.data)
    for name, module, read, times in readers:
        if not reading.has(module):
            yield name, None, times
            continue
        agree(f"{sample.name}.ics with {name}", read(data), sample.busy)
        yield name, timed(partial(read, data)), times
    for name, command, times in ANSWERING:
        words = command(folder)
        if not words:
            yield name, None, times
            continue
        what = f"{sample.name}.ics with {name}"
        yield name, _answering(what, words, sample, folder, stack), times


def _answering(
    what: str, words: list[str], sample: Sample, folder: Path, stack: ExitStack
) -> Timed:
    """A process that reads the calendar, after it has found the same."""
    calendar = folder / "calendar.ics"
    calendar.write_bytes(sample.data)
    reader = answering.Answering(words, calendar)
    stack.callback(reader.close)
    agree(what, reader.busy(), sample.busy)
    return reader.once


def again(sample: Sample, rounds: int) -> Iterator[Row]:
    """A feed read before: one event of it has changed, or nothing has."""
    say(f"{sample.name}.ics, read again")
    feed, known = Feed(sample.data), Known()
    read(feed.data, known)
    agree(
        "nothing changed", read(feed.data, known).busy_seconds(WINDOW), ours(feed.data)
    )
    for _ in range(3):
        later = ours(feed.change())
        agree("one event changed", read(feed.data, known).busy_seconds(WINDOW), later)
    changes = iter([feed.change() for _ in range(rounds)])
    (one,) = turns(rounds, timed(lambda: read(next(changes), known)))
    last = feed.data
    same, digest = turns(
        rounds,
        timed(lambda: read(last, known), 20),
        timed(lambda: sha256(last).digest(), 20),
    )
    yield within(f"`{sample.name}.ics` after one event changed", one, 0.010)
    yield at_most(f"`{sample.name}.ics` unchanged", same, "sha256 of it", digest, 2)


def read(data: bytes, known: Known) -> Decoded:
    """Read a feed of which `known` remembers the last reading."""
    return decode(data, window=WINDOW, zone=HERE, known=known)


class Feed:
    """A calendar of which one event after the other is put off, or lasts longer."""

    def __init__(self, data: bytes) -> None:
        self._events = data.split(b"BEGIN:VEVENT\r\n")
        self._at = 0

    @property
    def data(self) -> bytes:
        """As it is now."""
        return b"BEGIN:VEVENT\r\n".join(self._events)

    def change(self) -> bytes:
        """The next of its single events in 2027 lasts until the night."""
        while True:
            self._at += 1
            old = self._events[self._at]
            if b"RRULE" not in old and b"RECURRENCE-ID" not in old:
                new = _ENDS.sub(rb"\g<1>23", old)
                if new != old:
                    self._events[self._at] = new
                    return self.data


def memory(sample: Sample) -> Row:
    """The most that processes of their own held, less what a bare Python holds."""
    say("memory")
    with TemporaryDirectory() as folder:
        calendar = Path(folder) / "calendar.ics"
        calendar.write_bytes(sample.data)
        bare = peak("pass")
        mine = peak(_OURS, str(calendar)) - bare
        calendar.write_bytes(reading.plain(sample.data))
        others = [
            f"{name} {(peak(_THEIRS, str(calendar), read.__name__) - bare):,.1f} MB"
            for name, module, read, _ in READERS
            if reading.has(module)
        ]
    return Row(
        f"`{sample.name}.ics` to busy, peak memory above the interpreter's",
        f"{mine:,.1f} MB",
        ", ".join(others),
        reach="≤ 30 MB",
        is_reached=mine <= 30,
    )


_OURS = """
import sys
from benchmarks.entries import HOME, WINDOW
from integrations.ics.decode import decode
from pathlib import Path
from zoneinfo import ZoneInfo
data, zone = Path(sys.argv[1]).read_bytes(), ZoneInfo(HOME)
found = decode(data, window=WINDOW, zone=zone).busy(WINDOW)
"""
_THEIRS = """
import sys
from benchmarks.peers import reading
from pathlib import Path
found = getattr(reading, sys.argv[2])(Path(sys.argv[1]).read_bytes())
"""


def size(data: bytes) -> str:
    """How long a calendar is."""
    if len(data) < 1e6:
        return f"{len(data) / 1e3:.0f} KB"
    return f"{len(data) / 1e6:.1f} MB"
