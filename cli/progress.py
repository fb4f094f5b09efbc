"""Something that moves while a person waits: on a terminal, and never when piped."""

from __future__ import annotations

import sys
from contextlib import AbstractContextManager, nullcontext


def reading(source: str) -> AbstractContextManager[object]:
    """While one calendar is read; only an address takes long enough to show it."""
    from config.reading import is_address

    if not (is_address(source) and sys.stderr.isatty()):
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status("Reading a calendar …")
