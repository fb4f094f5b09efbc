"""Bytes as they come -> text of whole lines: UTF-8, LF, no NUL, no mark at the start.

A CR that ends no line vanishes; where a file has no LF at all, CR ends its lines.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable, Iterator

from integrations.ics.sieve import MAX_LINE, unfolded
from scheduler.errors import Refused

MAX_BYTES = 20 * 1024 * 1024
#: So much of a file is looked at together: little enough to be made in memory that is
#: there already, where the system would give larger pieces fresh pages each time.
PIECE = 64 * 1024
_UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
#: Many empty lines are taken out, so that no search has to walk through them each time.
_EMPTY, _MANY_EMPTY = re.compile(rb"\n\n+"), b"\n" * 64


class Stream:
    """One file being read; `odd` once some of it was no clean UTF-8."""

    def __init__(self) -> None:
        self.odd = False

    def texts(self, data: bytes | Iterable[bytes]) -> Iterator[bytes]:
        """Its text in pieces, cut anywhere; the first is not blank.

        `Refused` with E_ICS_TOO_BIG, E_ICS_EMPTY or E_ICS_NOT_CALENDAR.
        """
        texts = self._utf_8(_gathered(_bounded(data)))
        first = next((text for text in texts if text.strip()), b"")
        while first and b"\n" not in first and len(first) <= MAX_LINE:
            more = next(texts, b"")
            if not more:
                break
            first += more
        cr_ends_lines = b"\n" not in first
        first = self._cleaned(first, cr_ends_lines)
        _look_like_a_calendar(first)
        yield first
        for text in texts:
            yield self._cleaned(text, cr_ends_lines)

    def check(self, lines: bytes) -> None:
        """See whether whole lines are UTF-8, once folds in characters are undone."""
        if lines.isascii() or self.odd:
            return
        try:
            lines.decode()
        except UnicodeDecodeError:
            self.odd = not _is_utf8(unfolded(lines))

    def _utf_8(self, chunks: Iterator[bytes]) -> Iterator[bytes]:
        first = next(chunks, b"")
        if first.startswith(codecs.BOM_UTF8):
            first, self.odd = first[len(codecs.BOM_UTF8) :], True
        if not first.startswith(_UTF_16):
            yield first
            yield from chunks
            return
        self.odd = True
        decoder = codecs.getincrementaldecoder("utf-16")(errors="replace")
        yield decoder.decode(first).encode()
        for chunk in chunks:
            yield decoder.decode(chunk).encode()
        yield decoder.decode(b"", final=True).encode()

    def _cleaned(self, text: bytes, cr_ends_lines: bool) -> bytes:  # noqa: FBT001
        if b"\0" in text:
            self.odd = True
            text = text.replace(b"\0", b"")
        text = text.replace(b"\r", b"\n" if cr_ends_lines else b"")
        return _EMPTY.sub(b"\n", text) if _MANY_EMPTY in text else text


def _bounded(data: bytes | Iterable[bytes]) -> Iterator[bytes]:
    """In pieces, as long as they are not too many."""
    if isinstance(data, bytes):
        _check_size(len(data))
        for start in range(0, len(data), PIECE):
            yield data[start : start + PIECE]
        return
    size = 0
    for piece in data:
        size += len(piece)
        _check_size(size)
        yield piece


def _check_size(size: int) -> None:
    if size > MAX_BYTES:
        raise Refused(
            "E_ICS_TOO_BIG",
            "The calendar is larger than 20 MiB; use one with fewer events.",
        )


def _gathered(data: Iterable[bytes]) -> Iterator[bytes]:
    """The same in pieces that are worth the work; network pieces may be tiny."""
    held: list[bytes] = []
    size = 0
    for piece in data:
        held.append(piece)
        size += len(piece)
        if size >= PIECE:
            yield b"".join(held)
            held, size = [], 0
    if size:
        yield b"".join(held)


def _is_utf8(text: bytes) -> bool:
    try:
        text.decode()
    except UnicodeDecodeError:
        return False
    return True


def _look_like_a_calendar(text: bytes) -> None:
    start = unfolded(text.lstrip()[:4096])
    if not start:
        raise Refused(
            "E_ICS_EMPTY",
            "There is nothing in this calendar: check that it is the right file or"
            " address.",
        )
    if start[:15].upper() == b"BEGIN:VCALENDAR":
        return
    if start.startswith(b"<"):
        raise Refused(
            "E_ICS_NOT_CALENDAR",
            "This looks like a web page; copy the secret iCal address instead.",
        )
    raise Refused(
        "E_ICS_NOT_CALENDAR",
        "This is not an iCalendar file: it must begin with BEGIN:VCALENDAR.",
    )
