"""Whatever is asked, FakeGoogle answers as Google could, and never breaks."""

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.google.fake.apis import OPERATIONS
from integrations.google.fake.discovery import Method, calendar_v3
from integrations.google.fake.service import Asked
from tests.cases import tried
from tests.integrations.google.conftest import MENTEE, MENTOR, Json, fresh
from tests.integrations.google.shapes import guests, timed, weekly

METHODS = [
    one
    for name, one in sorted(calendar_v3().methods.items())
    if name in {*OPERATIONS, "events.watch", "channels.stop"}
]
TEXTS = st.sampled_from(
    ["x", "a=b", "2026-03-03T09:00:00Z", "2026-03-20", "items(id)", "primary", "@", ""]
)
PLACES = st.sampled_from(
    [
        "primary",
        "primary",
        "first",
        MENTOR,
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


def words(kind: Json) -> st.SearchStrategy[str]:
    """Mostly what a parameter takes, and now and then something else."""
    if kind["type"] == "boolean":
        return st.sampled_from(["true", "false", "true", "false", "yes"])
    if kind["type"] == "integer":
        return st.sampled_from(["1", "2", "1", "0", "many"])
    return st.sampled_from([*kind["enum"], "x"]) if "enum" in kind else TEXTS


@st.composite
def requests(draw: st.DrawFn) -> Asked:
    """One request by the document: its parts are what it names, their values any."""
    method: Method = draw(st.sampled_from(METHODS))
    path = method.pattern.pattern
    while "(?P<" in path:
        head, _, rest = path.partition("(?P<")
        path = head + draw(PLACES) + rest.partition("[^/]+)")[2]
    kinds = {k: v for k, v in method.parameters.items() if v["location"] == "query"}
    names = draw(st.lists(st.sampled_from(sorted(kinds)), max_size=2, unique=True))
    query = [(name, draw(words(kinds[name]))) for name in names]
    if "sendUpdates" in kinds and "sendUpdates" not in names:
        query.append(("sendUpdates", "all"))
    body: Any = None
    if method.takes:
        known = sorted(calendar_v3().schema(method.takes)["properties"])
        whole = draw(st.sampled_from([{}, timed(), weekly(3)]))
        more = st.dictionaries(st.sampled_from(known), VALUES, max_size=3)
        body = {**whole, **draw(more)}
    data = b"" if body is None else json.dumps(body).encode()
    return Asked(method.http, f"/calendar/v3/{path}", tuple(query), {}, data)


@settings(max_examples=tried(150))
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
