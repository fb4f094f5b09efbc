"""Groups of fewer than five pairs are never told alone, nor so that they follow.

What is small is told together with what is smallest, until it is five or more. Nothing
is told beside it from which a part could be subtracted: no total, and no sum of it.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

#: A group of this many pairs may be told.
ENOUGH_PAIRS = 5

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Together(Generic[Key]):
    """Kinds of pairs that are told as one, and how many pairs they are: five or more.

    Kinds without a pair are named among those that are told together, so that nobody
    can tell which of them it was.
    """

    kinds: tuple[Key, ...]
    pairs: int


def together(counts: Sequence[tuple[Key, int]]) -> tuple[Together[Key], ...]:
    """The groups as they may be told, in the order given; none when all are too few.

    Each kind is in at most one group. A kind alone has five pairs or more.
    """
    pool = {kind for kind, count in counts if 0 < count < ENOUGH_PAIRS}
    if pool:
        pool |= {kind for kind, count in counts if count == 0}
    size = dict(counts)
    large = sorted((k for k in size if size[k] >= ENOUGH_PAIRS), key=lambda k: size[k])
    while pool and large and sum(size[kind] for kind in pool) < ENOUGH_PAIRS:
        pool.add(large.pop(0))
    told = [Together((kind,), size[kind]) for kind, _ in counts if kind in large]
    rest = tuple(kind for kind, _ in counts if kind in pool)
    pairs = sum(size[kind] for kind in rest)
    return (*told, *([Together(rest, pairs)] if pairs >= ENOUGH_PAIRS else []))
