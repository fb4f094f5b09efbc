"""The fast way for VFREEBUSY: periods that are not free (RFC 5545 section 3.8.2.6)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from integrations.ics.offsets import DAY, NotPlain
from integrations.ics.plain import Plain
from integrations.ics.sieve import Component, read_property, unfolded

_NAME = re.compile(rb"[ \t]*FREEBUSY[ \t]*(?=[;:])", re.IGNORECASE)


def periods(component: Component, plain: Plain) -> set[tuple[int, int]] | None:
    """Those that meet the window, in seconds since 1970; None: take the careful way."""
    found: set[tuple[int, int]] = set()
    free: dict[bytes, bool] = {}
    try:
        for name, line in component.lines:
            if name == "FREEBUSY":
                rest = _NAME.sub(b"", unfolded(line), count=1)
                head, colon, values = rest.rpartition(b":")
                if head not in free:
                    free[head] = _is_free(head + colon)
                if not free[head]:
                    found.update(_near(head + colon, values, plain))
    except NotPlain:
        return None
    return found


def _is_free(head: bytes) -> bool:
    kind = read_property(b"X" + head).parameters.get("FBTYPE", "BUSY")
    return kind.upper() == "FREE"


def _near(head: bytes, values: bytes, plain: Plain) -> Iterator[tuple[int, int]]:
    low, high = plain.begun, plain.high
    for value in values.split(b","):
        first, slash, last = value.strip().partition(b"/")
        if not first:
            continue
        start = _instant(head + first, plain)
        if not slash:
            continue
        if last[:1] in {b"P", b"+", b"-", b"p"}:
            days, exact = plain.lengths[b":" + last]
            end = start + days * DAY + exact
        else:
            end = _instant(head + last, plain)
        if end < start:
            raise NotPlain("a period that ends before it starts")
        if start < high and low < end and start < end:
            yield start, end


def _instant(rest: bytes, plain: Plain) -> int:
    clock, day, second = plain.texts.when(rest)
    return (clock or plain.home).at(day, max(second, 0))
