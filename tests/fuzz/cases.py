"""The cases of the fuzzer by number, and what must hold for each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from zoneinfo import ZoneInfo

from integrations.ics.decode import Decoded, Known, decode
from scheduler.errors import Refused
from scheduler.timespan import Span
from tests.fuzz.mangle import mangled
from tests.integrations.ics.invented.inventing import FEATURES, dice_of, invented
from tests.integrations.ics.invented.meant import OWNER
from tests.integrations.ics.invented.places import PLACES
from tests.integrations.ics.texts import span
from tests.integrations.ics.wild import FILES, windows

#: Larger files from the wild only slow the search down.
LARGEST = 40_000
#: Wide enough for what a mangled date may mean, also in a file without any.
ANYTIME = span("2025-06-01", "2027-06-01")
#: A refusal that may come sooner on one way than on the other.
COSTLY = {"E_RRULE_TOO_COMPLEX"}

#: What a file says, or the code it is refused with.
Outcome = str | tuple[object, ...]


class Broken(AssertionError):
    """Something that must hold for every file does not."""


class Cases:
    """Every case has a number; the same number is the same case, on any machine."""

    def __init__(self) -> None:
        self._wild = [
            data
            for data in (file.read_bytes() for file in FILES.values())
            if len(data) < LARGEST
        ]

    def case(self, number: int) -> tuple[bytes, bytes, Span, ZoneInfo]:
        """(the calendar, the same mangled, window, home)."""
        dice = dice_of("fuzz", number)
        place = dice.choice(PLACES)
        if dice.random() < 0.4:
            data = dice.choice(self._wild)
            window = dice.choice([*windows(data), ANYTIME])
        else:
            calendar = invented(place, dice, dice.sample(sorted(FEATURES), 3))
            data, window = calendar.data, place.window
        return data, mangled(data, dice, self._wild), window, ZoneInfo(place.zone)

    def check(self, number: int) -> str:
        """The code that a case is refused with, or ''; `Broken` where it is wrong."""
        before, data, window, home = self.case(number)
        return checked(data, window, home, before=before, dice=dice_of(number))


def checked(
    data: bytes, window: Span, home: ZoneInfo, *, before: bytes, dice: Random
) -> str:
    """Read in every way there is; all must say the same, and nothing else is raised."""
    plain = outcome(data, window, home)
    careful = outcome(data, window, home, plainly=False)
    compare("the careful way", plain, careful)
    known = Known()
    outcome(before, window, home, known=known)
    compare("what was known", plain, outcome(data, window, home, known=known))
    compare("unchanged", plain, outcome(data, window, home, known=known))
    pieces = list(cut(data, dice))
    compare("piece by piece", plain, outcome(pieces, window, home))
    return plain if isinstance(plain, str) else ""


def compare(way: str, one: Outcome, other: Outcome) -> None:
    if one != other and not {one, other} & COSTLY:
        raise Broken(f"{way}: {shown(one, other)} but {shown(other, one)}")


def shown(one: Outcome, other: Outcome) -> str:
    if isinstance(one, str) or isinstance(other, str):
        return str(one)[:300]
    return str([part for part in one if part not in other])[:600]


def outcome(
    data: bytes | Sequence[bytes],
    window: Span,
    home: ZoneInfo,
    *,
    plainly: bool = True,
    known: Known | None = None,
) -> Outcome:
    source = data if isinstance(data, bytes) else iter(data)
    try:
        found = decode(
            source, window=window, zone=home, owner=OWNER, known=known, plainly=plainly
        )
    except Refused as refused:
        if not (refused.code.startswith("E_") and refused.message.endswith(".")):
            raise Broken(f"refused with {refused.code}: {refused.message}") from refused
        return refused.code
    return said(found, window)


def said(found: Decoded, window: Span) -> Outcome:
    """Each object and each warning; not which way it was read, nor in which order."""
    if not all(window.covers(one) for one in found.busy(window)):
        raise Broken("busy outside the window")
    words = (word for one in found.found for word in one[2:-1])
    if "canary" in repr(list(words)):  # a mangled UID may hold anything
        raise Broken("a title came out")
    warned = sorted({(one.code, one.uid) for one in found.warnings})
    return (*(one._replace(why="") for one in found.found), *warned)


def cut(data: bytes, dice: Random) -> Iterator[bytes]:
    """In pieces of any size, few or many."""
    size = dice.choice((1, 7, 100, 4_096, 65_536))
    if size * 2_000 < len(data):
        size = len(data) // 2_000
    for at in range(0, len(data), size):
        yield data[at : at + size]
