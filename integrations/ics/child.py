"""Decodes file after file, under limits: `python -m integrations.ics.child`.

Started by `integrations.ics.sandbox`, which speaks with it through pipes. The kernel
ends it when a file takes more than its share; nothing else is lost by that.
"""

from __future__ import annotations

import gc
import sys
import time
from contextlib import suppress
from math import ceil
from typing import BinaryIO

from integrations.ics.frames import LENGTH, answer, framed


def main(seconds: int = 5, megabytes: int = 256) -> None:
    """Answer until standard input ends.

    Each file gets so many seconds of CPU, the process so much memory.
    """
    _limit_memory(megabytes * 1024 * 1024)
    gc.disable()  # what one file leaves is collected after its answer
    questions, answers = sys.stdin.buffer, sys.stdout.buffer
    while (asked := _frame(questions)) is not None:
        data = _frame(questions)
        if data is None:
            return
        _limit_time(seconds)
        answers.write(framed(answer(asked, data)))
        answers.flush()
        gc.collect()


def _frame(pipe: BinaryIO) -> bytes | None:
    length = pipe.read(LENGTH)
    if len(length) < LENGTH:
        return None
    size = int.from_bytes(length, "big")
    content = pipe.read(size)
    return content if len(content) == size else None


def _limit_memory(most: int) -> None:
    """Where the system knows such a limit."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every system

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (most, most))


def _limit_time(seconds: int) -> None:
    """So many seconds from now: the limit counts all that the process ever used."""
    with suppress(ImportError, ValueError, OSError):
        import resource  # noqa: PLC0415 - not on every system

        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        until = ceil(time.process_time()) + seconds
        resource.setrlimit(resource.RLIMIT_CPU, (until, most))


if __name__ == "__main__":
    main(*(int(word) for word in sys.argv[1:]))
