"""A feed read again with what is known of it says what it says when read anew.

Whatever was edited in between, also where a reading in between failed, and whichever
way its bytes come.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.ics.decode import Decoded, Known, decode
from scheduler.errors import Refused
from tests.integrations.ics.invented.feed import EDITS, Feed, pieces
from tests.integrations.ics.invented.inventing import dice_of
from tests.integrations.ics.invented.meant import OWNER

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

edits = st.lists(st.sampled_from(EDITS), min_size=1, max_size=8)


def read(feed: Feed, data: bytes, known: Known | None = None) -> Decoded | str:
    """What it says, or the code it is refused with."""
    window, zone = feed.place.window, feed.home
    try:
        return decode(data, window=window, zone=zone, owner=OWNER, known=known)
    except Refused as refused:
        return refused.code


def same(one: Decoded | str, other: Decoded | str) -> None:
    """The same objects in the same order, the same ways, the same warnings."""
    if isinstance(one, str) or isinstance(other, str):
        assert one == other
        return
    assert one.found == other.found
    assert set(one.warnings) == set(other.warnings)


def edited(seed: int, changes: list) -> None:
    feed, known = Feed(seed), Known()
    same(read(feed, feed.data(), known), read(feed, feed.data()))
    for number, edit in enumerate(changes):
        edit(feed)
        data = feed.data()
        if number % 3 == 2:  # it broke off once
            broken = read(feed, data[: len(data) * 2 // 3], known)
            assert isinstance(broken, str)
        same(read(feed, data, known), read(feed, data))
        same(read(feed, data, known), read(feed, data))


@settings(max_examples=15)
@given(st.integers(0, 10_000), edits)
def test_what_is_known_changes_nothing(seed: int, changes: list) -> None:
    edited(seed, changes)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_long_lives_of_feeds(part: int) -> None:
    """Edit after edit, each of them met in each life."""
    for seed in range(part * 10, part * 10 + 10):
        dice = dice_of("life", seed)
        changes = list(EDITS) * 2
        dice.shuffle(changes)
        edited(seed, changes)


def test_another_window_zone_or_owner_starts_anew() -> None:
    for seed in range(12):
        feed, other, known = Feed(seed), Feed(seed + 100), Known()
        data = feed.data()
        for window in (feed.place.window, other.place.window):
            for zone in (feed.home, other.home):
                for owner in (OWNER, ""):
                    asked = {"window": window, "zone": zone, "owner": owner}
                    anew = decode(data, **asked)
                    same(decode(data, **asked, known=known), anew)
                    there = decode(pieces(data, dice_of(seed)), **asked, known=known)
                    same(there, anew)
