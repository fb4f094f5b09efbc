"""When one person could meet: their hours, minus what occupies them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scheduler.people import Hours
from scheduler.timespan import Span, Spans

_DAY = timedelta(days=1)
NOTHING = Spans()


@dataclass(frozen=True, slots=True)
class Availability:
    """One person's hours on their own clock, and what their calendars say.

    `busy` is None when a calendar could not be read: such a person is unknown, and no
    time is clear for them. From `horizon` on the calendars say nothing yet; None
    means that they reach as far as anybody asks. On quiet days (weekdays, 0 is
    Monday), and on the local dates in `days_off`, nothing is planned.
    """

    zone: str
    hours: Hours
    busy: Spans | None = NOTHING
    horizon: datetime | None = None
    quiet_days: frozenset[int] = frozenset()
    days_off: frozenset[date] = frozenset()

    def windows(self, span: Span) -> Spans:
        """The windows of their hours that touch `span`, each whole.

        Two windows may follow each other at midnight; they stay two.
        """
        hours = self.hours.without(self.quiet_days)
        first, last = span.start.date() - _DAY, span.end.date() + 2 * _DAY
        spans = hours.spans(first, last, self.zone, self.days_off)
        return Spans(spans.overlapping(span))

    def in_hours(self, meeting: Span) -> bool:
        """Whether the meeting lies inside one window."""
        return any(window.covers(meeting) for window in self.windows(meeting))

    def is_busy(self, meeting: Span, gap: timedelta = timedelta()) -> bool:
        """Whether something meets the meeting with `gap` on both sides.

        Someone whose calendar could not be read counts as busy.
        """
        return self.busy is None or self.busy.meets(meeting.widened(gap))

    def is_checked(self, meeting: Span, gap: timedelta = timedelta()) -> bool:
        """Whether the calendars reach to the end of the meeting and its gap."""
        return self.horizon is None or meeting.end + gap <= self.horizon


def only_days_off(
    mentor: Availability, mentee: Availability, span: Span, length: timedelta
) -> bool:
    """Whether nothing but their days off keeps both out of this whole stretch.

    Their hours leave no room for a meeting in it, and would without the days off; what
    occupies them does not matter.
    """
    if not mentor.days_off and not mentee.days_off:
        return False
    if _has_room(mentor, mentee, span, length):
        return False
    nothing = frozenset[date]()
    always = replace(mentor, days_off=nothing), replace(mentee, days_off=nothing)
    return _has_room(*always, span, length)


def _has_room(
    mentor: Availability, mentee: Availability, span: Span, length: timedelta
) -> bool:
    common = (mentor.windows(span) & mentee.windows(span)).clipped(span)
    return any(stretch.length >= length for stretch in common)
