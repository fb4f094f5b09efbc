"""Decodes file after file, under limits: `python -m integrations.ics.child`.

Started by `integrations.ics.lanes`, which speaks with it through pipes. The kernel
ends it when a file takes more than its share; nothing else is lost by that.
"""

from __future__ import annotations

import gc
import os
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from math import ceil
from typing import BinaryIO

import integrations.ics.careful  # noqa: F401 - at once, that no file pays for it
from integrations.ics.frames import LENGTH, Question, answer, answered
from integrations.ics.shelf import Shelf

#: Files after which what Python left in circles is looked for.
_CIRCLES = 50


def main(megabytes: int = 256, nice: int = 0) -> None:
    """Answer until standard input ends, in so much memory and with such a priority.

    Each file gets the seconds of CPU that its question names.
    """
    _limit_memory(megabytes * 1024 * 1024)
    os.nice(nice)
    gc.disable()
    gc.freeze()
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    shelf, files = Shelf(), 0
    while head := _frame(questions):
        began = time.process_time()
        asked = Question.read(head)
        _limit_time(asked.seconds)
        pieces = _pieces(questions)
        said, objects = answer(asked, pieces, shelf)
        for _ in pieces:  # of a file that was refused before its end
            pass
        answers.write(answered(said, objects, time.process_time() - began))
        answers.flush()
        _limit_time(0)
        del said, objects
        files += 1
        if files % _CIRCLES == 0 or time.process_time() - began > 0.1:
            gc.collect()


def _pieces(pipe: BinaryIO) -> Iterator[bytes]:
    """The frames of a file, up to the empty one."""
    while piece := _frame(pipe):
        yield piece


def _frame(pipe: BinaryIO) -> bytes:
    """The content of the next frame; at the end of the pipe the process ends."""
    length = pipe.read(LENGTH)
    size = int.from_bytes(length, "big")
    content = pipe.read(size)
    if len(length) < LENGTH or len(content) < size:
        raise SystemExit
    return content


def _limit_memory(most: int) -> None:
    """Where the system knows such a limit."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _limit_time(seconds: float) -> None:
    """So many seconds of CPU from now; 0 lifts the limit until the next file.

    The timer is exact, and of whole seconds there is a second limit behind it. Either
    ends the process where Python itself cannot be stopped.
    """
    with suppress(ImportError, ValueError, OSError, AttributeError):
        import resource  # noqa: PLC0415 - not on every system
        import signal  # noqa: PLC0415

        signal.setitimer(signal.ITIMER_PROF, seconds)
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        until = ceil(time.process_time() + seconds) + 1 if seconds else most
        resource.setrlimit(resource.RLIMIT_CPU, (until, most))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
