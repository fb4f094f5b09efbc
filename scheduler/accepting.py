"""What follows when a guest comes after all: it is on record, and puts nothing back.

As with an answer by mail (scheduler/replying.py): a word of consent asks nobody for
anything. What fell out is offered anew by hand, not by a machine.
"""

from __future__ import annotations

from scheduler.acting import Act, evidence
from scheduler.events import CalendarObject, Coming, Rsvp
from scheduler.evidence import EvidenceKind
from scheduler.findings import SOURCES
from scheduler.ids import PersonId
from scheduler.observation import standing_in
from scheduler.series import Meeting, Route
from scheduler.situation import NO_CHANGE, Change, Situation

_COMING = frozenset({Coming.YES, Coming.MAYBE})


def accepted(case: Situation, guest: PersonId) -> Change:
    """Evidence for each date that a guest answered by itself, and not with no."""
    series, watch, change = case.view.standing, case.watch(guest), NO_CHANGE
    if series is None:
        return change
    copies = (c for c in case.copies if (c.person, c.route) == (guest, Route.GUEST))
    for copy in copies:
        lead = standing_in(watch.others, copy.uid)
        if lead is None:
            continue
        source = SOURCES[lead[0].connection.kind]
        for found in lead[1]:
            for meeting, rsvp in _said(found, series.of_uid(copy.uid)):
                if not _is_known(case, meeting, guest):
                    act = Act(rsvp.heard_at or case.now, source, guest)
                    row = evidence(case, EvidenceKind.ACCEPTED, meeting, act)
                    change += Change(evidence=(row,))
    return change


def _said(
    found: CalendarObject, meetings: tuple[Meeting, ...]
) -> list[tuple[Meeting, Rsvp]]:
    by_start = {one.original_start: one for one in found.rsvps if one.original_start}
    return [
        (m, rsvp)
        for m in meetings
        if (rsvp := by_start.get(m.key.original_start)) and rsvp.coming in _COMING
    ]


def _is_known(case: Situation, meeting: Meeting, guest: PersonId) -> bool:
    return any(e.by == guest for e in case.about(meeting.key, EvidenceKind.ACCEPTED))
