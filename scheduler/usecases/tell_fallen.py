"""Tell both of meetings that fell out, with other times, or book the best at once."""

from __future__ import annotations

from scheduler.acting import offer_anew, untold
from scheduler.copies import domain_of
from scheduler.effects import Address
from scheduler.ports.system import Ids
from scheduler.replacing import book_best
from scheduler.situation import NO_CHANGE, Change, Situation


def told_of_fallen(case: Situation, *, ids: Ids, sender: Address) -> Change:
    """The letters that are due now, each with its offer, or with what was booked."""
    change = NO_CHANGE
    for meeting in untold(case):
        known = case.after(change)
        told = offer_anew(known, meeting)
        series = case.series_of(meeting.key)
        if series and case.terms(series).book_without_asking:
            told = book_best(known, told, ids.uid(domain_of(sender)))
        change += told
    return change
