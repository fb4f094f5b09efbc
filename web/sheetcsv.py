"""CSV that a spreadsheet may open: whatever a name begins with, no cell runs."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncIterator, Iterable

from starlette.responses import StreamingResponse

MEDIA_TYPE = "text/csv; charset=utf-8"
#: What spreadsheets take for the beginning of a formula.
_RUNS = ("=", "+", "-", "@", "\t", "\r")


def safe(cell: object) -> str:
    """The text of a cell; an apostrophe before what a spreadsheet would run."""
    text = str(cell)
    return f"'{text}" if text.startswith(_RUNS) else text


def line(cells: Iterable[object]) -> str:
    """One line with its end."""
    out = io.StringIO()
    csv.writer(out).writerow([safe(cell) for cell in cells])
    return out.getvalue()


def download(lines: AsyncIterator[str], name: str) -> StreamingResponse:
    """A file that is written while it is read."""
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingResponse(lines, media_type=MEDIA_TYPE, headers=headers)
