"""Arithmetic on sets of numbers kept as the bits of one whole number.

Bit n says whether n is in the set. Whole sets are cut, shifted and counted in a few
steps whatever they hold, which is what makes the slot search quick without a library.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache


@lru_cache(maxsize=1024)
def ones(count: int) -> int:
    """The numbers from 0 up to, not including, `count`."""
    return (1 << count) - 1


def stretch(start: int, until: int) -> int:
    """The numbers from `start` up to, not including, `until`; none when reversed."""
    return ones(until - start) << start if start < until else 0


@lru_cache(maxsize=64)
def every(step: int, count: int) -> int:
    """`count` numbers from 0 on, `step` apart."""
    return ones(step * count) // ones(step)


def runs(bits: int, length: int) -> int:
    """The numbers that begin `length` in a row (at least one)."""
    have = 1
    while have < length:
        more = min(have, length - have)
        bits &= bits >> more
        have += more
    return bits


def widened(bits: int, by: int) -> int:
    """Those numbers and all that are within `by` of one; nothing falls below 0."""
    have, wanted = 1, 2 * by + 1
    while have < wanted:
        more = min(have, wanted - have)
        bits |= bits << more
        have += more
    return bits >> by


def thinned(bits: int, step: int, count: int) -> int:
    """Of the first `count` multiples of `step` those in the set, divided by `step`."""
    if step == 1:
        return bits & ones(count)
    digits = format(bits & ones(count * step), f"0{count * step}b")
    return int(digits[step - 1 :: step] or "0", 2)


def members(bits: int) -> Iterator[int]:
    """The numbers in the set, in order."""
    at = 0
    digits = format(bits, "b")[::-1]
    while (at := digits.find("1", at)) >= 0:
        yield at
        at += 1


def added(some: Sequence[int], others: Sequence[int]) -> list[int]:
    """The sums of many pairs of small numbers at once.

    A plane is a set: plane i says of which of the numbers bit i is set. Both sides
    and the answer are lists of planes, the lowest first.
    """
    if len(some) < len(others):
        some, others = others, some
    found, carry = [], 0
    for n, a in enumerate(some):
        b = others[n] if n < len(others) else 0
        either = a ^ b
        found.append(either ^ carry)
        carry = a & b | carry & either
    if carry:
        found.append(carry)
    return found


def column_sums(planes: Sequence[int], width: int, rows: int) -> Sequence[int]:
    """For each of `width` columns the sum of its numbers over all rows.

    `planes` are as in `added`; row k holds the numbers from width * k on. The lower
    half of the rows is added to the upper one until a single row is left.
    """
    half = 1 << (rows - 1).bit_length() >> 1
    while half:
        cut = half * width
        mask = ones(cut)
        planes = added([p & mask for p in planes], [p >> cut for p in planes])
        half >>= 1
    low = _spread(planes[:8], width)
    if len(planes) <= 8:
        return low
    high = _spread(planes[8:], width)
    return [a + 256 * b for a, b in zip(low, high, strict=True)]


@lru_cache(maxsize=64)
def _ones_in_bytes(count: int) -> int:
    return int.from_bytes(b"\1" * count)


def _spread(planes: Sequence[int], width: int) -> bytes:
    """At most eight planes as one byte for each number."""
    mask, form, total = _ones_in_bytes(width), f"0{width}b", 0
    for n, plane in enumerate(planes):
        digits = int.from_bytes(format(plane, form).encode())
        total += (digits & mask) << n
    return total.to_bytes(width, "little")
