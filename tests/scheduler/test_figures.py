"""The figures agree with a second reading of product.md, over thousands of pairs."""

from __future__ import annotations

import random
from datetime import timedelta

import pytest

from scheduler.consistency import Report
from scheduler.timespan import Span
from tests.scheduler.figures_oracle import Figures, midnight
from tests.scheduler.histories import Lived, chance, drawn

DAY = timedelta(days=1)


def said(report: Report) -> tuple[object, ...]:
    """What a report says, in the words of the oracle."""
    outcomes = {(p.series, p.index): p.outcome.value for p in report.periods}
    endings = {str(m.key): m.ending.value for p in report.periods for m in p.meetings}
    rates = {n: (r.numerator, r.denominator) for n, r in report.rates.named()}
    return outcomes, endings, rates


def expected(found: Figures, report: Report) -> tuple[object, ...]:
    """What the oracle says of the same periods."""
    inside = {str(m.key) for p in report.periods for m in p.meetings}
    endings = {k: e for k, e in found.endings.items() if k in inside}
    return found.outcomes, endings, found.rates


def windows(lived: Lived, dice: random.Random) -> list[Span]:
    """All of it, any stretch of it, and some days of the anchor's."""
    whole, clock = lived.whole(), lived.record.series[-1].zone
    start = whole.start + dice.randrange(700) * DAY + timedelta(hours=23)
    first = lived.now.date() - dice.randint(0, 60) * DAY
    until = first + dice.randint(1, 31) * DAY
    return [
        whole,
        Span(start, start + dice.randint(1, 90) * DAY),
        Span(midnight(first, clock), midnight(until, clock)),
    ]


def check(seeds: range) -> None:
    for seed in seeds:
        lived = drawn(seed)
        for window in windows(lived, chance(seed)):
            report = lived.report(window)
            assert said(report) == expected(lived.figures(window), report), seed


@pytest.mark.slow
def test_the_oracle_agrees_on_hundreds_of_histories() -> None:
    check(range(300))


@pytest.mark.slow
def test_the_oracle_agrees_on_thousands_of_histories() -> None:
    check(range(300, 2000))
