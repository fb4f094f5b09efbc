"""Let several do the same work in turn, and say how they did."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from gc import collect, disable, enable
from importlib.metadata import PackageNotFoundError, version
from os import cpu_count
from pathlib import Path
from platform import machine, python_implementation, python_version, system
from statistics import median
from time import process_time

from benchmarks.calendars import Sample, made, samples

#: Does its work once and says how many seconds it took.
Timed = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Plan:
    """How thoroughly to measure: how often, on which calendars, or on little at all."""

    calendars: dict[str, Sample]
    rounds: int = 5
    is_small: bool = False
    origin: str = "calendars made up here"

    @classmethod
    def of(cls, folder: Path | None = None, rounds: int = 5) -> Plan:
        """On the calendars of a folder, or on those that are made up here."""
        if folder is None:
            return cls(samples(), rounds)
        return cls(samples(folder), rounds, origin=f"calendars of {folder.name}/")

    @classmethod
    def small(cls) -> Plan:
        """Everything once, on the smallest: whether it is right, not how fast."""
        little = made("small")
        return cls({"big": little, "small": little}, 1, is_small=True)


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table. `is_reached` is None where nothing is to be reached."""

    work: str
    ours: str
    peer: str = ""
    ratio: float | None = None
    reach: str = ""
    is_reached: bool | None = None

    def line(self) -> str:
        """In Markdown."""
        ratio = "" if self.ratio is None else f"{self.ratio:,.{self._digits}f}"
        mark = {None: "", True: "yes", False: "**no**"}[self.is_reached]
        cells = (self.work, self.ours, self.peer, ratio, self.reach, mark)
        return f"| {' | '.join(cells)} |"

    @property
    def _digits(self) -> int:
        return 0 if (self.ratio or 0) >= 100 else 1 if (self.ratio or 0) >= 2 else 2


def against(
    work: str, ours: float, peer: str, theirs: float | None, times: float = 0
) -> Row:
    """Seconds of both; Troth is to be so many times as fast as the peer.

    `theirs` is None where the peer cannot be had.
    """
    reach = f"≥ {times:g} x" if times else ""
    if theirs is None:
        return Row(work, duration(ours), f"{peer}: not here", reach=reach)
    ratio = theirs / ours
    is_reached = ratio >= times if times else None
    return Row(
        work, duration(ours), f"{peer} {duration(theirs)}", ratio, reach, is_reached
    )


def within(work: str, ours: float, most: float) -> Row:
    """Seconds, of which there are to be no more than `most`."""
    return Row(
        work,
        duration(ours),
        reach=f"≤ {duration(most)}",
        is_reached=ours <= most,
    )


def at_most(work: str, ours: float, peer: str, theirs: float, times: float) -> Row:
    """Seconds of both; Troth may take so many times what the peer takes."""
    return Row(
        work,
        duration(ours),
        f"{peer} {duration(theirs)}",
        theirs / ours,
        f"≤ {times:g} x its time",
        ours <= times * theirs,
    )


def timed(work: Callable[[], object], times: int = 1) -> Timed:
    """Measure the processor's seconds: what else the machine does is not counted.

    Work too short for the clock is done several `times`; the answer is for once. What
    others left behind is cleared away before, and no garbage is looked for meanwhile
    (`timeit` does the same): it would be looked for among what the others still hold.
    """

    def once() -> float:
        collect()
        disable()
        try:
            before = process_time()
            for _ in range(times):
                work()
            return (process_time() - before) / times
        finally:
            enable()

    return once


def turns(rounds: int, *works: Timed) -> tuple[float, ...]:
    """The medians of what each took, one after the other, `rounds` times."""
    took: tuple[list[float], ...] = tuple([] for _ in works)
    for _ in range(rounds):
        for seconds, work in zip(took, works, strict=True):
            seconds.append(work())
    return tuple(map(median, took))


def agree(what: str, ours: object, theirs: object) -> None:
    """End here where two find something else: what differs is not measured."""
    if ours != theirs:
        raise SystemExit(f"{what}: not the same answer; nothing was measured")


def duration(seconds: float) -> str:
    """Seconds as text, in a unit that suits."""
    if seconds < 0.000_995:
        return f"{seconds * 1e6:,.0f} us"
    if seconds < 0.995:
        return f"{seconds * 1e3:,.{2 if seconds < 0.01 else 1}f} ms"
    return f"{seconds:,.2f} s"


def say(text: str) -> None:
    """Tell on standard error what is being done."""
    print(f"... {text}", file=sys.stderr, flush=True)


def machinery() -> Iterator[str]:
    """On what it was measured."""
    yield f"{system()} {machine()}, {cpu_count()} processors{_model()}"
    yield f"{python_implementation()} {python_version()}"


def installed(*libraries: str) -> Iterator[str]:
    """The versions of those that are here."""
    for name in libraries:
        try:
            yield f"{name} {version(name)}"
        except PackageNotFoundError:
            continue


def _model() -> str:
    """What Linux calls the processor."""
    try:
        told = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    names = [line.partition(":")[2].strip() for line in told if "model name" in line]
    return f" ({names[0]})" if names else ""
