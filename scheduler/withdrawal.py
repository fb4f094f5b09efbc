"""Taking back what is still to come of a series; what lies before it stays."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial

from scheduler.booking import is_untouched
from scheduler.copies import Two, ours, removal, shortening, standing
from scheduler.effects import Effect, SendInvite, TakeOutOfCopy
from scheduler.ids import CalendarId
from scheduler.invite import Invite, Method
from scheduler.itip import (
    Edition,
    Revision,
    ended,
    last_revision,
    shortened,
    single,
    taken_out,
)
from scheduler.series import Copy, Meeting, Route, Series


@dataclass(frozen=True, slots=True)
class Step:
    """One effect on one person's copy, under its number."""

    copy: Copy
    effect: Effect
    revision: Revision


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """What is taken back: the series from `before` on, out of these copies.

    `effects` is everything decided for the pair so far, which the next numbers
    follow. With `moved`, meetings that somebody moved behind the instant go as well.
    """

    series: Series
    before: datetime
    copies: tuple[Copy, ...]
    two: Two
    effects: tuple[Effect, ...]
    moved: bool = False

    def steps(self, now: datetime) -> tuple[Step, ...]:
        """One after the other, for the outbox."""
        return (*self._series(now), *self._replacements(now))

    @property
    def is_whole(self) -> bool:
        """Whether all of the series lies ahead and both still have it.

        Then it can change under the UID it has. A copy that its owner took away is
        never made again under that name.
        """
        own = [c for c in self.copies if c.uid == self.series.uid]
        return is_untouched(self.series, self.before) and own == list(standing(own))

    def to_replace(self, rebooked: Collection[CalendarId] = ()) -> Withdrawal:
        """The same, where the next edition replaces the series.

        It does so in people's mail, and in calendars in which an event can get other
        dates as a whole, so that its guests are told once.
        """
        kept = tuple(
            c
            for c in self.copies
            if c.uid != self.series.uid
            or (c.route is Route.WRITTEN and c.calendar not in rebooked)
        )
        return replace(self, copies=kept)

    def _series(self, now: datetime) -> Iterator[Step]:
        series, before = self.series, self.before
        at = next_revision(self.effects, series.uid, now)
        own = [m for m in series.live() if m.uid is None and m.span]
        whole = all(m.span.start >= before for m in own if m.span)
        behind = [
            m for m in own if m.span and m.key.original_start < before <= m.span.start
        ]
        for copy in self._of(series.uid):
            if whole:
                effect = removal(copy, self.two, at, partial(_ended, series))
            else:
                short = partial(_shortened, series, before)
                effect = shortening(copy, self.two, at, before, short)
            yield Step(copy, effect, at)
            if self.moved and not whole:
                yield from self._out(copy, behind, at, now)

    def _out(
        self, copy: Copy, meetings: Iterable[Meeting], at: Revision, now: datetime
    ) -> Iterator[Step]:
        for meeting in meetings:
            at = at.next(now)
            yield Step(copy, self._leave_out(copy, meeting, at), at)

    def _leave_out(self, copy: Copy, meeting: Meeting, at: Revision) -> Effect:
        original = meeting.key.original_start
        if copy.route is Route.WRITTEN and copy.calendar:
            return TakeOutOfCopy(
                copy.person,
                copy.calendar,
                copy.uid,
                original,
                at.sequence,
                at.stamp,
                silent=True,
            )
        edition = Edition(at, self.two.words(), self.two.guests())
        return SendInvite(copy.person, taken_out(self.series, meeting, edition))

    def _replacements(self, now: datetime) -> Iterator[Step]:
        for meeting in self.series.live():
            if not meeting.uid or not meeting.span or meeting.span.start < self.before:
                continue
            at = next_revision(self.effects, meeting.uid, now)
            build = partial(single, self.series, meeting)
            for copy in self._of(meeting.uid):
                yield Step(copy, removal(copy, self.two, at, build), at)

    def _of(self, uid: str) -> tuple[Copy, ...]:
        return tuple(c for c in ours(self.copies) if c.uid == uid)


def next_revision(effects: Iterable[Effect], uid: str, now: datetime) -> Revision:
    """The number and stamp after everything that was decided about an object."""
    last = last_revision(effects, uid)
    return last.next(now) if last else Revision.first(now)


def _ended(series: Series, edition: Edition, _: Method) -> Invite:
    return ended(series, edition)


def _shortened(series: Series, before: datetime, edition: Edition, _: Method) -> Invite:
    return shortened(series, before, edition)
