"""Whatever is asked of documents, FakeGoogle answers as Google could."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.google import drive
from integrations.google.fake.apis import OPERATIONS
from integrations.google.fake.discovery import Method, described
from integrations.google.fake.service import Asked
from scheduler.documents import Line
from tests.integrations.google.asking import Asking
from tests.integrations.google.conftest import MENTEE, MENTOR, fresh

FILE = "drive.file"
#: Where each API begins; Docs names the whole path.
PREFIXES = {"drive.v3": "/drive/v3/", "docs.v1": "/"}
METHODS = [
    (name, one)
    for name in PREFIXES
    for _, one in sorted(described(name).methods.items())
    if one.name in OPERATIONS
]
PLACES = st.sampled_from(["file", "file", "nothing", "%20"])
WORDS = st.sampled_from(
    ["true", "false", "1", "x", "*", "id", drive.find("tag").params["q"], ""]
)
NUMBERS = st.integers(-1, 25)
RANGES = st.fixed_dictionaries({"startIndex": NUMBERS, "endIndex": NUMBERS})
CHANGES = st.one_of(
    st.builds(
        lambda n, text: {"insertText": {"location": {"index": n}, "text": text}},
        NUMBERS,
        st.text(max_size=4),
    ),
    st.builds(lambda r: {"deleteContentRange": {"range": r}}, RANGES),
    st.builds(
        lambda r, style: {
            "updateParagraphStyle": {
                "range": r,
                "paragraphStyle": {"namedStyleType": style},
                "fields": "namedStyleType",
            }
        },
        RANGES,
        st.sampled_from(["NORMAL_TEXT", "HEADING_2", "TITLE", "x"]),
    ),
    st.just({"createNamedRange": {"name": "x"}}),
)
VALUES = st.one_of(
    st.none(),
    st.booleans(),
    st.text(max_size=4),
    st.lists(CHANGES, max_size=3),
    st.sampled_from(
        [drive.DOCUMENT, "user", "writer", MENTEE, MENTOR, {"troth": "tag"}]
    ),
    st.just({"requiredRevisionId": "revision-1"}),
)


@st.composite
def requests(draw: st.DrawFn, file: str) -> Asked:
    name, method = draw(st.sampled_from(METHODS))
    assert isinstance(method, Method)
    path = method.pattern.pattern
    while "(?P<" in path:
        head, _, rest = path.partition("(?P<")
        place = draw(PLACES)
        path = head + (file if place == "file" else place) + rest.partition("+)")[2]
    kinds = {k: v for k, v in method.parameters.items() if v["location"] == "query"}
    names = draw(st.lists(st.sampled_from(sorted(kinds)), max_size=2, unique=True))
    query = tuple((one, draw(WORDS)) for one in names)
    body: Any = None
    if method.takes:
        known = sorted(described(name).schema(method.takes)["properties"])
        body = draw(st.dictionaries(st.sampled_from(known), VALUES, max_size=4))
    data = b"" if body is None else json.dumps(body).encode()
    return Asked(method.http, f"{PREFIXES[name]}{path}", query, {}, data)


@settings(max_examples=150)
@given(st.data())
def test_every_answer_is_one_of_google_s(data: st.DataObject) -> None:
    """The documents hold every answer; 501 is for what FakeGoogle does not have."""
    google = fresh()
    file = Asking(google, MENTOR, FILE)(drive.make("tag", "A", (Line("a\N{OWL}"),)))
    for _ in range(data.draw(st.integers(1, 5))):
        one = data.draw(requests(str(file["id"])))
        for who in (MENTOR, MENTEE):
            headers = {"authorization": f"Bearer {google.token(who, 'drive')}"}
            reply = google.handle(
                Asked(one.http, one.path, one.query, headers, one.body)
            )
            assert reply.status in {200, 204, 400, 403, 404, 501}
        for kept in google.world.files.values():
            assert kept.text.endswith("\n")
