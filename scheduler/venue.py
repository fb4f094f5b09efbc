"""Where a pair meets: behind a link, at a place, or in a room their calendar makes."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from scheduler.errors import Refused

LONGEST_LINK, LONGEST_PLACE = 500, 200
_LINK = re.compile(r"https?://[a-z0-9][a-z0-9.-]*(:\d{1,5})?([/?#]\S*)?", re.IGNORECASE)


class VenueKind(StrEnum):
    """What `Venue.text` is."""

    #: Not said yet; there is no text.
    OPEN = "open"
    #: The address of a video room.
    LINK = "link"
    #: A place, in their own words.
    PLACE = "place"
    #: The video room that a calendar adds to the invitation; there is no text.
    CALENDAR = "calendar"


@dataclass(frozen=True, slots=True)
class Venue:
    """Where they meet; `text` is a link or a place, else empty."""

    kind: VenueKind = VenueKind.OPEN
    text: str = ""

    def __post_init__(self) -> None:
        if words := self._trouble():
            raise Refused("E_WHERE", words, field="where")

    @property
    def location(self) -> str:
        """What stands as LOCATION in the event (RFC 5545 section 3.8.1.7)."""
        return self.text

    @property
    def link(self) -> str:
        """Where a click leads; empty without a link."""
        return self.text if self.kind is VenueKind.LINK else ""

    def _trouble(self) -> str:
        """What is wrong with it, and the mend; empty when nothing is."""
        if not self.text.isprintable():
            return "Where you meet is one line of plain text."
        match self.kind:
            case VenueKind.LINK:
                good = len(self.text) <= LONGEST_LINK and _LINK.fullmatch(self.text)
                return "" if good else "A link begins with https:// and has no spaces."
            case VenueKind.PLACE:
                fits = 0 < len(self.text.strip()) <= LONGEST_PLACE
                return (
                    "" if fits else f"Name the place in 1 to {LONGEST_PLACE} letters."
                )
            case VenueKind.OPEN | VenueKind.CALENDAR:
                return "Only a link or a place has words." if self.text else ""
            case _:
                assert_never(self.kind)


NOT_SAID = Venue()


def read_venue(kind: str, text: str) -> Venue:
    """From two fields of a form; `Refused` E_WHERE. Text without use is dropped."""
    try:
        chosen = VenueKind(kind)
    except ValueError:
        raise Refused(
            "E_WHERE",
            "Where is one of: open, link, place, calendar.",
            field="where",
        ) from None
    has_text = chosen in {VenueKind.LINK, VenueKind.PLACE}
    return Venue(chosen, " ".join(text.split()) if has_text else "")
