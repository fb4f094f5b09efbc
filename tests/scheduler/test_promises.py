"""Promises: who may do what with one, which date stands, and what is on record."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scheduler.errors import Refused
from scheduler.evidence import EvidenceKind, in_order
from scheduler.ids import PairId, PersonId, ProgrammeId
from scheduler.people import Person
from scheduler.promises import (
    MOST_CHARACTERS,
    Promise,
    PromiseState,
    evidence_of,
    leading,
    remind,
    shown,
)
from scheduler.promising import Said, keep, move, promised, release, undo

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRIDAY = date(2026, 3, 6)
PROGRAMME, PAIR = ProgrammeId("g"), PairId("p")


def person(name: str, zone: str) -> Person:
    return Person(PersonId(name), PROGRAMME, name, f"{name}@example.org", zone)


IDA = person("ida", "Europe/Berlin")
LEYLA = person("leyla", "America/New_York")
ZONES = {IDA.id: IDA.zone, LEYLA.id: LEYLA.zone}


def made(text: str = "send the list", day: date = FRIDAY, now: datetime = NOW):
    return promised((), Said(text, day), pair=PAIR, owner=LEYLA, now=now)


def code(refused: pytest.ExceptionInfo[Refused]) -> str:
    return refused.value.code


class TestMakingOne:
    def test_keeps_the_words_on_one_line(self):
        assert made(" send\n the  list ").text == "send the list"

    @pytest.mark.parametrize("text", ["", " \n", "x" * (MOST_CHARACTERS + 1)])
    def test_refuses_no_words_and_too_many(self, text: str):
        with pytest.raises(Refused) as refused:
            made(text)
        assert (code(refused), refused.value.field) == ("E_PROMISE", "promise")

    def test_takes_today_where_its_owner_lives_and_no_day_before(self):
        # 03:00 UTC on the second is still the first in New York.
        night = datetime(2026, 3, 2, 3, tzinfo=UTC)
        assert made(day=date(2026, 3, 1), now=night).due == date(2026, 3, 1)
        with pytest.raises(Refused) as refused:
            made(day=date(2026, 2, 28), now=night)
        assert (code(refused), refused.value.field) == ("E_PROMISE_DATE", "by")

    def test_refuses_a_day_out_of_reach(self):
        with pytest.raises(Refused):
            made(day=date(2029, 1, 1))

    def test_is_once_for_the_same_words_while_it_is_open(self):
        one = made()
        said = Said("Send the LIST", FRIDAY)
        again = promised([one], said, pair=PAIR, owner=LEYLA, now=NOW + HOUR)
        assert again is one

    def test_says_so_when_the_same_words_have_another_day(self):
        one = made()
        said = Said("send the list", FRIDAY + DAY)
        with pytest.raises(Refused) as refused:
            promised([one], said, pair=PAIR, owner=LEYLA, now=NOW)
        assert code(refused) == "E_PROMISED"

    def test_is_another_one_when_the_first_was_kept_or_is_the_partners(self):
        one = keep(made(), LEYLA, NOW)
        said = Said("send the list", FRIDAY)
        again = promised([one], said, pair=PAIR, owner=LEYLA, now=NOW)
        idas = promised([one, again], said, pair=PAIR, owner=IDA, now=NOW)
        assert len({one.id, again.id, idas.id}) == 3


class TestItsDate:
    @pytest.mark.parametrize(
        ("zone", "over"),
        [
            ("Pacific/Kiritimati", datetime(2026, 3, 6, 10, tzinfo=UTC)),
            ("Europe/Berlin", datetime(2026, 3, 6, 23, tzinfo=UTC)),
            ("America/New_York", datetime(2026, 3, 7, 5, tzinfo=UTC)),
            ("Pacific/Pago_Pago", datetime(2026, 3, 7, 11, tzinfo=UTC)),
        ],
    )
    def test_is_over_when_its_day_is_over_there(self, zone: str, over: datetime):
        one = made()
        assert not one.is_overdue(over - timedelta(seconds=1), zone)
        assert one.is_overdue(over, zone)

    def test_can_be_set_anew_and_both_dates_are_seen(self):
        late = datetime(2026, 3, 9, tzinfo=UTC)
        one = move(made(), LEYLA, date(2026, 3, 10), late)
        assert one.dates == (FRIDAY, date(2026, 3, 10))
        assert one.state is PromiseState.OPEN
        assert not one.is_overdue(late, LEYLA.zone)

    def test_cannot_be_set_to_a_day_that_is_over(self):
        late = datetime(2026, 3, 9, tzinfo=UTC)
        for day in (FRIDAY, FRIDAY - DAY):
            with pytest.raises(Refused) as refused:
                move(made(), LEYLA, day, late)
            assert code(refused) == "E_PROMISE_DATE"

    def test_set_to_the_day_it_has_changes_nothing(self):
        one = made()
        assert move(one, LEYLA, FRIDAY, NOW) is one


class TestWhoMayDoWhat:
    def test_only_its_owner_keeps_it_or_moves_it(self):
        one = made()
        assert keep(one, LEYLA, NOW).state is PromiseState.KEPT
        for act in (
            lambda: keep(one, IDA, NOW),
            lambda: move(one, IDA, FRIDAY + DAY, NOW),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert code(refused) == "E_PROMISE_OWNER"

    def test_only_the_partner_lets_it_go(self):
        one = made()
        assert release(one, IDA, NOW).state is PromiseState.RELEASED
        with pytest.raises(Refused) as refused:
            release(one, LEYLA, NOW)
        assert code(refused) == "E_PROMISE_PARTNER"

    def test_twice_is_once(self):
        kept = keep(made(), LEYLA, NOW)
        gone = release(made(), IDA, NOW)
        assert keep(kept, LEYLA, NOW + HOUR) is kept
        assert release(gone, IDA, NOW + HOUR) is gone

    def test_what_has_ended_stays_so(self):
        kept = keep(made(), LEYLA, NOW)
        gone = release(made(), IDA, NOW)
        for act in (
            lambda: release(kept, IDA, NOW),
            lambda: move(kept, LEYLA, FRIDAY + DAY, NOW),
            lambda: keep(gone, LEYLA, NOW),
        ):
            with pytest.raises(Refused) as refused:
                act()
            assert code(refused) == "E_PROMISE_OVER"

    def test_late_is_kept_too(self):
        year = keep(made(), LEYLA, NOW + 365 * DAY)
        assert year.state is PromiseState.KEPT
        assert not year.is_overdue(NOW + 366 * DAY, LEYLA.zone)


class TestUndoing:
    def test_brings_back_what_stood_before(self):
        one = made()
        for turned, who in (
            (keep(one, LEYLA, NOW), LEYLA),
            (move(one, LEYLA, FRIDAY + DAY, NOW), LEYLA),
            (release(one, IDA, NOW), IDA),
        ):
            back = undo(turned, who, NOW + HOUR)
            assert (back.state, back.due) == (PromiseState.OPEN, FRIDAY)
            assert back.dates == (FRIDAY,)
            assert undo(back, who, NOW + HOUR) is back

    def test_takes_back_one_that_was_just_made(self):
        back = undo(made(), LEYLA, NOW + HOUR)
        assert back.was_taken_back
        assert shown([back]) == ()

    def test_is_for_whoever_did_it_and_for_a_day(self):
        kept = keep(made(), LEYLA, NOW)
        for who, now in ((IDA, NOW + HOUR), (LEYLA, NOW + DAY)):
            with pytest.raises(Refused) as refused:
                undo(kept, who, now)
            assert code(refused) == "E_UNDO"

    def test_a_date_that_was_reminded_stays_reminded(self):
        one = remind(made(), NOW + 5 * DAY)
        moved = move(one, LEYLA, date(2026, 3, 20), NOW + 6 * DAY)
        assert not moved.was_reminded()
        assert undo(moved, LEYLA, NOW + 6 * DAY).was_reminded()


def test_open_ones_are_shown_by_date_and_before_what_has_ended():
    soon, later = made("a"), made("b", FRIDAY + DAY)
    kept = keep(made("c"), LEYLA, NOW)
    gone = release(made("d"), IDA, NOW + HOUR)
    assert shown([kept, later, gone, soon]) == (soon, later, gone, kept)


def test_overdue_for_three_days_it_leads_the_next_agenda():
    over = datetime(2026, 3, 7, 5, tzinfo=UTC)  # the end of Friday in New York
    at = over + timedelta(hours=72)
    kept = keep(made("other"), LEYLA, NOW)
    assert leading([made(), kept], at, ZONES) == (made(),)
    assert leading([made()], at - timedelta(seconds=1), ZONES) == ()


# --- what is on record, over any history -------------------------------------------

acts = st.tuples(
    st.sampled_from(["keep", "move", "release", "undo"]),
    st.sampled_from([IDA, LEYLA]),
    st.integers(0, 40),
    st.integers(-3, 30),
)


def lived(steps: list[tuple[str, Person, int, int]]) -> Promise:
    """A promise after these steps, each some hours after the one before."""
    one, now = made("the one thing nobody else may read"), NOW
    for act, who, hours, days in steps:
        now += hours * HOUR
        day = now.date() + days * DAY
        try:
            match act:
                case "keep":
                    one = keep(one, who, now)
                case "move":
                    one = move(one, who, day, now)
                case "release":
                    one = release(one, who, now)
                case "undo":
                    one = undo(one, who, now)
        except Refused:
            continue
    return one


@given(st.lists(acts, max_size=12))
def test_evidence_has_a_row_for_each_turn_and_never_the_text(
    steps: list[tuple[str, Person, int, int]],
):
    one = lived(steps)
    rows = evidence_of(one)
    assert in_order(reversed(rows)) == rows
    assert [row.kind for row in rows] == [turn.kind for turn in one.turns]
    assert all(row.about == one.id and row.pair == PAIR for row in rows)
    assert "nobody else" not in repr(rows)
    days = [date.fromisoformat(row.detail) for row in rows if row.detail]
    assert days[-1] == one.due
    assert rows[0].by == one.by
    assert (rows[-1].kind is EvidenceKind.PROMISE_KEPT) == (
        one.state is PromiseState.KEPT
    )


@given(st.lists(acts, max_size=12))
def test_only_its_owner_keeps_or_dates_it_and_only_the_partner_lets_it_go(
    steps: list[tuple[str, Person, int, int]],
):
    for turn in lived(steps).turns:
        if turn.undoes:
            continue
        released = turn.kind is EvidenceKind.PROMISE_RELEASED
        assert turn.by == (IDA.id if released else LEYLA.id)


@given(st.lists(acts, max_size=12))
def test_the_dates_are_those_that_were_not_taken_back(
    steps: list[tuple[str, Person, int, int]],
):
    one = lived(steps)
    stack: list[date] = []
    for turn in one.turns:
        if turn.undoes and len(stack) > 1:
            stack.pop()
        else:
            stack.append(turn.day)
    told = [day for n, day in enumerate(stack) if n == 0 or stack[n - 1] != day]
    assert list(one.dates) == told
    assert one.dates[-1] == one.due
