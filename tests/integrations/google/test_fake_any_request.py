"""Whatever is asked, FakeGoogle answers as Google could, and never breaks."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.google.fake.discovery import Method, calendar_v3
from integrations.google.fake.service import Asked
from tests.integrations.google.conftest import MENTEE, MENTOR, fresh
from tests.integrations.google.shapes import guests, timed, weekly

METHODS = [
    one
    for name, one in sorted(calendar_v3().methods.items())
    if name.partition(".")[0] in {"events", "calendars", "calendarList", "channels"}
]
WORDS = st.sampled_from(
    ["true", "false", "0", "1", "2", "all", "none", "x", "a=b", "2026-03-03T09:00:00Z", "2026-03-20", "updated", "startTime", "id,summary", "items(id)", "Europe/Berlin", "default", "primary", "json", "@", "%", ""]
)
PLACES = st.sampled_from(
    [
        "primary",
        MENTEE,
        "first",
        "first_20260310T090000Z",
        "first_20260310",
        "first_R20260310T090000",
        "alone",
        "%F0%9F%93%85",
        "_",
    ]
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 50_000),
    st.text(max_size=8),
    st.sampled_from(
        [
            timed(10)["start"],
            timed(11)["end"],
            {"date": "2026-03-10"},
            {"dateTime": "9999-12-31T23:59:59Z"},
            {"dateTime": "2026-03-29T02:30:00", "timeZone": "Europe/Berlin"},
            {},
            [],
            ["RRULE:FREQ=DAILY"],
            ["RRULE:FREQ=SECONDLY"],
            ["EXDATE:20260310T090000Z", "RDATE;VALUE=DATE:20260311"],
            ["RRULE:FREQ=WEEKLY;UNTIL=x"],
            guests(MENTEE),
            guests(MENTOR, "x@y.z"),
            "confirmed",
            "cancelled",
            "abcde",
            {"private": {"a": "b"}},
            {"createRequest": {"requestId": "r"}},
            {"useDefault": False, "overrides": [{"minutes": 1}]},
        ]
    ),
)


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    """One request by the document: its parts are what it names, their values any."""
    method: Method = draw(st.sampled_from(METHODS))
    path = method.pattern.pattern
    while "(?P<" in path:
        head, _, rest = path.partition("(?P<")
        path = head + draw(PLACES) + rest.partition("[^/]+)")[2]
    names = [k for k, v in method.parameters.items() if v["location"] == "query"]
    query = draw(st.lists(st.tuples(st.sampled_from(names), WORDS), max_size=3))
    body: Any = None
    if method.takes:
        known = sorted(calendar_v3().schema(method.takes)["properties"])
        whole = draw(st.sampled_from([{}, timed(), weekly(3)]))
        more = st.dictionaries(st.sampled_from(known), VALUES, max_size=3)
        body = {**whole, **draw(more)}
    data = b"" if body is None else json.dumps(body).encode()
    return Asked(method.http, f"/calendar/v3/{path}", tuple(query), {}, data)


@settings(max_examples=150)
@given(st.lists(requests(), min_size=1, max_size=6))
def test_every_answer_is_one_of_google_s(asked: list[Asked]) -> None:
    """The document holds every answer; 501 is for what FakeGoogle does not have."""
    google = fresh()
    body = {"id": "first", **weekly(5), "attendees": guests(MENTEE)}
    google.act(MENTOR, "events.insert", {"calendarId": "primary"}, body, sendUpdates="")
    body = {"id": "alone", **timed(20)}
    google.act(MENTOR, "events.insert", {"calendarId": "primary"}, body)
    for one in asked:
        for who in (MENTOR, MENTEE):
            token = google.token(who, "calendar")
            headers = {"authorization": f"Bearer {token}"}
            reply = google.handle(
                Asked(one.http, one.path, one.query, headers, one.body)
            )
            assert reply.status in {200, 204, 400, 403, 404, 409, 410, 412, 501}
