"""Something that moves while a person waits: on a terminal, and never when piped."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext


def reading(source: str) -> AbstractContextManager[object]:
    """While one calendar is read; only an address takes long enough to show it."""
    from config.reading import is_address

    if not (is_address(source) and sys.stderr.isatty()):
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status("Reading a calendar …")


@contextmanager
def counting(words: str, total: int | None) -> Iterator[Callable[[int], None]]:
    """A bar for work that counts what is done; nothing where nobody watches."""
    if not sys.stderr.isatty():
        yield lambda _done: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task(words, total=total)
        yield lambda done: bar.update(task, completed=done)
