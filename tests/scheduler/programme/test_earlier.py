"""An earlier plan, read back: what it says, and what is no such plan."""

import json
from datetime import date, time
from typing import Any

import pytest

from scheduler.cadence import Cadence
from scheduler.errors import Refused
from scheduler.people import Role
from scheduler.programme.earlier import Earlier, read_plan
from scheduler.programme.wanted import Without
from scheduler.slots import Slot

SLOT = {
    "weekday": "Tuesday",
    "week": None,
    "first": "2026-03-03",
    "time": "09:30",
    "zone": "Europe/Berlin",
    "anchor": "mentee",
    "minutes": 45,
}
PAIR = {
    "row": 2,
    "mentor": "Ida@a.test",
    "mentee": "leyla@b.test",
    "cadence": "every 2 weeks",
    "minutes": 45,
    "from": "2026-03-02",
    "periods": 10,
    "slot": SLOT,
    "clear": 8,
    "not_clear": [3, 9],
}


def read(*pairs: dict[str, Any]) -> dict[tuple[str, str], Earlier]:
    return read_plan(json.dumps({"pairs": pairs, "placed": 1}).encode())


def test_what_was_asked_and_got_is_read() -> None:
    slot = Slot(date(2026, 3, 3), time(9, 30), "Europe/Berlin", Role.MENTEE, 45)
    first, turns = date(2026, 3, 2), 10
    earlier = Earlier(Cadence("week", 2), 45, first, turns, slot, frozenset({3, 9}))
    assert read(PAIR) == {("ida@a.test", "leyla@b.test"): earlier}
    without = read(PAIR | {"slot": None, "not_clear": [], "why": Without.ALL_TAKEN})
    told = [(one.slot, one.why) for one in without.values()]
    assert told == [(None, Without.ALL_TAKEN)]


def test_monthly_slots_have_their_week() -> None:
    slot = SLOT | {"week": 1}
    (found,) = read(PAIR | {"cadence": "monthly", "slot": slot}).values()
    assert found.slot and found.slot.week == 1


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "is not JSON"),
        (b"{", "is not JSON"),
        (b"\xff", "is not JSON"),
        (b"[" * 100_000, "is not JSON"),
        (b"[]", "is not a plan of a programme"),
        (b"3", "is not a plan of a programme"),
        (b'{"slot": null, "meetings": []}', "is not a plan of a programme"),
        (b'{"pairs": [{"row": 2, "slot": null}]}', "is not a plan of a programme"),
        (b'{"pairs": {"row": 2}}', "is not a plan of a programme"),
    ],
)
def test_what_is_no_plan_is_refused(data: bytes, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        read_plan(data)
    assert (refused.value.code, refused.value.field) == ("E_PLAN_FILE", "--keep")


@pytest.mark.parametrize(
    "broken",
    [
        {"cadence": "daily"},
        {"cadence": None},
        {"minutes": "soon"},
        {"from": "soon"},
        {"from": 3},
        {"periods": 9},
        {"periods": float("inf")},
        {"not_clear": None},
        {"not_clear": [-1]},
        {"slot": {"weekday": "Tuesday"}},
        {"slot": SLOT | {"time": "09:30+01:00"}},
        {"slot": SLOT | {"anchor": "both"}},
        {"slot": SLOT | {"week": 2}},
        {"slot": []},
        {"slot": None},
        {"slot": None, "why": "so"},
    ],
)
def test_a_broken_pair_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises(Refused, match="is not a plan of a programme"):
        read(PAIR | broken)


def test_a_pair_stands_there_once() -> None:
    with pytest.raises(Refused, match="has a pair twice"):
        read(PAIR, PAIR | {"mentor": "IDA@a.test"})
