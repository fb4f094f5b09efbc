"""A refusal is read back before it is believed; guests are heard one by one."""

from dataclasses import replace
from typing import Any

import pytest

from integrations.google.edits import Standing
from integrations.google.parts import asking, others, was_cut
from integrations.google.readback import Found, found, leads, rsvps, tag_of
from scheduler.events import Coming, Rsvp
from scheduler.ids import RemoteId
from tests.integrations.google.events import at, event, instance
from tests.integrations.google.test_edits import DATES, GUESTS, SERIES, stand


def guest(email: str, answer: str, **more: Any) -> dict[str, Any]:
    return {"email": email, "responseStatus": answer} | more


def test_what_stands_under_our_id() -> None:
    ours = stand().event
    assert ours is not None
    assert found(ours, "tag") is Found.OURS
    assert found(ours | {"status": "cancelled"}, "tag") is Found.DELETED
    assert found(ours | {"extendedProperties": {}}, "tag") is Found.FOREIGN
    assert found(ours, "another") is Found.FOREIGN
    assert found(None, "tag") is Found.NOTHING
    invited = stand(replace(SERIES, attendees=GUESTS)).event
    assert invited is not None
    assert tag_of(invited) == "tag"
    assert tag_of({"extendedProperties": {"shared": 5}}) == ""


@pytest.mark.parametrize(
    ("text", "coming"),
    [
        ("accepted", Coming.YES),
        ("declined", Coming.NO),
        ("tentative", Coming.MAYBE),
        ("needsAction", Coming.NOT_YET),
        ("not yet invented", Coming.NOT_YET),
        (None, Coming.NOT_YET),
    ],
)
def test_an_answer_to_the_series(text: str, coming: Coming) -> None:
    one = event("a", at("2026-03-02 10:00"), at("2026-03-02 11:00"))
    one["attendees"] = [guest("olga@b.test", "declined"), guest("Jon@A.test", text)]
    assert rsvps(Standing("primary", one), {"jon@a.test"}) == (Rsvp(coming),)


def test_an_answer_to_one_date_is_told_where_it_differs() -> None:
    series = event(
        "a", at("2026-03-16 10:00"), at("2026-03-16 11:00"), "RRULE:FREQ=WEEKLY"
    )
    host, said = guest("ida@a.test", "accepted"), guest("j@a.test", "accepted")
    series["attendees"] = [host, said]

    def date(day: str, *guests: dict[str, Any]) -> dict[str, Any]:
        start, end = at(f"{day} 10:00"), at(f"{day} 11:00")
        stamp = f"{day.replace('-', '')}T090000Z"
        return instance("a", start, stamp, start=start, end=end, attendees=list(guests))

    dates = (
        date("2026-03-16", host, said),
        date("2026-03-23", host, guest("j@a.test", "declined")),
        date("2026-03-30", host),
        {"id": "a_20260406T080000Z", "status": "cancelled"},
    )
    assert rsvps(Standing("primary", series, dates), {"j@a.test"}) == (
        Rsvp(Coming.YES),
        Rsvp(Coming.NO, DATES[1]),
        Rsvp(Coming.OFF, DATES[2]),
    )
    assert rsvps(Standing("primary", series), {"k@a.test"}) == (Rsvp(Coming.OFF),)


def test_only_the_calendar_that_leads_an_event_knows_its_guests() -> None:
    assert leads({"organizer": {"email": "Ida@a.test", "self": True}})
    assert not leads({"organizer": {"email": "olga@b.test"}})
    assert not leads({})


def test_the_parts_of_a_series_that_was_split() -> None:
    rule = {"recurrence": ["RRULE:FREQ=WEEKLY"]}
    named = [
        {"id": name, **rule}
        for name in ("abc", "abc_R20260316T090000", "abc_R20260401", "abd_R20260316")
    ]
    gone = {"id": "abc_R20260501", "status": "cancelled", **rule}
    date = {"id": "abc_20260501T090000Z"}
    assert others(RemoteId("abc"), [*named, gone, date]) == [
        "abc_R20260316T090000",
        "abc_R20260401",
    ]


def test_where_parts_are_looked_for() -> None:
    ours = stand().event
    assert ours is not None
    asked = asking("primary", ours)
    assert asked is not None
    assert asked("p2").params["privateExtendedProperty"] == "troth=tag"
    assert asked("p2").params["pageToken"] == "p2"
    assert asking("primary", {"id": "a"}) is None
    assert not was_cut({"recurrence": ["RRULE:FREQ=WEEKLY;COUNT=4"]})
    assert was_cut({"recurrence": ["RRULE:FREQ=WEEKLY;UNTIL=20260401T000000Z"]})
    assert was_cut({"status": "cancelled"})
