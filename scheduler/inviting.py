"""What somebody holds of a pair's meetings, sent once more to an address that works."""

from __future__ import annotations

from functools import partial

from scheduler.agenda import Agenda
from scheduler.copies import Build, arrival, standing
from scheduler.ids import PersonId, Uid
from scheduler.itip import single, whole
from scheduler.series import Route, Series, SeriesState
from scheduler.situation import Change, Situation
from scheduler.withdrawal import Step


def invited_again(case: Situation, person: PersonId) -> Change:
    """The newest edition of each object that still lies ahead, on the mail route.

    It has the next number: whatever the old address has got, this comes after it.
    """
    change = Change()
    for series in case.view.series:
        for uid, build in _objects(series, case):
            at = case.next_revision(uid)
            change += Change(
                steps=tuple(
                    Step(copy, arrival(copy, case.two, Agenda(), at, build), at)
                    for copy in standing(case.copies_of(uid))
                    if copy.person == person and copy.route is Route.IMIP
                )
            )
    return change


def _objects(series: Series, case: Situation) -> list[tuple[Uid, Build]]:
    """The objects of a series with a meeting ahead, and how each is built."""
    ahead = [m for m in series.live() if m.span and m.span.start > case.now]
    if series.state is SeriesState.ENDED or not ahead:
        return []
    found: list[tuple[Uid, Build]] = []
    if any(m.uid is None for m in ahead):
        found.append((series.uid, partial(whole, series)))
    return found + [(m.uid, partial(single, series, m)) for m in ahead if m.uid]
