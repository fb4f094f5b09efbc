"""The slot search against its oracle."""

from collections.abc import Callable
from datetime import datetime

import pytest

from scheduler.candidates import Both
from scheduler.people import Role
from scheduler.scores import candidate_scores
from scheduler.search import search
from scheduler.slots import Plan, Status
from tests.scheduler.plan_cases import YEARLONG, case, odd_case, request
from tests.scheduler.plan_oracle import Case, Oracle, SlotAnswer

PAIRS = 500
ROUNDS = 50


def stamp(when: datetime | None) -> int | None:
    return None if when is None else int(when.timestamp())


def the_same(plan: Plan, answer: SlotAnswer) -> None:
    slot = plan.slot
    minute = 60 * slot.time.hour + slot.time.minute
    assert (list(type(slot.anchor)).index(slot.anchor), slot.first, minute) == (
        answer.anchor,
        answer.first,
        answer.minute,
    )
    assert slot.week == answer.week
    assert [stamp(m.original_start) for m in plan.meetings] == answer.originals
    assert [stamp(m.start) for m in plan.meetings] == answer.placed


def check(pair: Case) -> None:
    oracle, found = Oracle(pair), search(request(pair, top=0))
    answer = oracle.best()
    assert found.periods == oracle.turns
    assert (found.best is None) is (answer is None)
    if not found.best or not answer:
        return
    the_same(found.best, answer)
    for meeting in found.best.meetings:
        original = stamp(meeting.original_start)
        assert list(meeting.why) == oracle.why(answer.anchor, original)
        assert bool(meeting.why) is (meeting.status is not Status.CLEAR)


@pytest.mark.slow
@pytest.mark.parametrize("round_", range(1, ROUNDS))
def test_every_best_slot_equals_the_oracle(round_: int) -> None:
    for seed in range(round_, PAIRS, ROUNDS):
        check(case(seed))


@pytest.mark.parametrize("round_", [0])
def test_the_best_slot_and_every_meeting_equal_the_oracle(round_: int) -> None:
    for seed in range(round_, PAIRS, ROUNDS):
        check(case(seed))


@pytest.mark.slow
@pytest.mark.parametrize("round_", range(1, ROUNDS))
def test_every_odd_one_equals_the_oracle(round_: int) -> None:
    for seed in range(round_, PAIRS, ROUNDS):
        check(odd_case(seed))


@pytest.mark.slow
@pytest.mark.parametrize("round_", [0])
def test_odd_lengths_gaps_and_hours_equal_the_oracle(round_: int) -> None:
    for seed in range(round_, PAIRS, ROUNDS):
        check(odd_case(seed))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2, PAIRS, 29))
def test_every_score_equals_the_oracle(seed: int) -> None:
    for made_up in (case, odd_case):
        scores_are_the_same(made_up(seed))


@pytest.mark.parametrize("made_up", [case, odd_case])
@pytest.mark.parametrize("seed", [60, 118, 321])
def test_every_slot_scores_as_the_oracle_says(
    seed: int, made_up: Callable[[int], Case]
) -> None:
    scores_are_the_same(made_up(seed))


def scores_are_the_same(pair: Case) -> None:
    oracle, found = Oracle(pair), candidate_scores(Both.of(request(pair)))
    scores = {list(Role).index(one.anchor): one for one in found}
    for answer in oracle.slots():
        its = scores[answer.anchor]
        row = oracle.firsts().index((answer.first, answer.week))
        column = 96 * row + answer.minute // 15
        slot = its.slot(column)
        assert (slot.first, slot.week) == (answer.first, answer.week)
        assert 60 * slot.time.hour + slot.time.minute == answer.minute
        assert list(its.originals(column)) == answer.originals
        assert its.turns - its.clear[column] == oracle.unclear(answer)
        assert its.discomfort[column] == 60 * oracle.discomfort(answer)


@pytest.mark.slow
@pytest.mark.parametrize("seed", [3, 6, 9, 26])
def test_a_year_equals_the_oracle(seed: int) -> None:
    check(case(seed, YEARLONG))
    check(odd_case(seed, YEARLONG))


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, PAIRS, 61))
def test_the_alternatives_equal_the_oracle(seed: int) -> None:
    answers = Oracle(case(seed)).ranked(top=20)
    found = search(request(case(seed), top=20))
    plans = [plan for plan in (found.best, *found.alternatives) if plan]
    assert len(plans) == len(answers)
    for plan, answer in zip(plans, answers, strict=True):
        the_same(plan, answer)
