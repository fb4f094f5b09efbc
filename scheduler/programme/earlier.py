"""An earlier plan of a programme, read back: what each pair asked for and got.

It is the document of `troth plan --programme --json`. Rows come and go, so a pair is
known by the addresses of the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from json import JSONDecodeError, loads
from typing import Any

from scheduler.cadence import Cadence
from scheduler.errors import Refused
from scheduler.people import Role
from scheduler.programme.wanted import Without
from scheduler.slots import PlanRequest, Slot


@dataclass(frozen=True, slots=True)
class Earlier:
    """One pair of it. `not_clear` are periods, from 0; without a slot there is `why`.

    What was asked is the cadence, the length, the first day and how many periods.
    """

    cadence: Cadence
    minutes: int
    first: date
    turns: int
    slot: Slot | None
    not_clear: frozenset[int]
    why: Without | None = None

    def answers(self, request: PlanRequest) -> bool:
        """Whether the same was asked then, but for people's time."""
        asked = request.cadence, request.minutes, request.first, request.turns
        return asked == (self.cadence, self.minutes, self.first, self.turns)


def read_plan(data: bytes) -> dict[tuple[str, str], Earlier]:
    """Every pair by the addresses of mentor and mentee; `Refused` E_PLAN_FILE."""
    try:
        rows = loads(data)["pairs"]
        found = [_pair(row) for row in rows]
    except (JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise _refused("is not JSON") from None
    except (LookupError, TypeError, ValueError, ArithmeticError, Refused):
        raise _refused("is not a plan of a programme") from None
    pairs = dict(found)
    if len(pairs) < len(found):
        raise _refused("has a pair twice")
    return pairs


def _refused(what: str) -> Refused:
    return Refused(
        "E_PLAN_FILE",
        f"The file of --keep {what}; give what `troth plan --programme PAIRS.csv"
        " --json` printed, as it was.",
        field="--keep",
    )


def _pair(row: Any) -> tuple[tuple[str, str], Earlier]:
    slot, turns = row["slot"], int(row["periods"])
    unclear = frozenset(int(period) for period in row["not_clear"])
    if not all(0 <= period < turns for period in unclear):
        raise ValueError("a period that the plan does not have")
    earlier = Earlier(
        Cadence.parse(str(row["cadence"])),
        int(row["minutes"]),
        date.fromisoformat(row["from"]),
        turns,
        None if slot is None else _slot(slot),
        unclear,
        Without(row["why"]) if slot is None else None,
    )
    mentor, mentee = (str(row[role]).lower() for role in Role)
    return (mentor, mentee), earlier


def _slot(row: Any) -> Slot:
    week = row["week"]
    return Slot(
        date.fromisoformat(row["first"]),
        time.fromisoformat(row["time"]),
        str(row["zone"]),
        Role(row["anchor"]),
        int(row["minutes"]),
        None if week is None else int(week),
    )
