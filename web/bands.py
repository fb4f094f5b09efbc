"""The words on a pair, as both sides read them: the band, and what it means."""

from __future__ import annotations

from collections.abc import Iterable

from scheduler.bands import Band

#: One sentence each; the same for the coordinator and for the two.
MEANINGS = {
    Band.BROKEN: (
        "A calendar has not answered for a day. Its owner has been told, and what"
        " happens meanwhile counts in no figure."
    ),
    Band.PAUSED: "Resting until a day that was named. Nothing is owed.",
    Band.WAITING: "Nothing is booked before both have agreed.",
    Band.NEEDS_A_HAND: (
        "The last two meetings that were due are owed, or nothing has been booked for"
        " a while, or mail does not arrive."
    ),
    Band.STEADY: "Meetings take place, or find a new day.",
}
CLOSED = "Their meetings have come to an end."


def meaning(band: Band | None) -> str:
    """What the word says, in one sentence; None: the pair is closed."""
    return MEANINGS[band] if band else CLOSED


def joined(bands: Iterable[Band]) -> str:
    """Bands that are told together: `Paused, waiting to start or connection broken`."""
    words = [band.value for band in bands]
    told = " or ".join([", ".join(words[:-1]), words[-1]] if words[1:] else words)
    return told[:1].upper() + told[1:]
