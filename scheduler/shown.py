"""A snapshot as it may be shown: small groups together, small stretches not at all."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import reduce
from operator import add

from scheduler.bands import Band
from scheduler.cadence import Cadence
from scheduler.consistency import Rate
from scheduler.snapshot import Counts, Group, Snapshot, Sum
from scheduler.together import ENOUGH_PAIRS, Together, together

#: A small mark is a tenth of what ended in a stretch.
TENTHS = 10


@dataclass(frozen=True, slots=True)
class ShownGroup:
    """Five pairs or more: cadences that are told as one, and their sums.

    A stretch in which fewer than five of them had anything is None, and counts in no
    rate here: what is not shown cannot be subtracted. A rate to which fewer than five
    pairs add is None.
    """

    cadences: tuple[str, ...]
    pairs: int
    stretches: tuple[Counts | None, ...]
    #: Named as everywhere; None: too few pairs have anything to count.
    rates: tuple[tuple[str, Rate | None], ...]

    @property
    def held(self) -> int:
        """Meetings that took place, of those `due`."""
        return sum(one.held for one in self.stretches if one)

    @property
    def due(self) -> int:
        """Meetings that were due in the stretches that are shown."""
        return sum(one.due for one in self.stretches if one)


@dataclass(frozen=True, slots=True)
class Shown:
    """The pairs that show their figures, or those that do not: the two stay apart."""

    shows: bool
    bands: tuple[Together[Band], ...]
    groups: tuple[ShownGroup, ...]


def shown(snapshot: Snapshot) -> tuple[Shown, Shown]:
    """What may be told: of pairs that show their figures, then of the others."""
    return _side(snapshot, shows=True), _side(snapshot, shows=False)


def _side(snapshot: Snapshot, *, shows: bool) -> Shown:
    counts = {one.band: one.pairs for one in snapshot.bands if one.shows is shows}
    groups = {one.cadence: one for one in snapshot.groups if one.shows is shows}
    names = sorted(groups, key=_length)
    return Shown(
        shows,
        together([(band, counts.get(band, 0)) for band in reversed(Band)]),
        tuple(
            _shown_group(one, [groups[name] for name in one.kinds])
            for one in together([(name, groups[name].pairs) for name in names])
        ),
    )


def _length(cadence: str) -> int:
    """Days of a turn, to sort by."""
    known = Cadence.parse(cadence)
    return 30 if known.unit == "month" else known.days


def _shown_group(told: Together[str], groups: Iterable[Group]) -> ShownGroup:
    whole = reduce(add, groups)
    seen = tuple(one if one.pairs >= ENOUGH_PAIRS else None for one in whole.stretches)
    sums = [one for one in seen if one]
    kept = Rate(sum(one.held for one in sums), sum(one.due for one in sums))
    repaired = Rate(
        sum(one.repaired for one in sums), sum(one.repaired + one.owed for one in sums)
    )
    rates = (
        ("cadence kept", kept if sums else None),
        ("cancellations repaired", repaired if sums else None),
        ("notice given", _rate(whole.notice)),
        ("promises kept", _rate(whole.promises)),
    )
    return ShownGroup(told.kinds, told.pairs, seen, rates)


def _rate(summed: Sum) -> Rate | None:
    if summed.pairs < ENOUGH_PAIRS:
        return None
    return Rate(summed.numerator, summed.denominator)


def tenths(counts: Counts) -> tuple[int, int, int]:
    """Small marks for kept, repaired and owed: ten in all, by the largest remainder.

    What nobody has confirmed stands with what is owed. None of anything: no marks.
    """
    parts = (counts.kept, counts.repaired, counts.owed + counts.unconfirmed)
    whole = sum(parts)
    if not whole:
        return 0, 0, 0
    marks = [TENTHS * part // whole for part in parts]
    left = sorted(range(3), key=lambda n: (-(TENTHS * parts[n] % whole), n))
    for n in left[: TENTHS - sum(marks)]:
        marks[n] += 1
    return marks[0], marks[1], marks[2]
