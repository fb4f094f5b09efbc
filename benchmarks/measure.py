"""Race two ways of doing the same work, and say how they did."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.metadata import version
from os import cpu_count
from platform import machine, python_implementation, python_version, system
from statistics import median
from time import process_time


@dataclass(frozen=True, slots=True)
class Contest:
    """What two did with the same work; both in seconds, or both in work a second."""

    work: str
    ours: str
    peer: str
    ratio: float

    def row(self) -> str:
        """One line of a table."""
        return f"| {self.work} | {self.ours} | {self.peer} | {self.ratio:.1f} |"


def race(
    rounds: int,
    ours: Callable[[], object],
    theirs: Callable[[], object],
) -> tuple[float, float]:
    """Medians of the processor's seconds that each took, in turn, `rounds` times.

    Processor time: what else the machine does in between is not counted.
    """
    took: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for seconds, work in zip(took, (ours, theirs), strict=True):
            before = process_time()
            work()
            seconds.append(process_time() - before)
    return median(took[0]), median(took[1])


def milliseconds(seconds: float) -> str:
    """Seconds as text."""
    return f"{seconds * 1000:,.1f} ms"


def setting(libraries: tuple[str, ...]) -> Iterator[str]:
    """On what it was measured."""
    yield f"{system()} {machine()}, {cpu_count()} processors"
    yield f"{python_implementation()} {python_version()}"
    yield ", ".join(f"{name} {version(name)}" for name in libraries)
