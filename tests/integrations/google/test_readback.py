"""A refusal is read back before it is believed; guests are heard one by one."""

from dataclasses import replace
from typing import Any

import pytest

from integrations.google.edits import Standing
from integrations.google.readback import (
    Answered,
    Found,
    Reply,
    found,
    missing_guests,
    organiser,
    parts,
    replies,
    tag_of,
    written,
)
from scheduler.ports.calendars import Written
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
    assert written(ours) == Written(ours["id"], ours["etag"])


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("accepted", Answered.YES),
        ("declined", Answered.NO),
        ("tentative", Answered.MAYBE),
        ("needsAction", Answered.NOT_YET),
        ("not yet invented", Answered.NOT_YET),
        (None, Answered.NOT_YET),
    ],
)
def test_an_answer_to_the_series(text: str, answer: Answered) -> None:
    one = event("a", at("2026-03-02 10:00"), at("2026-03-02 11:00"))
    one["attendees"] = [guest("Jon@A.test", text)]
    assert replies(Standing("primary", one)) == (Reply("jon@a.test", answer),)


def test_an_answer_to_one_date_is_told_where_it_differs() -> None:
    series = event(
        "a", at("2026-03-16 10:00"), at("2026-03-16 11:00"), "RRULE:FREQ=WEEKLY"
    )
    series["attendees"] = [
        guest("ida@a.test", "accepted"),
        guest("j@a.test", "accepted"),
    ]
    series["organizer"] = {"email": "Ida@a.test", "self": True}
    one = instance(
        "a",
        at("2026-03-23 10:00"),
        "20260323T090000Z",
        start=at("2026-03-23 10:00"),
        end=at("2026-03-23 11:00"),
        attendees=[guest("ida@a.test", "accepted"), guest("j@a.test", "declined")],
    )
    gone = {"id": "a_20260330T080000Z", "status": "cancelled"}
    standing = Standing("primary", series, (one, gone))
    assert replies(standing) == (
        Reply("ida@a.test", Answered.YES),
        Reply("j@a.test", Answered.YES),
        Reply("j@a.test", Answered.NO, DATES[1]),
    )
    assert missing_guests(standing, ["IDA@a.test", "K@a.test"]) == {"k@a.test"}
    assert organiser(standing) == "ida@a.test"
    assert organiser(Standing("primary", {})) == ""


def test_the_parts_of_a_series_that_was_split() -> None:
    events = ["abc", "abc_R20260316T090000", "abc_R20260401", "abd_R20260316T090000"]
    assert parts("abc", events) == {"abc_R20260316T090000", "abc_R20260401"}
    assert parts("abc_R20260401", events) == {"abc", "abc_R20260316T090000"}
