"""Sets of numbers in one number, against sets and sums written out."""

from hypothesis import given
from hypothesis import strategies as st

from scheduler import bits

sets = st.sets(st.integers(0, 90))
small = st.integers(1, 12)


def packed(numbers: set[int]) -> int:
    return sum(1 << n for n in numbers)


def unpacked(packed: int) -> set[int]:
    return {n for n in range(packed.bit_length()) if packed >> n & 1}


@given(sets)
def test_members_come_in_order(numbers: set[int]) -> None:
    assert list(bits.members(packed(numbers))) == sorted(numbers)


@given(st.integers(0, 40), st.integers(0, 40))
def test_a_stretch_is_a_range(start: int, until: int) -> None:
    assert unpacked(bits.stretch(start, until)) == set(range(start, until))


@given(sets, small)
def test_a_run_begins_where_all_that_follow_are_members(
    numbers: set[int], length: int
) -> None:
    found = {n for n in numbers if numbers.issuperset(range(n, n + length))}
    assert unpacked(bits.runs(packed(numbers), length)) == found


@given(sets, st.integers(0, 12))
def test_widened_is_everything_within_reach(numbers: set[int], by: int) -> None:
    near = {n + d for n in numbers for d in range(-by, by + 1)}
    assert unpacked(bits.widened(packed(numbers), by)) == {n for n in near if n >= 0}


@given(sets, small, small)
def test_thinned_keeps_multiples(numbers: set[int], step: int, count: int) -> None:
    kept = {n for n in range(count) if n * step in numbers}
    assert unpacked(bits.thinned(packed(numbers), step, count)) == kept
    assert unpacked(bits.every(step, count)) == {n * step for n in range(count)}


@given(small, st.integers(1, 70), st.data())
def test_columns_are_added_up(width: int, rows: int, data: st.DataObject) -> None:
    numbers = st.integers(0, 9)
    row = st.lists(numbers, min_size=width, max_size=width)
    table = data.draw(st.lists(row, min_size=rows, max_size=rows))
    flat = [number for row in table for number in row]
    planes = [
        packed({n for n, number in enumerate(flat) if number >> plane & 1})
        for plane in range(4)
    ]
    sums = [sum(column) for column in zip(*table, strict=True)]
    assert list(bits.column_sums(planes, width, rows)) == sums


def test_sums_need_not_fit_into_a_byte() -> None:
    assert list(bits.column_sums([bits.ones(3 * 520)], 3, 520)) == [520] * 3
    assert list(bits.column_sums([bits.ones(2 * 256)], 2, 256)) == [256] * 2
