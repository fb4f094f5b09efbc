"""What the letter on a month says first, and the one thing it may suggest.

Strengths come first and are only named where there is enough to speak of; at most one
suggestion, and none where nothing calls for one. Nothing here knows who did what.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime

from scheduler.consistency import EndedPeriod, Outcome, Rate, Record, Report, to_date
from scheduler.endings import Ending
from scheduler.letters import Facts, Strength, Suggestion, ToDate
from scheduler.localtime import zone
from scheduler.rhythm import coming, row
from scheduler.timespan import Span

#: So many meetings that found their place on another weekday are worth a word.
ELSEWHERE = 3


def month_facts(record: Record, window: Span, now: datetime) -> Facts | None:
    """Everything the letter on this month says; None where there is nothing to say."""
    month = record.report(window, now)
    began = to_date(record.series, now)
    if began is None or not has_something_to_say(month):
        return None
    so_far = record.report(began, now)
    return replace(
        outlook(record, now),
        counts=month.counts(),
        window=window,
        to_date=to_date_figures(so_far),
        strengths=strengths(month, so_far),
        suggestion=suggestion(month, record, so_far),
    )


def outlook(record: Record, now: datetime) -> Facts:
    """What most letters end with: the row, and the next meeting."""
    ahead = next((m.span for m in coming(record.series, now) if m.span), None)
    return Facts(row=row(record, now), next=ahead)


def has_something_to_say(month: Report) -> bool:
    """Whether a letter on this month would tell more than that it went by."""
    told = dict(month.counts())
    return bool(told["due"] or told["unconfirmed"] or told["left out"])


def to_date_figures(report: Report) -> ToDate:
    """The four rates of a report, and what is told beside them."""
    return ToDate(
        report.window,
        tuple((n, r.numerator, r.denominator) for n, r in report.rates.named()),
        report.count(Outcome.UNCONFIRMED),
        report.count(Outcome.LEFT_OUT),
    )


def strengths(month: Report, so_far: Report) -> tuple[Strength, ...]:
    """What went well since they began, the strongest first."""
    rates, told = so_far.rates, dict(month.counts())
    month_is_whole = told["due"] > 0 and told["owed"] == 0
    fits = (
        (Strength.NOTICE, _is_whole(rates.notice_given)),
        (Strength.PROMISES, _is_most(rates.promises_kept)),
        (Strength.MEETINGS, _is_most(rates.cadence_kept) and not month_is_whole),
    )
    return tuple(strength for strength, fit in fits if fit)


def _is_whole(rate: Rate) -> bool:
    return rate.is_enough and rate.numerator == rate.denominator


def _is_most(rate: Rate) -> bool:
    """Four of five or more."""
    return rate.is_enough and 5 * rate.numerator >= 4 * rate.denominator


def suggestion(month: Report, record: Record, so_far: Report) -> Suggestion | None:
    """The one thing they might try, if anything calls for it."""
    day, times = _elsewhere(record, so_far.periods)
    if times >= ELSEWHERE:
        return Suggestion("another day", weekday=day, times=times)
    if month.count(Outcome.OWED) > 1:
        return Suggestion("another hour")
    if month.count(Outcome.UNCONFIRMED) > 1:
        return Suggestion("say it")
    return None


def _elsewhere(record: Record, periods: tuple[EndedPeriod, ...]) -> tuple[int, int]:
    """(weekday, how many): where most meetings found a place that is not the slot's.

    Only meetings of the series that stands now count.
    """
    series = record.series[-1]
    where = zone(series.zone)
    slot = series.first.astimezone(where).weekday()
    days = Counter(
        meeting.start.astimezone(where).weekday()
        for period in periods
        if period.series == series.id
        for meeting in period.meetings
        if meeting.ending is Ending.HELD
    )
    days.pop(slot, None)
    return max(sorted(days.items()), key=lambda found: found[1], default=(0, 0))
