"""The whole of `troth plan`, from the start of its process to its end."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.measure import Plan, Row, agree, at_most, installed, say, turns
from benchmarks.pairs import FIRST, ZONES, Pair, Person
from benchmarks.peers.counting import Loop
from benchmarks.processes import spent, told

HOURS = "Mon-Fri 09:00-17:00"
WEEKS, MINUTES = 51, 60


def versions() -> Iterator[str]:
    """Of all that is measured here."""
    yield from installed("numpy")


def run(plan: Plan) -> Iterator[Row]:
    """Two small calendars; the peer only imports a library."""
    mentor = plan.calendars["small"]
    mentee = plan.calendars.get("small2", mentor)
    say("troth plan")
    with TemporaryDirectory() as name:
        paths = [Path(name) / f"{who}.ics" for who in ("mentor", "mentee")]
        for path, sample in zip(paths, (mentor, mentee), strict=True):
            path.write_bytes(sample.data)
        ours = [sys.executable, "-m", "cli", "plan", *map(str, paths), *_options()]
        peer = [sys.executable, "-c", "import numpy"]
        one, other = (
            Person(ZONES[n], sample.busy, 9 * 60, 17 * 60)
            for n, sample in enumerate((mentor, mentee))
        )
        compare(told(ours), Loop(Pair(one, other, MINUTES, WEEKS)))
        mine, theirs = turns(2 * plan.rounds, lambda: spent(ours), lambda: spent(peer))
    kilobytes = (len(mentor.data) + len(mentee.data)) / 2000
    yield at_most(
        f"`troth plan`, two calendars of {kilobytes:.0f} KB, the whole process",
        mine,
        "`python -c 'import numpy'`",
        theirs,
        2,
    )


def _options() -> Iterator[str]:
    for option, value in (
        ("cadence", "weekly"),
        ("minutes", MINUTES),
        ("from", FIRST),
        ("count", WEEKS),
        ("mentor-zone", ZONES[0]),
        ("mentee-zone", ZONES[1]),
        ("mentor-hours", HOURS),
        ("mentee-hours", HOURS),
        ("anchor", "mentor"),
    ):
        yield from (f"--{option}", str(value))
    yield "--json"


def compare(answer: bytes, loop: Loop) -> None:
    """End where the command's best slot is not one with the most clear meetings."""
    plan, counted = json.loads(answer), loop.counts()
    slot = plan["slot"]
    day = (date.fromisoformat(slot["first"]) - FIRST).days
    hour, minute = map(int, slot["time"].split(":"))
    agree("troth plan", plan["clear"], max(counted))
    agree("troth plan", counted[96 * day + 4 * hour + minute // 15], plan["clear"])
