"""Peers in other languages: a process that does the work once for each line it reads.

It answers with one line: {"seconds": of its processor, "busy": [[start, end], ...]}.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.entries import HOME, WINDOW, Busy

HERE = Path(__file__).parent
_EDGES = tuple(str(int(edge.timestamp())) for edge in (WINDOW.start, WINDOW.end))


class Answering:
    """One such process, with its calendar read into memory."""

    def __init__(self, command: list[str], calendar: Path) -> None:
        self._process = subprocess.Popen(
            [*command, str(calendar), *_EDGES, HOME],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def once(self) -> float:
        """Do it again; how many seconds of the processor it took."""
        return self._ask()[0]

    def busy(self) -> Busy:
        """Do it, and tell what was found."""
        return self._ask()[1]

    def close(self) -> None:
        """Let the process end by itself."""
        self._process.communicate()

    def _ask(self) -> tuple[float, Busy]:
        asked, answers = self._process.stdin, self._process.stdout
        if asked is None or answers is None:
            raise AssertionError("both are pipes")
        asked.write("\n")
        asked.flush()
        answer = answers.readline()
        if not answer:
            raise SystemExit("a peer gave no answer")
        told = json.loads(answer)
        return told["seconds"], [(start, end) for start, end in told["busy"]]


def libical(folder: Path) -> list[str] | None:
    """The command of the C program, compiled into a folder; None without libical."""
    compiler = shutil.which("cc")
    if not compiler:
        return None
    program = folder / "libical"
    source = HERE / "libical.c"
    done = subprocess.run(
        [compiler, "-O2", "-Wall", "-Wextra", "-o", program, source, "-lical"],
        capture_output=True,
        check=False,
        text=True,
    )
    is_missing = "libical/ical.h" in done.stderr or "-lical" in done.stderr
    if done.returncode and not is_missing:
        raise SystemExit(f"{source.name} does not compile:\n{done.stderr}")
    return None if done.returncode else [str(program)]


def versions() -> Iterator[str]:
    """Of those that are here."""
    with TemporaryDirectory() as folder:
        program = libical(Path(folder))
        if program:
            yield f"libical {_told(*program, '--version')}"
    command = icaljs()
    if command:
        package = HERE / "icaljs" / "node_modules" / "ical.js" / "package.json"
        yield f"ical.js {json.loads(package.read_bytes())['version']}"
        yield f"node {_told(command[0], '--version')}"


def _told(*command: str) -> str:
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    return done.stdout.strip()


def icaljs() -> list[str] | None:
    """The command of the program for node; None where node or ical.js is not."""
    node, program = shutil.which("node"), HERE / "icaljs" / "busy.mjs"
    if not node or not (program.parent / "node_modules" / "ical.js").is_dir():
        return None
    return [node, str(program)]
