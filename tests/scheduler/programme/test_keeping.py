"""A programme planned once more: nobody double-booked, nobody moved needlessly."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta

import pytest

from scheduler.availability import Availability
from scheduler.cadence import MONTHLY, WEEKLY
from scheduler.people import Hours, Role
from scheduler.programme.earlier import Earlier
from scheduler.programme.keeping import keep_programme
from scheduler.programme.wanted import Change, Kept, Outcome, Wanted, Without
from scheduler.programme.whole import plan_programme
from scheduler.slots import PlanRequest, Slot
from scheduler.timespan import Span, Spans
from tests.scheduler.programme.test_whole import (
    FIRST,
    clear,
    faults,
    meetings,
    people,
    programme,
    slots,
)

WEEK = timedelta(weeks=1)
NOTHING = Hours.parse("Mon 03:00-03:15")


def earlier(wanted: Sequence[Wanted], outcome: Outcome) -> list[Earlier | None]:
    return [
        Earlier(
            pair.request.cadence,
            pair.request.minutes,
            pair.request.first,
            pair.request.turns,
            got.slot,
            frozenset(got.not_clear),
            got.why,
        )
        for pair, got in zip(wanted, outcome.pairs, strict=True)
    ]


def changed(wanted: Sequence[Wanted], who: str, hours: Hours) -> list[Wanted]:
    """The same programme, in which one person has other hours."""
    found = []
    for pair in wanted:
        request = pair.request
        if pair.mentor == who:
            request = replace(request, mentor=replace(request.mentor, hours=hours))
        if pair.mentee == who:
            request = replace(request, mentee=replace(request.mentee, hours=hours))
        found.append(replace(pair, request=request))
    return found


def reachable(wanted: Sequence[Wanted], who: str) -> set[int]:
    """The pairs that a chain of shared people leads to."""
    known = {who}
    while True:
        pairs = {n for n, p in enumerate(wanted) if known & {p.mentor, p.mentee}}
        wider = known | {x for n in pairs for x in (wanted[n].mentor, wanted[n].mentee)}
        if wider == known:
            return pairs
        known = wider


@pytest.mark.parametrize("seed", range(4))
def test_nothing_changed_and_nothing_moves(seed: int) -> None:
    wanted = programme(seed)
    before = plan_programme(wanted)
    kept = keep_programme(wanted, earlier(wanted, before))
    assert kept.outcome.pairs == before.pairs
    assert kept.count(Change.KEPT) == before.placed
    assert set(kept.changes) <= {Change.KEPT, None}
    assert kept.outcome.most >= before.placed
    assert kept.outcome.bound >= before.score


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_change_touches_its_neighbourhood_alone(seed: int) -> None:
    wanted = programme(seed, 60)
    before = plan_programme(wanted)
    who = next(p.mentor for p, g in zip(wanted, before.pairs, strict=True) if g.slot)
    now = changed(wanted, who, Hours.parse("Thu 08:00-20:00, Sat 08:00-12:00"))
    kept = keep_programme(now, earlier(wanted, before))
    assert faults(now, kept.outcome) == []
    near = reachable(wanted, who)
    for n, (old, new) in enumerate(zip(before.pairs, kept.outcome.pairs, strict=True)):
        if n not in near:
            assert old == new
        if new.slot:
            assert new.clear == clear(now[n], new.slot) > 0
    their_own = sum(who in (pair.mentor, pair.mentee) for pair in wanted)
    assert kept.count(Change.MOVED) <= their_own


@pytest.mark.parametrize("seed", range(4))
def test_the_meetings_that_are_not_clear_are_told(seed: int) -> None:
    wanted = programme(seed)
    for pair, got in zip(wanted, plan_programme(wanted).pairs, strict=True):
        if got.slot:
            assert set(got.not_clear) == not_clear(pair, got.slot)
            assert len(got.not_clear) == pair.request.turns - got.clear
        else:
            assert got.not_clear == ()


def not_clear(pair: Wanted, slot: Slot) -> set[int]:
    request = pair.request
    return {
        k
        for k, span in enumerate(meetings(pair, slot))
        if not (
            request.dates(slot.anchor).covers(span)
            and all(
                one.in_hours(span) and not one.is_busy(span)
                for one in (request.mentor, request.mentee)
            )
        )
    }


def small(rng: random.Random) -> list[Wanted]:
    """Five people in Berlin with little time, in four pairs that hang together."""
    hours = ["Tue 09:00-11:00", "Tue 09:30-11:30, Wed 09:00-10:00", "Tue 09:00-10:30"]
    berlin = [
        replace(one, zone="Europe/Berlin", horizon=None)
        for one in people(rng, 5, hours)
    ]
    return [
        Wanted(
            str(mentor),
            str(mentee),
            PlanRequest(berlin[mentor], berlin[mentee], WEEKLY, 45, FIRST, count=8),
        )
        for mentor, mentee in ((0, 2), (0, 3), (1, 3), (1, 4))
    ]


Rank = tuple[int, int, int]


def best(
    wanted: list[Wanted], good: list[Slot | None], worse: list[Slot | None]
) -> Rank:
    """Most pairs placed, then most of the good slots kept, then most score.

    A slot that is worse than it was counts as if nothing were uncomfortable in it.
    """
    options = [
        [(slot, score, meetings(pair, slot)) for slot, score in slots(pair)]
        for pair in wanted
    ]

    def goes(one: tuple[int, list[Span]], other: tuple[int, list[Span]]) -> bool:
        (n, spans), (m, spans_) = one, other
        people_ = {wanted[n].mentor, wanted[n].mentee}
        if not people_ & {wanted[m].mentor, wanted[m].mentee}:
            return True
        return not any(a.overlaps(b) for a in spans for b in spans_)

    def ranks(n: int, had: list[tuple[int, list[Span]]], rank: Rank) -> Iterator[Rank]:
        if n == len(wanted):
            yield rank
            return
        yield from ranks(n + 1, had, rank)
        for slot, score, spans in options[n]:
            if all(goes((n, spans), one) for one in had):
                stays = good[n] == slot
                points = eased(score) if worse[n] == slot else score
                more = rank[0] + 1, rank[1] + stays, rank[2] + points
                yield from ranks(n + 1, [*had, (n, spans)], more)

    return max(ranks(0, [], (0, 0, 0)))


def eased(score: int) -> int:
    """A thousand for each clear meeting, and one more."""
    return -(-score // 1000) * 1000 + 1


def reached(kept: Kept, good: list[Slot | None], worse: list[Slot | None]) -> Rank:
    placed = [
        (got.score, got.slot == slot, got.slot == other)
        for got, slot, other in zip(kept.outcome.pairs, good, worse, strict=True)
        if got.slot
    ]
    points = (eased(score) if habit else score for score, _, habit in placed)
    return len(placed), sum(stays for _, stays, _ in placed), sum(points)


@pytest.mark.parametrize("seed", range(12))
def test_as_few_move_as_in_the_best_of_all_assignments(seed: int) -> None:
    """One person has other hours, or a pair is new: checked against every answer."""
    rng = random.Random(seed)  # noqa: S311 - made up, and the same each time
    wanted = small(rng)
    new = rng.choice([None, 0, 1, 2, 3])
    first = [pair for n, pair in enumerate(wanted) if n != new]
    before: list[Earlier | None] = earlier(first, plan_programme(first))
    if new is not None:
        before.insert(new, None)
    else:
        times = rng.choice(["Tue 09:00-10:00", "Wed 09:00-11:00, Tue 09:45-11:00"])
        wanted = changed(wanted, rng.choice("01234"), Hours.parse(times))
    good = [
        plan.slot
        if plan and plan.slot and not_clear(pair, plan.slot) <= plan.not_clear
        else None
        for pair, plan in zip(wanted, before, strict=True)
    ]
    worse = [
        plan.slot if plan and plan.slot and not slot else None
        for plan, slot in zip(before, good, strict=True)
    ]
    kept = keep_programme(wanted, before)
    assert faults(wanted, kept.outcome) == []
    waited = any(plan and plan.why is Without.ALL_TAKEN for plan in before)
    if not waited:
        assert reached(kept, good, worse) == best(wanted, good, worse)


def an_hour(text: str) -> Availability:
    return Availability("Europe/Berlin", Hours.parse(text))


def two_of_one_mentor() -> tuple[list[Wanted], list[Earlier | None]]:
    """Both were placed on a Tuesday; the mentor has an hour on Wednesdays since."""
    mentor, mentee = an_hour("Tue 09:00-11:00"), an_hour("Mon-Fri 08:00-18:00")
    request = PlanRequest(mentor, mentee, WEEKLY, 60, FIRST, count=8)
    wanted = [Wanted("m", one, request) for one in ("one", "two")]
    before = earlier(wanted, plan_programme(wanted))
    more = Hours.parse("Tue 09:00-11:00, Wed 09:00-10:00")
    return changed(wanted, "m", more), before


def test_one_moves_for_a_new_pair_that_has_no_other_time() -> None:
    wanted, before = two_of_one_mentor()
    early = replace(wanted[0].request, mentee=an_hour("Tue 09:00-10:00"))
    now = [*wanted, Wanted("m", "three", early)]
    kept = keep_programme(now, [*before, None])
    assert kept.outcome.placed == 3
    assert sorted(map(str, kept.changes)) == ["kept", "moved", "new"]
    assert faults(now, kept.outcome) == []


def test_a_limit_that_was_lowered_moves_one_alone() -> None:
    wanted, before = two_of_one_mentor()
    kept = keep_programme([replace(pair, max_day=1) for pair in wanted], before)
    assert sorted(map(str, kept.changes)) == ["kept", "moved"]
    kept = keep_programme([replace(pair, max_week=1) for pair in wanted], before)
    assert sorted(map(str, kept.changes)) == ["kept", "lost"]


def test_a_gap_that_is_new_moves_one_alone() -> None:
    wanted, before = two_of_one_mentor()
    gaps = [replace(p, request=replace(p.request, gap=30)) for p in wanted]
    kept = keep_programme(gaps, before)
    assert kept.count(Change.KEPT) == kept.count(Change.MOVED) == 1
    assert faults(gaps, kept.outcome) == []


def test_nobody_moves_for_one_whose_time_others_had_before() -> None:
    wanted, before = two_of_one_mentor()
    early = replace(wanted[0].request, mentee=an_hour("Tue 09:00-10:00"))
    nothing = Earlier(WEEKLY, 60, FIRST, 8, None, frozenset())
    now = [*wanted, Wanted("m", "three", early)]
    waiting = replace(nothing, why=Without.ALL_TAKEN)
    kept = keep_programme(now, [*before, waiting])
    assert kept.changes == (Change.KEPT, Change.KEPT, None)
    could_not = replace(nothing, why=Without.NEVER_CLEAR)
    kept = keep_programme(now, [*before, could_not])
    assert kept.count(Change.MOVED) == kept.count(Change.NEW) == 1


def test_what_was_asked_otherwise_is_new() -> None:
    wanted, before = two_of_one_mentor()
    for other in (
        {"first": FIRST + timedelta(days=7)},
        {"count": 9},
        {"minutes": 45},
        {"cadence": MONTHLY, "count": 2},
    ):
        asked = [replace(p, request=replace(p.request, **other)) for p in wanted]
        kept = keep_programme(asked, before)
        assert kept.changes == (Change.NEW, Change.NEW)


def test_one_who_can_meet_no_more_has_lost_it_and_the_rest_stays() -> None:
    wanted, before = two_of_one_mentor()
    kept = keep_programme(changed(wanted, "two", NOTHING), before)
    assert kept.changes == (Change.KEPT, Change.LOST)
    assert kept.outcome.pairs[1].why is not None


def test_a_slot_on_the_mentees_clock_stays_though_another_is_as_good() -> None:
    """Both clocks are tried now; the earlier plan was asked for the mentee's."""
    kolkata = Availability("Asia/Kolkata", Hours.parse("Mon-Fri 09:00-20:00"))
    berlin = Availability("Europe/Berlin", Hours.parse("Mon-Fri 08:00-18:00"))
    request = PlanRequest(berlin, kolkata, WEEKLY, 60, FIRST, count=12)
    mine = replace(request, anchor=Role.MENTEE)
    before = plan_programme([Wanted("m", "one", mine)])
    plans = earlier([Wanted("m", "one", mine)], before)
    new = Wanted("m", "two", request)
    kept = keep_programme([Wanted("m", "one", request), new], [*plans, None])
    assert kept.changes == (Change.KEPT, Change.NEW)
    assert kept.outcome.pairs[0].slot == before.pairs[0].slot
    theirs = replace(request, anchor=Role.MENTOR)
    kept = keep_programme([Wanted("m", "one", theirs)], plans)
    assert kept.changes == (Change.MOVED,)


def test_what_a_pattern_cannot_see_moves_nobody() -> None:
    """On a week's pattern spring and autumn clash, and the new pair with autumn."""
    mentor = an_hour("Tue 09:00-11:00")
    times = ("Tue 09:00-10:00", 0), ("Tue 09:30-10:30", 20), ("Tue 10:00-11:00", 20)
    wanted = [
        Wanted(
            "m",
            hours,
            PlanRequest(
                mentor, an_hour(hours), WEEKLY, 60, FIRST + weeks * WEEK, count=8
            ),
        )
        for hours, weeks in times
    ]
    before = earlier(wanted[:2], plan_programme(wanted[:2]))
    kept = keep_programme(wanted, [*before, None])
    assert kept.changes == (Change.KEPT, Change.KEPT, None)


def test_a_series_goes_back_where_the_pattern_moved_it_for_nothing() -> None:
    """Spring and autumn clash on the pattern alone; a third one has to move."""
    mentor = an_hour("Tue 09:00-11:30")
    times = [
        ("Tue 09:00-10:00", 0),
        ("Tue 09:30-10:30, Wed 09:00-10:00", 20),
        ("Tue 10:30-11:30, Thu 09:00-10:00", 0),
        ("Tue 10:30-11:30", 0),
    ]
    asked = [
        PlanRequest(mentor, an_hour(hours), WEEKLY, 60, FIRST + weeks * WEEK, count=8)
        for hours, weeks in times
    ]
    wanted = [Wanted("m", str(n), request) for n, request in enumerate(asked)]
    before = earlier(wanted[:3], plan_programme(wanted[:3]))
    more = Hours.parse("Tue 09:00-11:30, Wed 09:00-10:00, Thu 09:00-10:00")
    kept = keep_programme(changed(wanted, "m", more), [*before, None])
    assert kept.changes == (Change.KEPT, Change.KEPT, Change.MOVED, Change.NEW)


def test_comfort_alone_moves_nobody() -> None:
    """On one day they could not meet at all; 09:15 is as good, and in the middle."""
    mentor, mentee = an_hour("Tue 08:00-11:00"), an_hour("Tue 09:00-09:30")
    request = PlanRequest(mentor, mentee, WEEKLY, 30, FIRST, count=8)
    first = [Wanted("m", "one", request)]
    before = earlier(first, plan_programme(first))
    slot = before[0].slot if before[0] else None
    assert slot
    start = slot.start(3, WEEKLY) - timedelta(hours=1)
    busy = Spans.of([Span(start, start + timedelta(hours=3))])
    now = replace(request, mentee=replace(an_hour("Tue 08:00-11:00"), busy=busy))
    best_now = plan_programme([Wanted("m", "one", now)]).pairs[0]
    assert best_now.slot != slot and best_now.clear == 7
    kept = keep_programme([Wanted("m", "one", now)], before)
    assert kept.changes == (Change.KEPT,)
    assert kept.outcome.pairs[0].clear == 7


def test_one_meeting_that_is_clear_no_more_gives_the_slot_up() -> None:
    wanted, before = two_of_one_mentor()
    slot = before[0].slot if before[0] else None
    assert slot
    start = slot.start(3, WEEKLY)
    busy = Spans.of([Span(start, start + slot.length)])
    away = replace(wanted[0].request.mentee, busy=busy)
    now = replace(wanted[0], request=replace(wanted[0].request, mentee=away))
    kept = keep_programme([now, wanted[1]], before)
    assert kept.changes == (Change.MOVED, Change.KEPT)
    known = before[0]
    assert known
    same = replace(known, not_clear=frozenset([3]))
    kept = keep_programme([now, wanted[1]], [same, before[1]])
    assert kept.changes == (Change.KEPT, Change.KEPT)
    assert kept.outcome.pairs[0].not_clear == (3,)
