"""The first cases of the fuzzer: read or refused, within the limits, in every way.

About a minute on one core. `make fuzz` goes on from there.
"""

from __future__ import annotations

import pytest

from tests.fuzz.cases import Broken, Cases, compare
from tests.fuzz.search import Find, Read, search

#: Of each part; the parts can run side by side.
CASES = 300
PARTS = 6


@pytest.mark.slow
@pytest.mark.timeout(1_200)  # limits are of CPU; a crowded machine may take long
@pytest.mark.parametrize("part", range(PARTS))
def test_no_mangled_calendar_ends_otherwise_than_read_or_refused(part: int) -> None:
    first = part * CASES
    ended = list(search(first, until=lambda: False, last=first + CASES))
    assert [one for one in ended if isinstance(one, Find)] == []
    codes = {one.code for one in ended if isinstance(one, Read)}
    assert "read" in codes
    assert len(codes) > 8  # it gets past the first line


def test_the_same_number_is_the_same_case() -> None:
    assert Cases().case(7) == Cases().case(7)
    assert Cases().case(7) != Cases().case(8)


def test_what_differs_is_found() -> None:
    compare("x", "E_ONE", "E_ONE")
    compare("x", "E_RRULE_TOO_COMPLEX", (1,))
    with pytest.raises(Broken, match=r"x: E_ONE but \[1\]|x: E_ONE but \(1,\)"):
        compare("x", "E_ONE", (1,))
