"""However often consent is given, and for whatever: what holds of the connections."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime

from hypothesis import given
from hypothesis import strategies as st

from scheduler.accounts import Account, Need
from scheduler.connections import CalendarKind, Connection, Health
from scheduler.ids import CalendarId, PersonId
from scheduler.ports.calendars import FoundCalendar
from scheduler.ports.consent import PRIMARY, Granted
from scheduler.secret import Secret
from scheduler.usecases.connect_account import (
    AccountWish,
    Books,
    account_of,
    connections,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
IDA = PersonId("ida")


@dataclass(frozen=True)
class Said:
    """One consent of one account, and what was chosen."""

    subject: str
    allowed: frozenset[Need]
    makes: bool
    books: Books
    read: tuple[str, ...]


said = st.builds(
    Said,
    st.sampled_from(["one", "two"]),
    st.frozensets(st.sampled_from(Need)).map(lambda needs: needs | {Need.READ}),
    st.booleans(),
    st.sampled_from(Books),
    st.lists(st.sampled_from([PRIMARY, "work", "choir"]), min_size=1, unique=True).map(
        tuple
    ),
)
password = st.booleans().map(
    lambda written: (
        Connection(
            CalendarId("dav"),
            IDA,
            CalendarKind.CALDAV,
            Secret("https://dav.test/"),
            written=written,
        ),
    )
)
elsewhere = st.just(()) | password


def wish_of(one: Said) -> AccountWish:
    granted = Granted(
        one.subject,
        f"{one.subject}@gmail.test",
        Secret("refresh"),
        Secret("access"),
        NOW,
        one.allowed,
        one.makes,
    )
    read = tuple(FoundCalendar(url, url.title(), writable=True) for url in one.read)
    return AccountWish(granted, read, one.books)


def account(one: Said, known: dict[str, str]) -> Account:
    """As the use case has it: a calendar of our own is made once, where it may be."""
    if one.books is Books.OWN and one.makes:
        known.setdefault(one.subject, f"own-{one.subject}")
    return account_of(IDA, wish_of(one).granted, known.get(one.subject, ""))


def after(
    before: tuple[Connection, ...], one: Said, its: Account
) -> tuple[Connection, ...]:
    made = connections(its, wish_of(one), "Hafen", before, anew=False)
    others = tuple(c for c in before if c.id not in {m.id for m in made})
    return (*others, *made)


@given(elsewhere, st.lists(said, min_size=1, max_size=5))
def test_at_most_one_is_written_and_at_most_one_invites(
    start: tuple[Connection, ...], consents: list[Said]
) -> None:
    now, known = start, dict[str, str]()
    for one in consents:
        its = account(one, known)
        before, now = now, after(now, one, its)
        assert sum(c.written for c in now) <= 1
        assert sum(c.invites for c in now) <= 1
        # Nothing is lost, and nothing is there twice.
        assert {c.id for c in before} <= {c.id for c in now}
        assert len({(c.account, c.url.reveal) for c in now}) == len(now)
        # Of others' nothing changes.
        rest = [c for c in before if c.account != its.id]
        assert rest == [c for c in now if c.account != its.id]
        # A repeat is nothing.
        assert set(after(now, one, its)) == set(now)


@given(elsewhere, st.lists(said, min_size=1, max_size=5))
def test_nothing_is_done_that_was_not_allowed_and_chosen(
    start: tuple[Connection, ...], consents: list[Said]
) -> None:
    now, known = start, dict[str, str]()
    for one in consents:
        its = account(one, known)
        now = after(now, one, its)
        mine = {c.url.reveal: c for c in now if c.account == its.id}
        assert set(one.read) <= mine.keys()
        for url, c in mine.items():
            if c.written:
                assert Need.WRITE in one.allowed
                place = its.own_calendar if one.books is Books.OWN else PRIMARY
                assert url == place and one.books is not Books.NOWHERE
            if c.invites:
                assert Need.INVITE in one.allowed and url == PRIMARY
                assert one.books is not Books.NOWHERE
        if Need.WRITE in one.allowed and not any(c.written for c in mine.values()):
            taken = any(c.written for c in now if c.account != its.id)
            nowhere = one.books is Books.OWN and not its.own_calendar
            assert taken or nowhere or one.books is Books.NOWHERE


@given(said, st.sampled_from(Health))
def test_what_was_refused_is_tried_again_and_what_is_good_stays(
    one: Said, health: Health
) -> None:
    its = account(one, {})
    first = after((), one, its)
    since = None if health in {Health.GOOD, Health.NEW} else NOW
    was = tuple(replace(c, health=health, failing_since=since) for c in first)
    now = after(was, one, its)
    assert {c.failing_since for c in now} == {since}
    expected = Health.GOOD if health is Health.GOOD else Health.NEW
    assert {c.health for c in now} == {Health.FAILING if since else expected}
