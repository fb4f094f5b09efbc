"""Figures in words, as pages tell them: counts first, never a bare percentage."""

from __future__ import annotations

from scheduler.consistency import Outcome, Report
from scheduler.reported import said
from web.sheets import number


def told(report: Report | None) -> str:
    """The figures of a pair to date, as one or two sentences."""
    if report is None:
        return "Nothing was due yet."
    sentences = [due(report)]
    if owed := report.count(Outcome.OWED):
        sentences.append(f"{number(owed).capitalize()} {_is(owed)} still owed.")
    rested = sum(p.is_paused for p in report.periods if p.outcome is Outcome.SKIPPED)
    if skipped := report.count(Outcome.SKIPPED) - rested:
        sentences.append(f"{number(skipped).capitalize()} you left out together.")
    if rested:
        sentences.append(f"{number(rested).capitalize()} you rested through.")
    if unknown := report.count(Outcome.UNCONFIRMED):
        sentences.append(f"Of {number(unknown)} nobody has said whether you met.")
    if left_out := report.count(Outcome.LEFT_OUT):
        words = f"{number(left_out).capitalize()} {_is(left_out)} not counted:"
        sentences.append(f"{words} a calendar could not be read.")
    return " ".join(sentences)


def due(report: Report) -> str:
    """How many meetings were due, and how many of them took place."""
    due = dict(report.counts())["due"]
    if due == 0:
        return "Nothing was due yet."
    kept, repaired = report.count(Outcome.KEPT), report.count(Outcome.REPAIRED)
    return f"{_meetings(due)} due and {_took_place(kept + repaired, repaired)}."


def figures(report: Report | None) -> tuple[tuple[str, str], ...]:
    """The rates, each as numerator and denominator, where there is enough of it."""
    if report is None:
        return ()
    named = report.rates.named()
    return tuple((name.capitalize(), said(rate)) for name, rate in named)


def _meetings(due: int) -> str:
    return (
        "One meeting was" if due == 1 else f"{number(due).capitalize()} meetings were"
    )


def _took_place(held: int, repaired: int) -> str:
    if held == 0:
        return "none took place"
    new_day = f", {number(repaired)} of them on a new day" if repaired else ""
    return f"{number(held)} took place{new_day}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"
