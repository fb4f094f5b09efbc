"""A plan handed on as iCalendar, read back with a library that is not ours."""

from datetime import UTC, datetime, timedelta

import icalendar
import pytest
import recurring_ical_events

from integrations.ics.encode import encode
from scheduler.handout import handout
from scheduler.ids import Uid
from scheduler.search import search
from scheduler.slots import Plan, Status
from tests.scheduler.plan_cases import case, request

#: Seconds together: for `make test`.
pytestmark = pytest.mark.slow

STAMP = datetime(2026, 1, 1, tzinfo=UTC)


def written(plan: Plan) -> icalendar.Calendar:
    invite = handout(plan, uid=Uid("some@plan.test"), stamp=STAMP)
    return icalendar.Calendar.from_ical(encode(invite))


@pytest.mark.parametrize("seed", range(0, 400, 5))
def test_it_holds_exactly_the_meetings_that_stand(seed: int) -> None:
    plan = search(request(case(seed))).best
    if not plan:
        return
    days = (datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 6, 1, tzinfo=UTC))
    found = recurring_ical_events.of(written(plan)).between(*days)
    spans = sorted((e.start.astimezone(UTC), e.end.astimezone(UTC)) for e in found)
    assert spans == [(m.start, m.end) for m in plan.meetings if m.start]


@pytest.mark.parametrize("seed", range(0, 400, 5))
def test_it_is_published_to_nobody_with_its_zone(seed: int) -> None:
    plan = search(request(case(seed))).best
    if not plan:
        return
    calendar = written(plan)
    assert calendar["METHOD"] == "PUBLISH"
    zones = {str(part["TZID"]) for part in calendar.walk("VTIMEZONE")}
    assert zones == {plan.slot.zone}
    events = calendar.walk("VEVENT")
    assert {str(event["UID"]) for event in events} == {"some@plan.test"}
    assert not any("ORGANIZER" in event or "ATTENDEE" in event for event in events)
    moved = [event for event in events if "RECURRENCE-ID" in event]
    assert len(moved) == plan.moved
    assert "RRULE" in events[0]


def test_it_starts_with_the_first_date_that_takes_place() -> None:
    plans = (search(request(case(seed))).best for seed in range(500))
    early = next(
        plan
        for plan in plans
        if plan and plan.meetings[0].status is Status.UNPLACED and plan.unplaced == 1
    )
    invite = handout(early, uid=Uid("some@plan.test"), stamp=STAMP)
    assert invite.span.start == early.meetings[1].original_start
    assert invite.span.length == timedelta(minutes=early.slot.minutes)
    assert invite.exdates == ()
