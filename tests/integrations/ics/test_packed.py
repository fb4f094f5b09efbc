"""What is packed comes back, with an etag that says all that is known of it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from integrations.ics.packed import packed, unpacked
from scheduler.events import CalendarObject, Meaning, Occurrence
from scheduler.ids import RemoteId

instants = st.datetimes(
    datetime(1900, 1, 1), datetime(2200, 1, 1), timezones=st.just(UTC)
).map(lambda when: when.replace(microsecond=0))
lengths = st.timedeltas(timedelta(0), timedelta(days=400)).map(
    lambda long: timedelta(seconds=int(long.total_seconds()))
)
occurrences = st.builds(
    lambda original, start, long, meaning: Occurrence(
        original, start, start + long, meaning
    ),
    instants,
    instants,
    lengths,
    st.sampled_from(Meaning),
)
objects = st.builds(
    CalendarObject,
    id=st.text().map(RemoteId),
    uid=st.text(),
    occurrences=st.lists(occurrences, max_size=5).map(tuple),
    changed_at=st.none() | instants,
    sequence=st.integers(0, 999_999_999),
)


def bare(found: CalendarObject) -> CalendarObject:
    return replace(found, etag=None)


@given(st.lists(objects, max_size=5))
def test_what_is_packed_comes_back(some: list[CalendarObject]) -> None:
    back = unpacked(b"".join(map(packed, some)))
    assert [bare(found) for found in back] == some


@given(objects, objects)
def test_etags_agree_where_all_that_is_known_does(
    one: CalendarObject, other: CalendarObject
) -> None:
    first, again, second = unpacked(b"".join(map(packed, (one, one, other))))
    assert first.etag == again.etag
    named = replace(one, id=other.id)
    assert (first.etag == second.etag) is (named == other)


def test_each_thing_that_is_known_changes_the_etag() -> None:
    when = datetime(2026, 3, 1, 9, tzinfo=UTC)
    hour = timedelta(hours=1)
    date = Occurrence(when, when, when + hour)
    found = CalendarObject(RemoteId("a"), "a", (date,), None, when, 1)
    changed = [
        replace(found, uid="b"),
        replace(found, sequence=2),
        replace(found, changed_at=None),
        replace(found, changed_at=when + hour),
        replace(found, occurrences=()),
        replace(found, occurrences=(date, date)),
        replace(found, occurrences=(replace(date, original_start=when - hour),)),
        replace(found, occurrences=(replace(date, start=when + hour / 2),)),
        replace(found, occurrences=(replace(date, end=when + 2 * hour),)),
        replace(found, occurrences=(replace(date, meaning=Meaning.FREE),)),
    ]
    etags = {one.etag for one in unpacked(b"".join(map(packed, (found, *changed))))}
    assert len(etags) == 1 + len(changed)
