"""The rate 'promises kept', against a count by hand of what the promises became."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from scheduler.consistency import Rate, Record
from scheduler.evidence import Evidence
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.people import Person
from scheduler.promises import Promise, evidence_of
from scheduler.promising import Said, keep, move, promised, release, undo
from scheduler.timespan import Span
from scheduler.word import given_words, word_kept
from tests.scheduler.pairs import a_series

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
DAY = timedelta(days=1)
PAIR = PairId("p")
BERLIN = ZoneInfo("Europe/Berlin")


def person(name: str, zone: str) -> Person:
    address = f"{name}@example.org"
    return Person(PersonId(name), ProgrammeId("g"), name, address, zone)


IDA = person("ida", "Pacific/Auckland")
LEYLA = person("leyla", "America/Los_Angeles")
PEOPLE = {IDA.id: IDA, LEYLA.id: LEYLA}
ZONES = {IDA.id: IDA.zone, LEYLA.id: LEYLA.zone}
MARCH = Span(
    datetime(2026, 2, 28, 23, tzinfo=UTC), datetime(2026, 3, 31, 22, tzinfo=UTC)
)


def made(number: int, owner: Person, day: date) -> Promise:
    said = Said(f"number {number}", day)
    return promised((), said, pair=PAIR, owner=owner, now=NOW)


def became(one: Promise, owner: Person, fate: str, days: int) -> Promise:
    partner = LEYLA if owner is IDA else IDA
    now = NOW + DAY
    match fate:
        case "kept":
            return keep(one, owner, now)
        case "kept, and that undone":
            return undo(keep(one, owner, now), owner, now)
        case "moved":
            return move(one, owner, one.due + days * DAY, now)
        case "let go":
            return release(one, partner, now)
        case "moved and kept":
            moved = move(one, owner, one.due + days * DAY, now)
            return keep(moved, owner, now)
        case _:
            return one


FATES = [
    "open",
    "kept",
    "kept, and that undone",
    "moved",
    "let go",
    "moved and kept",
]


@st.composite
def histories(draw: st.DrawFn) -> tuple[tuple[Promise, ...], datetime]:
    lives = draw(
        st.lists(
            st.tuples(
                st.sampled_from([IDA, LEYLA]),
                st.integers(1, 40),
                st.sampled_from(FATES),
                st.integers(1, 10),
            ),
            max_size=8,
        )
    )
    promises = tuple(
        became(made(n, owner, NOW.date() + ahead * DAY), owner, fate, days)
        for n, (owner, ahead, fate, days) in enumerate(lives)
    )
    return promises, NOW + draw(st.integers(24, 24 * 60)) * timedelta(hours=1)


def by_hand(promises: tuple[Promise, ...], now: datetime) -> tuple[int, int]:
    """product.md: kept / (kept + overdue), by the last date; let go is out."""
    kept = overdue = 0
    for promise in promises:
        if not date(2026, 3, 1) <= promise.due <= date(2026, 3, 31):
            continue
        local = now.astimezone(ZoneInfo(ZONES[promise.by])).date()
        kept += promise.state.value == "kept"
        overdue += promise.state.value == "open" and promise.due < local
    return kept, kept + overdue


@given(histories(), st.randoms(use_true_random=False))
def test_kept_of_kept_and_overdue_whatever_the_order_of_the_rows(
    history: tuple[tuple[Promise, ...], datetime], chance
):
    promises, now = history
    rows = [row for promise in promises for row in evidence_of(promise)]
    rows += [row for row in rows if chance.random() < 0.3]
    chance.shuffle(rows)
    found = word_kept(given_words(rows, ZONES), MARCH, now, BERLIN)
    assert found == by_hand(promises, now)


@given(histories())
def test_keeping_one_never_lowers_the_rate(
    history: tuple[tuple[Promise, ...], datetime],
):
    promises, now = history
    for n, promise in enumerate(promises):
        if not promise.is_open:
            continue
        after = (
            *promises[:n],
            keep(promise, PEOPLE[promise.by], now),
            *promises[n + 1 :],
        )
        counts = []
        for told in (promises, after):
            rows = [row for one in told for row in evidence_of(one)]
            counts.append(word_kept(given_words(rows, ZONES), MARCH, now, BERLIN))
        (kept, of), (more, more_of) = counts
        assert more * of >= kept * more_of
        assert more >= kept


def test_a_report_counts_a_promise_in_the_month_of_its_date_on_the_calendar():
    # The last of March in Auckland begins and ends a day early, seen from Berlin.
    series = a_series()
    last = date(2026, 3, 31)
    one, next_month = made(1, IDA, last), made(2, LEYLA, last + DAY)
    rows = tuple(row for p in (one, next_month) for row in evidence_of(p))
    record = Record(PAIR, (series,), rows, zones=ZONES)
    over = datetime(2026, 3, 31, 11, tzinfo=UTC)  # midnight in Auckland
    told = record.report(MARCH, over - timedelta(seconds=1))
    assert told.rates.promises_kept == Rate(0, 0)
    assert record.report(MARCH, over).rates.promises_kept == Rate(0, 1)


def test_an_owner_who_was_erased_still_counts():
    rows: list[Evidence] = [
        replace(row, by=None)
        for row in evidence_of(keep(made(1, IDA, date(2026, 3, 9)), IDA, NOW))
    ]
    assert word_kept(given_words(rows, {}), MARCH, NOW, BERLIN) == (1, 1)
