"""From an agreement and two people to the question that the slot search answers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from scheduler.agreement import Agreement, AgreementState, Terms
from scheduler.availability import NOTHING, Availability
from scheduler.busy import Own, Side
from scheduler.connections import CalendarKind, Connection
from scheduler.errors import Taken, Unavailable
from scheduler.ids import AgreementId, CalendarId, PersonId
from scheduler.localtime import zone
from scheduler.people import Pair, Role
from scheduler.series import Series, SeriesState
from scheduler.slots import Plan, PlanRequest
from scheduler.timespan import Span, Spans

_DAY = timedelta(days=1)


def in_force(versions: Iterable[Agreement]) -> Agreement | None:
    """The version that rules now."""
    return next((v for v in versions if v.state is AgreementState.IN_FORCE), None)


@dataclass(frozen=True, slots=True)
class PairView:
    """Everything the store knows of a pair that planning needs, at one instant."""

    pair: Pair
    mentor: Side
    mentee: Side
    #: Every version, oldest first.
    versions: tuple[Agreement, ...] = ()
    #: Every series, oldest first.
    series: tuple[Series, ...] = ()
    #: When the pair pauses: nothing of theirs is offered or booked then.
    pauses: Spans = NOTHING

    @property
    def sides(self) -> tuple[Side, Side]:
        """The mentor's, then the mentee's."""
        return self.mentor, self.mentee

    @property
    def rebooked(self) -> frozenset[CalendarId]:
        """The calendars in which an event gets other dates as a whole, as it stands."""
        return frozenset(
            reading.connection.id
            for side in self.sides
            for reading in side.readings
            if reading.connection.kind is CalendarKind.GOOGLE
        )

    @property
    def in_force(self) -> Agreement | None:
        """The version that rules now."""
        return in_force(self.versions)

    @property
    def standing(self) -> Series | None:
        """The series that stands in the calendars; there is at most one (I1)."""
        live = (s for s in self.series if s.state is SeriesState.LIVE)
        return next(live, None)

    @property
    def is_planned(self) -> bool:
        """Whether nothing is to be planned: no agreement, or what it says is booked.

        A change of terms that moves no meeting leaves the series as it is.
        """
        ruling, series = self.in_force, self.standing
        if ruling is None or self.pair.closed:
            return True
        if series is None or series.agreement == ruling.id:
            return series is not None
        before = next(v for v in self.versions if v.id == series.agreement)
        return not replans(before.terms, ruling.terms)

    def stale(self, now: datetime) -> tuple[Connection, ...]:
        """The calendars of either that have to be read first."""
        return tuple(c for side in self.sides for c in side.stale(now))

    def replaced(self, first: date) -> Spans:
        """The time of the meetings that a new series from this day on replaces."""
        series = self.standing
        if series is None:
            return NOTHING
        return Spans.of(
            m.span
            for m in series.live()
            if m.span and series.periods[m.period].first >= first
        )

    def availability(
        self, terms: Terms, now: datetime, without: Spans = NOTHING
    ) -> tuple[Availability, Availability]:
        """When the mentor could meet, and when the mentee: in no pause of theirs."""
        sides = (
            self.mentor.availability(
                self._own(terms, Role.MENTOR), now, without=without
            ),
            self.mentee.availability(
                self._own(terms, Role.MENTEE), now, without=without
            ),
        )
        mentor, mentee = (
            side if side.busy is None else replace(side, busy=side.busy | self.pauses)
            for side in sides
        )
        return mentor, mentee

    def _own(self, terms: Terms, role: Role) -> Own:
        """The quiet days of the version in force make way for those of these terms."""
        person = self.mentor.person if role is Role.MENTOR else self.mentee.person
        ruling = self.in_force
        before = ruling.terms.quiet_of(role) if ruling else frozenset[int]()
        quiet = (person.quiet_days - before) | terms.quiet_of(role)
        return Own(terms.hours_of(role), quiet, terms.country_of(role))


def first_period(terms: Terms, agreed_at: datetime, zones: tuple[str, str]) -> date:
    """The day on which the first period begins (product.md, Agreements).

    The first day, or the day after both accepted plus the minimum notice, whichever
    is later; it is the later day of the two people's zones.
    """
    noticed = agreed_at + timedelta(hours=terms.notice_hours)
    days = [noticed.astimezone(zone(name)).date() + _DAY for name in zones]
    return max(terms.first_day, *days)


def next_period(series: Series, earliest: date) -> date:
    """The first day of the first period of a series that begins then or later."""
    later = (p.first for p in series.periods if p.first >= earliest)
    return min(later, default=earliest)


def replans(old: Terms, new: Terms) -> bool:
    """Whether this change of terms moves meetings; others leave the series alone.

    Quiet days and days off are part of the hours: a day without any.
    """
    return _placing(old) != _placing(new)


def _placing(terms: Terms) -> tuple[object, ...]:
    return (
        terms.cadence,
        terms.minutes,
        *((terms.hours_of(r), terms.quiet_of(r), terms.country_of(r)) for r in Role),
        terms.last_day,
    )


def plan_request(
    view: PairView, agreement: Agreement, now: datetime, *, top: int = 0
) -> PlanRequest:
    """The question to ask; a version not yet in force is asked as if it were today.

    Where a series stands, the new one begins with the first of its periods that
    starts after the minimum notice, and what it takes out is not in its own way.
    """
    terms = agreement.terms
    zones = (view.mentor.person.zone, view.mentee.person.zone)
    first = first_period(terms, max(agreement.in_force_at or now, now), zones)
    if view.standing:
        first = next_period(view.standing, first)
    mentor, mentee = view.availability(terms, now, view.replaced(first))
    return PlanRequest(
        mentor,
        mentee,
        terms.cadence,
        terms.minutes,
        first,
        until=max(terms.last_day, first) + _DAY,
        top=top,
    )


def recheck(
    view: PairView, agreement: AgreementId, plan: Plan, first: date, now: datetime
) -> Agreement:
    """The version in force, when a plan from `first` on still holds on today's data.

    `Taken` E_AGREEMENT_CHANGED when another one rules, `Unavailable` when a calendar
    has not been read lately, `Taken` E_SLOT_TAKEN when something came up.
    """
    ruling = view.in_force
    if ruling is None or ruling.id != agreement:
        raise Taken(
            "E_AGREEMENT_CHANGED",
            "Another agreement is in force now; look at its plan.",
            field="agreement",
        )
    if view.stale(now):
        raise Unavailable("a calendar of the pair has not been read lately")
    sides = view.availability(ruling.terms, now, view.replaced(first))
    spans = (Span(m.start, m.end) for m in plan.meetings if m.start and m.end)
    if any(side.is_busy(span) for span in spans for side in sides):
        raise Taken(
            "E_SLOT_TAKEN", "One of these times is no longer free.", field="plan"
        )
    return ruling


def anchor_of(plan: Plan, pair: Pair) -> PersonId:
    """The person whose wall clock holds the slot."""
    return pair.mentor if plan.slot.anchor is Role.MENTOR else pair.mentee
