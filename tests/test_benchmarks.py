"""What is measured is right: each benchmark finds what its peers find, or stops."""

import json
from dataclasses import replace
from datetime import date, datetime, timedelta
from pathlib import Path
from types import ModuleType
from zoneinfo import ZoneInfo

import numpy as np
import pytest

from benchmarks import busy, command, google, programme, programmes, slots, work
from benchmarks.__main__ import BENCHMARKS, asked
from benchmarks.calendars import SIZES, made, samples
from benchmarks.entries import HOME, WINDOW, Entry, Rule, joined
from benchmarks.measure import Plan, Row, against, at_most, within
from benchmarks.pairs import FIRST, Pair, someone
from benchmarks.peers import answering, reading
from benchmarks.peers.assigning import greedy, least_choice_first
from benchmarks.peers.counting import Loop
from benchmarks.table import PAGE, filled, table
from integrations.ics.decode import decode
from scheduler.search import search

SMALL = made("small")
PAIR = Pair(someone(0), someone(1))
ICALJS = Path(answering.__file__).parent / "icaljs"


@pytest.mark.slow
@pytest.mark.parametrize("name", SIZES)
def test_a_calendar_is_always_the_same_and_says_what_was_found_day_by_day(
    name: str,
) -> None:
    sample, size = made(name), SIZES[name]
    assert sample == made(name)
    assert sample.data.count(b"BEGIN:VEVENT") == size.events
    assert sample.data.count(b"RECURRENCE-ID") == size.changes
    decoded = decode(sample.data, window=WINDOW, zone=ZoneInfo(HOME))
    assert decoded.busy_seconds(WINDOW) == sample.busy
    assert not decoded.warnings


def test_calendars_of_a_folder_are_taken_as_they_are(tmp_path: Path) -> None:
    (tmp_path / "small.ics").write_bytes(SMALL.data)
    spans = [[start, end] for start, end in reversed(SMALL.busy)]
    (tmp_path / "small.expected.json").write_text(json.dumps(spans), encoding="utf-8")
    assert samples(tmp_path) == {"small": SMALL}


@pytest.mark.parametrize(
    ("rule", "dates"),
    [
        (Rule("DAILY", interval=3, count=3), [1, 4, 7]),
        (Rule("WEEKLY", weekdays=((0, 1), (0, 3)), count=4), [1, 3, 8, 10]),
        (Rule("WEEKLY", interval=2, count=2), [1, 15]),
        (Rule("DAILY", until=datetime(2026, 9, 3, 9)), [1, 2, 3]),
        (Rule("MONTHLY", monthday=30), [30]),
        (Rule("MONTHLY", weekdays=((-1, 2),)), [30]),
        (Rule("MONTHLY", weekdays=((2, 1),)), [8]),
        (Rule("YEARLY"), [1]),
    ],
)
def test_a_rule_names_these_days_of_september(rule: Rule, dates: list[int]) -> None:
    begins = datetime(2026, 9, 1, 9)  # a Tuesday
    entry = Entry("one", "UTC", begins, timedelta(hours=1), rule)
    assert [start.day for start in entry.dates(date(2026, 9, 30))] == dates


def test_spans_are_cut_to_the_window_and_joined_where_they_touch() -> None:
    opens, closes = (int(edge.timestamp()) for edge in (WINDOW.start, WINDOW.end))
    spans = [(opens + 60, opens + 90), (opens - 5, opens + 60), (closes, closes + 1)]
    assert joined(spans) == [(opens, opens + 90)]
    assert joined([(opens - 9, opens), (closes - 1, closes + 9)]) == [
        (closes - 1, closes)
    ]


@pytest.mark.slow
@pytest.mark.parametrize("benchmark", [busy, slots, command, programme])
def test_every_benchmark_agrees_with_the_peers_that_are_here(
    benchmark: ModuleType,
) -> None:
    lines = [row.line() for row in benchmark.run(Plan.small())]
    assert lines
    assert all(line.count("|") == 7 for line in lines)


@pytest.mark.servers
def test_googles_own_client_reads_what_ours_reads() -> None:
    assert len([row.line() for row in google.run(Plan.small())]) == 5


@pytest.mark.slow
@pytest.mark.servers
def test_the_work_is_done_once_each_way() -> None:
    assert len([row.line() for row in work.run(Plan.small())]) == 2


@pytest.mark.slow
def test_the_c_program_reads_all_that_the_calendars_have(tmp_path: Path) -> None:
    """Where libical is not, the command says so and nothing is compiled."""
    program = answering.libical(tmp_path)
    assert (program is None) is not (tmp_path / "libical").exists()
    for sample in samples().values() if program else ():
        (tmp_path / "calendar.ics").write_bytes(sample.data)
        peer = answering.Answering(program, tmp_path / "calendar.ics")
        assert peer.busy() == sample.busy
        assert peer.once() > 0
        peer.close()


def test_a_reader_that_finds_something_else_is_not_measured() -> None:
    readers = (("wrong", "json", lambda _: SMALL.busy[1:], 1),)
    with pytest.raises(SystemExit, match=r"small\.ics with wrong: not the same"):
        list(busy.cold(SMALL, 1, readers))


def test_a_calendar_whose_busy_time_is_not_found_is_not_measured() -> None:
    wrong = replace(SMALL, busy=SMALL.busy[:-1])
    with pytest.raises(SystemExit, match=r"small\.ics: not the same"):
        list(busy.cold(wrong, 1))


def test_a_peer_that_is_not_here_says_so() -> None:
    assert not reading.has("no_such_library")
    readers = (("absent", "no_such_library", reading.ical, 20),)
    row = next(busy.cold(SMALL, 1, readers))
    assert (row.peer, row.ratio, row.is_reached) == ("absent: not here", None, None)


def test_a_loop_that_counts_something_else_is_not_measured() -> None:
    loop = Loop(PAIR)
    loop.hours = [loop.hours[0], []]  # the mentee has no hours: nothing is clear
    with pytest.raises(SystemExit, match="fewest meetings not clear: not the same"):
        slots.compare(search(PAIR.request), loop)


@pytest.mark.parametrize(
    "wrong", [{"clear": 51}, {"slot": {"first": f"{FIRST}", "time": "03:00"}}]
)
def test_a_plan_that_is_not_one_of_the_best_is_not_measured(
    wrong: dict[str, object],
) -> None:
    loop = Loop(PAIR)
    counted = loop.counts()
    best = counted.index(max(counted))
    first = FIRST + timedelta(days=best // 96)
    time = f"{best % 96 // 4:02}:{best % 4 * 15:02}"
    right = {"clear": max(counted), "slot": {"first": f"{first}", "time": time}}
    command.compare(json.dumps(right).encode(), loop)
    with pytest.raises(SystemExit, match="troth plan: not the same"):
        command.compare(json.dumps(right | wrong).encode(), loop)


def test_a_timetable_that_cannot_be_kept_is_worth_nothing() -> None:
    pairs = programmes.made(40)
    starts = programme.found(pairs).cell
    assert programmes.worth(pairs, starts).placed == (starts >= 0).sum()
    one = int(np.flatnonzero((pairs.scores < 0).any(axis=1) & (starts >= 0))[0])
    wrong = starts.copy()
    wrong[one] = np.flatnonzero(pairs.scores[one] < 0)[0]
    with pytest.raises(SystemExit, match="cannot meet then"):
        programmes.worth(pairs, wrong)
    both = np.flatnonzero((starts[:-1] >= 0) & (np.diff(pairs.mentor) == 0))[0]
    pairs.scores[both : both + 2] = 1
    wrong = starts.copy()
    wrong[both + 1] = wrong[both] + 1
    with pytest.raises(SystemExit, match="double-booked"):
        programmes.worth(pairs, wrong)


def test_two_meetings_of_a_mentee_at_once_are_counted() -> None:
    scores = np.ones((3, programmes.STARTS), np.int16)
    ahead = np.array([0, 4, 8])  # quarter hours: an hour, and two
    pairs = programmes.Synthetic(np.arange(3), np.array([0, 0, 1]), ahead, scores)
    assert programmes.double_booked(pairs, np.array([0, 4, 0])) == 1
    assert programmes.double_booked(pairs, np.array([0, 7, 0])) == 1
    assert programmes.double_booked(pairs, np.array([0, 8, 0])) == 0
    assert programmes.double_booked(pairs, np.array([0, -1, 0])) == 0


@pytest.mark.slow
def test_the_exact_assignment_is_never_behind_the_greedy_ones() -> None:
    pairs = programmes.made(300, seed=4)
    given = programme.found(pairs)
    best = programmes.Worth(given.placed, given.score)
    for peer in (greedy, least_choice_first):
        assert programmes.worth(pairs, peer(pairs)) <= best


def test_a_row_says_what_falls_short() -> None:
    assert against("a", 0.1, "b", 3.0, 30).line() == (
        "| a | 100.0 ms | b 3.00 s | 30.0 | ≥ 30 x | yes |"
    )
    assert against("a", 0.2, "b", 3.0, 30).line().endswith("| 15.0 | ≥ 30 x | **no** |")
    assert within("a", 60e-6, 50e-6).line() == "| a | 60 us |  |  | ≤ 50 us | **no** |"
    assert at_most("a", 0.3, "b", 0.1, 2).is_reached is False
    assert at_most("a", 0.2, "b", 0.1, 2).is_reached is True


def test_the_page_keeps_what_is_not_between_the_marks() -> None:
    page = "x\n<!-- make bench: a -->\nold\n<!-- end of a -->\ny"
    new = table([Row("w", "1 ms")], ["here"], date(2026, 9, 1))
    assert filled(page, "a", new).splitlines() == [
        "x",
        "<!-- make bench: a -->",
        "| work | Troth | peer | ratio | to reach | |",
        "|---|---|---|---|---|---|",
        "| w | 1 ms |  |  |  |  |",
        "",
        "Measured on 1 September 2026: here.",
        "<!-- end of a -->",
        "y",
    ]
    with pytest.raises(SystemExit, match="no place for b"):
        filled(page, "b", new)


def test_every_benchmark_has_its_place_on_the_page() -> None:
    page = PAGE.read_text(encoding="utf-8")
    for name in BENCHMARKS:
        assert "new" in filled(page, name, "new")


def test_only_what_there_is_can_be_asked_for() -> None:
    assert asked(["slots", "busy", "--rounds", "2"]).names == ["slots", "busy"]
    with pytest.raises(SystemExit):
        asked(["flots"])


def test_the_lock_for_node_names_one_version_and_no_address() -> None:
    wanted = json.loads((ICALJS / "package.json").read_bytes())["dependencies"]
    lock = json.loads((ICALJS / "package-lock.json").read_bytes())["packages"]
    for name, version in wanted.items():
        assert lock[f"node_modules/{name}"]["version"] == version
    assert all(one["integrity"] for path, one in lock.items() if path)
    assert b"://" not in (ICALJS / "package-lock.json").read_bytes()
