"""What is packed comes back, with an etag that says all that is known of it."""

from dataclasses import replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from integrations.ics.decoded import Decoded, Found
from integrations.ics.packed import packed, unpacked
from scheduler.events import CalendarObject

LONG_AGO, FAR = (int(datetime(y, 1, 1, tzinfo=UTC).timestamp()) for y in (1900, 2200))
instants = st.integers(LONG_AGO, FAR)
rows = st.builds(
    lambda original, start, long, meaning: (original, start, start + long, meaning),
    instants,
    instants,
    st.integers(0, 400 * 86_400),
    st.integers(0, 3),
)
objects = st.builds(
    Found,
    id=st.text(),
    uid=st.text(),
    rows=st.lists(rows, max_size=12).map(tuple),
    changed=st.none() | instants,
    sequence=st.integers(0, 999_999_999),
    why=st.just(""),
)


def bare(found: CalendarObject) -> CalendarObject:
    return replace(found, etag=None)


@given(st.lists(objects, max_size=5).map(tuple))
def test_what_is_packed_comes_back(some: tuple[Found, ...]) -> None:
    back = unpacked(b"".join(map(packed, some)))
    assert tuple(map(bare, back)) == Decoded(some).objects


@given(objects, objects)
def test_etags_agree_where_all_that_is_known_does(one: Found, other: Found) -> None:
    first, again, second = unpacked(b"".join(map(packed, (one, one, other))))
    assert first.etag == again.etag
    assert (first.etag == second.etag) is (one._replace(id=other.id) == other)


def test_each_thing_that_is_known_changes_the_etag() -> None:
    start, end = LONG_AGO, LONG_AGO + 3600
    found = Found("a", "a", ((start, start, end, 0),), start, 1)
    changed = [
        found._replace(uid="b"),
        found._replace(sequence=2),
        found._replace(changed=None),
        found._replace(changed=end),
        found._replace(rows=()),
        found._replace(rows=found.rows * 2),
        found._replace(rows=((start - 1, start, end, 0),)),
        found._replace(rows=((start, start + 1, end, 0),)),
        found._replace(rows=((start, start, end + 1, 0),)),
        found._replace(rows=((start, start, end, 1),)),
    ]
    etags = {one.etag for one in unpacked(b"".join(map(packed, (found, *changed))))}
    assert len(etags) == 1 + len(changed)
