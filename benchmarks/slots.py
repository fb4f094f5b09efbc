"""The slot search: one pair, all pairs of a programme, and the bit sets of a person."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from benchmarks.calendars import draw
from benchmarks.measure import (
    Plan,
    Row,
    Timed,
    against,
    agree,
    installed,
    say,
    timed,
    turns,
    within,
)
from benchmarks.pairs import Pair, someone, spread
from benchmarks.peers.counting import Loop, Portion, Solver
from benchmarks.peers.reading import has
from scheduler.availability import Availability
from scheduler.candidates import Both, Clock
from scheduler.grid import Bitmap, Grid
from scheduler.people import Role
from scheduler.search import search
from scheduler.slots import PlanResult, Status
from scheduler.timespan import Spans

PAIRS, PEOPLE, SPANS = 100_000, 800, 1_000


def versions() -> Iterator[str]:
    """Of all that is measured here."""
    yield from installed("portion", "ortools")


def run(plan: Plan) -> Iterator[Row]:
    """One pair, very many, and what has to be made once for each person."""
    pair = Pair(someone(0), someone(1))
    yield from one_pair(pair, plan.rounds)
    yield many_pairs(300 if plan.is_small else PAIRS, 20 if plan.is_small else PEOPLE)
    yield bitmap(pair, plan.rounds)
    yield whole(pair, plan.rounds)


def counts(both: Both) -> Sequence[int]:
    """How many of the meetings of each slot are clear, given both bit sets."""
    return Clock(both, Role.MENTOR, both.clear()).counts


def one_pair(pair: Pair, rounds: int) -> Iterator[Row]:
    """The count at all 672 slots of a week; everybody's data lies ready."""
    say("one pair")
    both, loop = Both.of(pair.request), Loop(pair)
    racing = list(_peers(pair, loop, counts(both)))
    mine, *theirs = turns(
        rounds,
        timed(lambda: counts(both), 200),
        *(once for _, once, _ in racing if once),
    )
    what = f"one pair, {pair.weeks} weeks of 672 slots, both bit sets given"
    yield within(what, mine, 50e-6)
    took = iter(theirs)
    for name, once, times in racing:
        yield against("the same", mine, name, next(took) if once else None, times)


def _peers(
    pair: Pair, loop: Loop, found: Sequence[int]
) -> Iterator[tuple[str, Timed | None, float]]:
    """The other ways, each after it has counted the same."""
    agree("one pair with bisect", list(found), loop.counts())
    yield "a loop with bisect", timed(loop.counts), 500
    yield "portion", _timed("portion", lambda: _portion(pair, found)), 0
    yield "CP-SAT", _timed("ortools", lambda: _solver(pair, loop, found)), 0


def _timed(module: str, ready: Callable[[], Callable[[], object]]) -> Timed | None:
    return timed(ready()) if has(module) else None


def _portion(pair: Pair, found: Sequence[int]) -> Callable[[], object]:
    peer = Portion(pair)
    agree("one pair with portion", list(found), peer.counts())
    return peer.counts


def _solver(pair: Pair, loop: Loop, found: Sequence[int]) -> Callable[[], object]:
    peer = Solver(pair, loop)
    agree("one pair with CP-SAT", max(found), peer.most())
    return peer.most


def many_pairs(pairs: int, people: int) -> Row:
    """Pairs among people whose bit sets are made once; twenty are counted again."""
    say(f"{pairs:,} pairs")
    known = [someone(number) for number in range(people)]
    who = [_two(number, people) for number in range(pairs)]
    request = Pair(known[0], known[1]).request
    grid = Grid.of(request)
    bitmaps = [Bitmap.of(one.availability, grid) for one in known]
    # Of a request the count reads its dates, its length and the mentor's zone.
    asked = [Pair(known[n], known[n]).request for n in range(min(people, 4))]
    both = [Both(asked[a % 4], bitmaps[a], bitmaps[b]) for a, b in who]
    for number in range(0, pairs, max(1, pairs // 20)):
        a, b = who[number]
        again = Loop(Pair(known[a], known[b])).counts()
        agree("a pair among many", list(counts(both[number])), again)
    (took,) = turns(1, timed(lambda: [max(counts(one)) for one in both]))
    work = f"{pairs:,} pairs of {people} people, bit sets given"
    return within(work, took, 5 * pairs / PAIRS)


def _two(number: int, people: int) -> tuple[int, int]:
    one = draw(people, "one", number)
    return one, (one + 1 + draw(people - 1, "other", number)) % people


def bitmap(pair: Pair, rounds: int) -> Row:
    """A person's hours and 1,000 stretches of busy time as bit sets."""
    request = pair.request
    grid, spans = Grid.of(request), spread(SPANS)
    one = Availability(request.mentor.zone, request.mentor.hours, spans)
    agree("bit sets", Bitmap.of(one, grid).busy, _touched(spans, grid))
    (took,) = turns(rounds, timed(lambda: Bitmap.of(one, grid), 20))
    return within(f"the bit sets of a person with {SPANS:,} spans", took, 0.0005)


def _touched(spans: Spans, grid: Grid) -> int:
    """The cells that each span lies in, one by one."""
    begin, found = grid.start.timestamp(), 0
    for span in spans:
        cell = int((span.start.timestamp() - begin) // grid.step)
        while begin + cell * grid.step < span.end.timestamp():
            if 0 <= cell < grid.cells:
                found |= 1 << cell
            cell += 1
    return found


def whole(pair: Pair, rounds: int) -> Row:
    """Bit sets, ranking, placing and reasons as well; the peer only counts."""
    request, loop = pair.request, Loop(pair)
    compare(search(request), loop)
    mine, theirs = turns(rounds, timed(lambda: search(request), 5), timed(loop.counts))
    work = "the whole search: bit sets, count, comfort, moves, reasons"
    return against(work, mine, "a loop with bisect, which counts only", theirs)


def compare(result: PlanResult, loop: Loop) -> None:
    """End where the search and the loop do not agree on the fewest unclear."""
    counted = loop.counts()
    best = result.best
    if best is None:
        raise SystemExit("slots: no slot at all")
    ahead = (best.slot.first - loop.first).days
    slot = 96 * ahead + best.slot.time.hour * 4 + best.slot.time.minute // 15
    clear = sum(meeting.status is Status.CLEAR for meeting in best.meetings)
    agree("the fewest meetings not clear", clear, max(counted))
    agree("the best slot", counted[slot], clear)
