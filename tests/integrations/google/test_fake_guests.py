"""What Google documents, and does, with the copies of two people."""

import pytest
from googleapiclient.errors import HttpError
from icalendar import Calendar

from integrations.google.fake.acts import answer_outside
from integrations.google.fake.world import Behaviour
from tests.integrations.google.conftest import MENTEE, MENTOR, OUTSIDER, Stage
from tests.integrations.google.shapes import Json, guests, listed, timed, weekly
from tests.integrations.google.test_fake_listing import reason

AT = "abcde"


def invite(stage: Stage, *emails: str, **more: object) -> Json:
    body = {"id": AT, **weekly(), "attendees": guests(*emails), **more}
    call = stage.events().insert(calendarId="primary", body=body, sendUpdates="all")
    made: Json = call.execute()
    return made


def change(stage: Stage, who: str, body: Json, name: str = AT, **more: str) -> Json:
    more.setdefault("sendUpdates", "none")
    events = stage.events(who)
    done: Json = events.patch(
        calendarId="primary", eventId=name, body=body, **more
    ).execute()
    return done


def seen(stage: Stage, who: str, name: str = AT) -> Json:
    found: Json = stage.events(who).get(calendarId="primary", eventId=name).execute()
    return found


def answers(event: Json) -> dict[str, str]:
    return {one["email"]: one["responseStatus"] for one in event["attendees"]}


def test_a_guest_has_a_copy_with_the_same_names(stage: Stage) -> None:
    """'Events with attendees', event propagation."""
    marks = {"private": {"mine": "1"}, "shared": {"ours": "2"}}
    made = invite(stage, MENTEE, extendedProperties=marks)
    copy = seen(stage, MENTEE)
    assert (copy["id"], copy["iCalUID"]) == (made["id"], made["iCalUID"])
    assert copy["organizer"] == {"email": MENTOR}
    assert made["organizer"] == {"email": MENTOR, "self": True}
    (me,) = copy["attendees"]
    assert me == {"email": MENTEE, "self": True, "responseStatus": "needsAction"}
    assert copy["extendedProperties"] == {"shared": {"ours": "2"}}


def test_an_answer_is_seen_by_the_organiser(stage: Stage) -> None:
    """'Events with attendees': responseStatus of each guest."""
    invite(stage, MENTEE, OUTSIDER)
    _, token = listed(stage.events(MENTOR))
    mine = {"attendees": [{"email": MENTEE, "responseStatus": "accepted"}]}
    change(stage, MENTEE, {**mine, "attendeesOmitted": True}, sendUpdates="all")
    assert answers(seen(stage, MENTOR)) == {
        MENTEE: "accepted",
        OUTSIDER: "needsAction",
    }
    items, _ = listed(stage.events(MENTOR), syncToken=token)
    assert [one["id"] for one in items] == [AT]
    assert stage.google.world.mails[-1].method == "REPLY"


def test_an_answer_to_one_instance_is_an_exception_on_both_sides(stage: Stage) -> None:
    """'Recurring events': an instance answered alone becomes an exception."""
    invite(stage, MENTEE)
    name = f"{AT}_20260310T090000Z"
    said = {"attendees": [{"email": MENTEE, "responseStatus": "declined"}]}
    change(stage, MENTEE, said, name)
    for who in (MENTOR, MENTEE):
        assert answers(seen(stage, who, name)) == {MENTEE: "declined"}
        assert answers(seen(stage, who)) == {MENTEE: "needsAction"}


def test_a_guest_s_drag_changes_only_the_own_copy(stage: Stage) -> None:
    """'Events with attendees': without guestsCanModify changes stay in the copy."""
    invite(stage, MENTEE)
    name = f"{AT}_20260310T090000Z"
    change(stage, MENTEE, timed(11, 15), name)
    assert "03-11" in seen(stage, MENTEE, name)["start"]["dateTime"]
    assert "03-10" in seen(stage, MENTOR, name)["start"]["dateTime"]
    change(stage, MENTOR, {"description": "agenda"}, name)
    assert "03-11" in seen(stage, MENTEE, name)["start"]["dateTime"]
    assert seen(stage, MENTEE, name)["description"] == "agenda"


def test_guests_who_may_modify_change_it_for_everybody(stage: Stage) -> None:
    """Events, `guestsCanModify`."""
    invite(stage, MENTEE, guestsCanModify=True)
    change(stage, MENTEE, {"location": "Library"})
    assert seen(stage, MENTOR)["location"] == "Library"


def test_shared_properties_are_the_organiser_s(stage: Stage) -> None:
    """'Handle API errors', 403: forbiddenForNonOrganizer."""
    invite(stage, MENTEE)
    with pytest.raises(HttpError) as caught:
        change(stage, MENTEE, {"extendedProperties": {"shared": {"a": "b"}}})
    assert reason(caught) == (403, "forbiddenForNonOrganizer")
    change(stage, MENTEE, {"extendedProperties": {"private": {"a": "b"}}})
    assert "extendedProperties" not in seen(stage, MENTOR)


@pytest.mark.parametrize("tells", [True, False])
def test_a_guest_s_deletion_declines(stage: Stage, tells: bool) -> None:
    """Seen: the own delta always shows it, the organiser's perhaps."""
    stage.google.behaviour = Behaviour(deleting_declines=tells)
    invite(stage, MENTEE)
    _, token = listed(stage.events(MENTEE))
    stage.events(MENTEE).delete(
        calendarId="primary", eventId=AT, sendUpdates="none"
    ).execute()
    items, _ = listed(stage.events(MENTEE), syncToken=token)
    assert [(one["id"], one["status"]) for one in items] == [(AT, "cancelled")]
    said = answers(seen(stage, MENTOR))[MENTEE]
    assert said == ("declined" if tells else "needsAction")
    change(stage, MENTOR, {"summary": "new", "status": "tentative"})
    assert seen(stage, MENTEE)["status"] == "cancelled"


def test_what_the_organiser_does_reaches_the_guest(stage: Stage) -> None:
    """'Events with attendees', event propagation: changes and cancellations."""
    invite(stage, MENTEE)
    name = f"{AT}_20260317T090000Z"
    change(stage, MENTOR, timed(18), name)
    assert "03-18" in seen(stage, MENTEE, name)["start"]["dateTime"]
    events = stage.events(MENTOR)
    gone = f"{AT}_20260310T090000Z"
    for one in (gone, AT):
        events.delete(calendarId="primary", eventId=one, sendUpdates="none").execute()
        assert seen(stage, MENTEE, one)["status"] == "cancelled"
    assert listed(stage.events(MENTEE))[0] == []


def test_a_guest_who_is_taken_off_the_list_loses_the_copy(stage: Stage) -> None:
    """'Events with attendees': and gets it back when invited again."""
    invite(stage, MENTEE)
    change(stage, MENTOR, {"attendees": []})
    assert seen(stage, MENTEE)["status"] == "cancelled"
    change(stage, MENTOR, {"attendees": guests(MENTEE)})
    assert seen(stage, MENTEE)["status"] == "confirmed"


def test_hidden_invitations_are_shown_when_asked_for(stage: Stage) -> None:
    """Events: list, `showHiddenInvitations`."""
    stage.google.add_account("shy@gmail.test", hides=True)
    invite(stage, "shy@gmail.test")
    events = stage.events("shy@gmail.test")
    assert listed(events)[0] == []
    _, token = listed(events)
    assert len(listed(events, showHiddenInvitations=True)[0]) == 1
    said = [{"email": "shy@gmail.test", "responseStatus": "accepted"}]
    change(stage, "shy@gmail.test", {"attendees": said})
    items, _ = listed(events, syncToken=token)
    assert [one["id"] for one in items] == [AT]


def test_max_attendees_leaves_oneself(stage: Stage) -> None:
    """Events: list, `maxAttendees`: 'only the participant is returned'."""
    invite(stage, MENTEE, OUTSIDER)
    (item,), _ = listed(stage.events(MENTEE), maxAttendees=1)
    assert item["attendeesOmitted"]
    assert [one["email"] for one in item["attendees"]] == [MENTEE]
    (item,), _ = listed(stage.events(MENTOR), maxAttendees=1)
    assert "attendees" not in item


@pytest.mark.parametrize(
    ("wanted", "mailed"),
    [
        ("all", {MENTEE, OUTSIDER}),
        ("externalOnly", {OUTSIDER}),
        ("none", set()),
    ],
)
def test_who_is_mailed(stage: Stage, wanted: str, mailed: set[str]) -> None:
    """Events: insert, `sendUpdates`."""
    body = {"id": AT, **weekly(), "attendees": guests(MENTEE, OUTSIDER)}
    events = stage.events()
    events.insert(calendarId="primary", body=body, sendUpdates=wanted).execute()
    assert {one.to for one in stage.google.world.mails} == mailed
    assert seen(stage, MENTEE)["status"] == "confirmed"


def test_who_is_mailed_must_be_said(stage: Stage) -> None:
    """Of the house: a call that leaves it to a default has mailed people."""
    body = {**weekly(), "attendees": guests(MENTEE)}
    events = stage.events()
    with pytest.raises(HttpError) as caught:
        events.insert(calendarId="primary", body=body).execute()
    assert reason(caught) == (400, "required")
    assert listed(events)[0] == []
    alone = events.insert(calendarId="primary", body=weekly()).execute()
    assert alone["status"] == "confirmed"


def test_outside_guests_hear_of_a_lost_date_by_a_cancel_alone(stage: Stage) -> None:
    """Seen: the later REQUEST of the series does not have it as EXDATE."""
    invite(stage, OUTSIDER)
    events = stage.events()
    name = f"{AT}_20260310T090000Z"
    events.delete(calendarId="primary", eventId=name, sendUpdates="all").execute()
    lost = stage.google.world.mails[-1]
    event = Calendar.from_ical(lost.ics).events[0]
    assert lost.method == "CANCEL"
    assert event["RECURRENCE-ID"].dt.isoformat() == "2026-03-10T10:00:00+01:00"
    assert int(event["SEQUENCE"]) > 0
    rule = weekly()["recurrence"]
    lines = [*rule, "EXDATE;TZID=Europe/Berlin:20260317T100000"]
    change(stage, MENTOR, {"recurrence": lines}, sendUpdates="all")
    later = stage.google.world.mails[-1]
    assert later.method == "REQUEST"
    assert "EXDATE" not in later.ics
    (part,) = [
        one
        for one in later.message().walk()
        if one.get_content_type() == "text/calendar"
    ]
    assert part.get_param("method") == "REQUEST"


def test_an_outside_guest_answers_by_mail(stage: Stage) -> None:
    """'Events with attendees': guests without Google Calendar."""
    invite(stage, OUTSIDER, MENTEE)
    google = stage.google
    said = (OUTSIDER, "declined")
    google.become(answer_outside(google.world, MENTOR, AT, said, google.clock()))
    for who in (MENTOR, MENTEE):
        assert answers(seen(stage, who))[OUTSIDER] == "declined"


def test_guests_may_invite_others_unless_told_not_to(stage: Stage) -> None:
    """Events, `guestsCanInviteOthers`; nobody is taken off by a guest."""
    invite(stage, MENTEE)
    more = {"attendees": guests(MENTEE, OUTSIDER)}
    change(stage, MENTEE, more)
    assert answers(seen(stage, MENTOR)).keys() == {MENTEE, OUTSIDER}
    assert answers(seen(stage, MENTEE)).keys() == {MENTEE, OUTSIDER}
    change(stage, MENTOR, {"guestsCanInviteOthers": False})
    third = guests(MENTEE, OUTSIDER, "third@elsewhere.test")
    for wrong in (third, guests(MENTEE), []):
        with pytest.raises(HttpError) as caught:
            change(stage, MENTEE, {"attendees": wrong})
        assert reason(caught) == (403, "forbiddenForNonOrganizer")


def test_somebody_may_be_invited_to_one_instance_alone(stage: Stage) -> None:
    """'Recurring events': an exception has a guest list of its own."""
    invite(stage)
    name = f"{AT}_20260310T090000Z"
    change(stage, MENTOR, {"attendees": guests(MENTEE)}, name)
    items, _ = listed(stage.events(MENTEE))
    assert [one["id"] for one in items] == [name]
    with pytest.raises(HttpError) as caught:
        seen(stage, MENTEE)
    assert reason(caught) == (404, "notFound")


def test_guests_who_see_no_others_see_themselves(stage: Stage) -> None:
    """Events, `guestsCanSeeOtherGuests`."""
    invite(stage, MENTEE, OUTSIDER, guestsCanSeeOtherGuests=False)
    assert answers(seen(stage, MENTEE)).keys() == {MENTEE}
    assert answers(seen(stage, MENTOR)).keys() == {MENTEE, OUTSIDER}


def test_a_closed_account_leaves_its_guests_their_copies(stage: Stage) -> None:
    """F43: the organiser is gone; what they were invited to stays with the guests."""
    invite(stage, MENTEE)
    token = stage.google.token(MENTOR, "calendar")
    google = stage.google
    google.become(google.world.without_account(MENTOR))
    path = "/calendar/v3/calendars/primary/events"
    assert stage.plain("GET", path, token)[0] == 404
    assert seen(stage, MENTEE)["status"] == "confirmed"
    said = [{"email": MENTEE, "responseStatus": "accepted"}]
    change(stage, MENTEE, {"attendees": said})
    assert answers(seen(stage, MENTEE)) == {MENTEE: "accepted"}
