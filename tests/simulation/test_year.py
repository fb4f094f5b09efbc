"""A year of the sample programme: mail in measure, and figures that add up."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from scheduler.cadence import WEEKLY
from scheduler.consistency import Outcome
from scheduler.letters import LetterKind
from scheduler.quiet import is_quiet
from scheduler.series import LedgerState
from scheduler.timespan import Span
from scheduler.usecases.read_record import read_record
from tests.scheduler.histories import plain
from tests.simulation.year import DAY, END, Mailed, Year, lived

#: A minute of one core: left to `make test`, like what needs a server.
pytestmark = [pytest.mark.slow, pytest.mark.servers, pytest.mark.timeout(900)]

WEEK = timedelta(weeks=1)
#: product.md, Mail in measure: 'agenda, question, reminder, milestone, consistency';
#: the question whether to go on as it is can wait as well.
CAN_WAIT = {
    LetterKind.AGENDA.value,
    LetterKind.MET.value,
    LetterKind.PROMISE.value,
    LetterKind.MILESTONE.value,
    LetterKind.CONSISTENCY.value,
    LetterKind.REVIEW.value,
}


@pytest.fixture(scope="module")
def year(tmp_path_factory: pytest.TempPathFactory) -> Year:
    return asyncio.run(lived(tmp_path_factory.mktemp("year")))


async def test_nobody_gets_more_mail_than_is_promised(year: Year) -> None:
    """At most 2 a week on average, 3 for a weekly cadence; 5 in the first two weeks."""
    for pair, person, mails in year.of_pair():
        assert len(mails) > 30, "a year in which nothing happens shows nothing"
        most = 3 if await year.cadence(pair) == WEEKLY else 2
        told = Counter(m.kind for m in mails)
        assert len(mails) / ((END - mails[0].at) / WEEK) <= most, (person, told)
        first = [m.kind for m in mails if m.at < mails[0].at + 2 * WEEK]
        assert len(first) <= 5, (person, first)


def test_nobody_gets_a_letter_at_night_or_on_a_quiet_day(year: Year) -> None:
    letters = [m for m in year.post.mails if m.is_letter]
    assert any(m.to.quiet_days for m in letters)
    assert [m for m in letters if is_quiet(m.at, m.to.zone, m.to.quiet_days)] == []


def test_letters_that_can_wait_are_one_a_day_for_a_pair(year: Year) -> None:
    for _, person, mails in year.of_pair():
        days = Counter(_day(m) for m in mails if m.kind in CAN_WAIT)
        twice = {day for day, n in days.items() if n > 1}
        told = [(m.at, m.kind) for m in mails if _day(m) in twice]
        assert not twice, (person, told)


def _day(mail: Mailed) -> object:
    return mail.at.astimezone(ZoneInfo(mail.to.zone)).date()


def test_a_month_has_one_letter_on_it(year: Year) -> None:
    for _, person, mails in year.of_pair():
        kind = LetterKind.CONSISTENCY.value
        months = Counter(_month(m) for m in mails if m.kind == kind)
        assert months and set(months.values()) == {1}, (person, months)


def _month(mail: Mailed) -> str:
    return f"{mail.at.astimezone(ZoneInfo(mail.to.zone)):%Y-%m}"


async def test_the_figures_of_the_year_are_those_of_the_page(year: Year) -> None:
    """And they add up (promises.md I6); every row of the ledger ended (I30)."""
    now, ends = year.clock.now(), set[Outcome]()
    for pair in year.pairs:
        async with year.services.begin(read_only=True) as uow:
            record = await read_record(uow, await uow.pairs.get(pair))
        starts = [s.span_of(0).start for s in record.series]
        window = (min(starts) - DAY, now)
        found = plain(record, now).figures(window)
        report = record.report(Span(*window), now)
        rates = {n: (r.numerator, r.denominator) for n, r in report.rates.named()}
        assert rates == found.rates
        outcomes = {(p.series, p.index): p.outcome.value for p in report.periods}
        assert outcomes == found.outcomes
        ends |= {p.outcome for p in report.periods}
        over = {r.state for r in report.ledger if r.span.end + DAY < now}
        assert not over & {LedgerState.OPEN, LedgerState.BOOKED}
    assert {Outcome.KEPT, Outcome.REPAIRED, Outcome.OWED, Outcome.SKIPPED} <= ends
