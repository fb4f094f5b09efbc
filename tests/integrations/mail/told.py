"""What letters may have to tell: any state of a pair, whole and consistent.

A state follows from a seed, so that hundreds are cheap; Hypothesis draws the seed.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random

from hypothesis import strategies as st

from scheduler.letters import (
    Facts,
    Mark,
    Milestone,
    Question,
    RowMark,
    Strength,
    Suggestion,
    ToDate,
)
from scheduler.timespan import Span
from tests.integrations.mail.letters import FACTS, KEY

_YEAR = datetime(2027, 1, 1, tzinfo=UTC)
_AGENDA = """\
# Agenda

## Topics

- Leiden or Gdańsk?

## Together

Tell of a time when something went well.
"""
_COUNTED = ("kept", "repaired", "owed", "unconfirmed", "left out", "skipped")
_OTHERS = ("promises kept", "taken out", "put back", "held", "fallen")
_RATES = ("cadence kept", "cancellations repaired", "notice given", "promises kept")
_NAMED = {
    Strength.NOTICE: "notice given",
    Strength.PROMISES: "promises kept",
    Strength.MEETINGS: "cadence kept",
}
ZONES = ("Europe/Berlin", "Asia/Tokyo", "America/New_York", "Asia/Kathmandu", "UTC")


def a_state(seed: int) -> Facts:
    """Everything any letter may need, so that one state does for every kind."""
    chance = Random(seed)  # noqa: S311 - no secret: a state to write a letter about
    to_date = _to_date(chance)
    return replace(
        FACTS,
        meeting=_span(chance),
        times=_spans(chance),
        row=_row(chance),
        next=chance.choice([None, _span(chance)]),
        counts=_counts(chance),
        to_date=to_date,
        strengths=_strengths(chance, to_date),
        suggestion=_suggestion(chance),
        milestone=chance.choice(list(Milestone)),
        moved=_spans(chance),
        unplaced=chance.randrange(5),
        agenda=chance.choice(["", _AGENDA]),
        asked=tuple(Question(span, KEY) for span in _spans(chance)[:1]),
        checked_at=chance.choice([None, FACTS.checked_at]),
        thanks=chance.choice(["", "that helped, and you know which part"]),
    )


def _span(chance: Random) -> Span:
    start = _YEAR + timedelta(
        days=chance.randrange(400), minutes=15 * chance.randrange(96)
    )
    return Span(start, start + timedelta(minutes=15 * chance.randint(1, 8)))


def _spans(chance: Random) -> tuple[Span, ...]:
    return tuple(_span(chance) for _ in range(chance.randrange(4)))


def _row(chance: Random) -> tuple[RowMark, ...]:
    begun = datetime(2026, 9, 6, 22, tzinfo=UTC)
    size, ahead = chance.randrange(28), chance.randrange(28)
    return tuple(
        RowMark(
            chance.choice(list(Mark)),
            Span(begun + timedelta(weeks=n), begun + timedelta(weeks=n + 1)),
            is_next=n == ahead,
        )
        for n in range(size)
    )


def _counts(chance: Random) -> tuple[tuple[str, int], ...]:
    told = {name: chance.randrange(15) for name in _COUNTED}
    due = told["kept"] + told["repaired"] + told["owed"]
    others = {name: chance.randrange(20) for name in _OTHERS}
    meetings, quarters = chance.randint(1, 40), chance.randint(1, 400)
    told |= others | {"due": due, "meetings": meetings, "minutes": 15 * quarters}
    return tuple(told.items())


def _to_date(chance: Random) -> ToDate:
    rates = []
    for name in _RATES:
        due = chance.randrange(30)
        rates.append((name, chance.randint(0, due), due))
    window = Span(
        _YEAR - timedelta(days=chance.randint(1, 300)), _YEAR + timedelta(days=100)
    )
    return ToDate(window, tuple(rates), chance.randrange(6), chance.randrange(6))


def _strengths(chance: Random, told: ToDate) -> tuple[Strength, ...]:
    """Only what there is enough of is ever called a strength."""
    enough = {name for name, _, due in told.rates if due >= 3}
    return tuple(
        one for one, name in _NAMED.items() if name in enough and chance.random() < 0.5
    )


def _suggestion(chance: Random) -> Suggestion | None:
    kind = chance.choice(["", "another day", "another hour", "say it"])
    if not kind:
        return None
    return Suggestion(kind, chance.randrange(7), chance.randint(3, 20))


def facts() -> st.SearchStrategy[Facts]:
    """Any state."""
    return st.integers(0, 2**32).map(a_state)


zones = st.sampled_from(ZONES)
