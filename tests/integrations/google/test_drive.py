"""What is asked of Drive and Docs is what Google describes, and answers are read."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from importlib.resources import files
from typing import Any

import pytest

from integrations.google import drive
from integrations.google.protocol import Request
from integrations.google.scopes import Scope
from integrations.google.wire import DOCS, DRIVE, ELSEWHERE, UPLOAD, wire
from scheduler.documents import Line, Paragraph
from scheduler.errors import Gone, Unavailable

LINES = (Line("Agenda", is_heading=True), Line("- <b>\N{OWL}</b>"))


def document(name: str) -> dict[str, Any]:
    folder = files("googleapiclient.discovery_cache.documents")
    found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
    return found


DOCUMENTS = {DRIVE: document("drive.v3"), DOCS: document("docs.v1")}
DOCUMENTS[UPLOAD] = DOCUMENTS[DRIVE]


def asked() -> Iterator[Request]:
    yield drive.make("tag", "Agenda", LINES)
    yield drive.find("tag")
    yield drive.look("f")
    yield drive.share("f", "ida@a.test")
    yield drive.read("f")
    yield drive.rewrite("f", (1, 8), LINES, "r")


@pytest.mark.parametrize(
    "request_", [*asked()], ids=lambda r: f"{r.resource}.{r.method}"
)
def test_each_call_is_one_that_google_describes(request_: Request):
    http, path, service = ELSEWHERE[request_.resource, request_.method]
    described = DOCUMENTS[service]
    method = described["resources"][request_.resource]["methods"][request_.method]
    where = method["path"]
    if service == UPLOAD:
        where = method["mediaUpload"]["protocols"]["simple"]["path"].lstrip("/")
        path = f"{service}{path}"
    elif service == DOCS:
        path = f"{service}{path}"
    assert (http, path) == (method["httpMethod"], where)
    known = method["parameters"]
    assert request_.params.keys() <= known.keys() | described["parameters"].keys()
    assert {n for n, one in known.items() if one.get("required")} <= {*request_.params}
    assert Scope.DOCUMENTS.value in method["scopes"]
    if request_.body is not None:
        schema = described["schemas"][method["request"]["$ref"]]["properties"]
        assert request_.body.keys() <= schema.keys()


def test_every_call_is_tried_here():
    assert {(one.resource, one.method) for one in asked()} == set(ELSEWHERE)


def test_an_upload_says_what_it_is_and_what_stands_in_it():
    """'Upload file data', multipart upload: JSON first, then the media."""
    sent = wire(drive.make("tag", "Agenda", LINES))
    kind, boundary = sent.headers["Content-Type"].split("; boundary=")
    assert kind == "multipart/related"
    about, content = sent.body.split(f"--{boundary}\r\n".encode())[1:]
    assert json.loads(about.partition(b"\r\n\r\n")[2]) == {
        "name": "Agenda",
        "mimeType": "application/vnd.google-apps.document",
        "appProperties": {"troth": "tag"},
        "writersCanShare": False,
    }
    html = content.partition(b"\r\n\r\n")[2].decode()
    assert "<h2>Agenda</h2><p>- &lt;b&gt;\N{OWL}&lt;/b&gt;</p>" in html
    assert content.endswith(f"--{boundary}--\r\n".encode())
    # Nobody knows whether one whose answer was lost was done.
    assert not sent.repeats


def test_new_lines_stand_where_the_old_ones_stood_and_have_their_styles():
    body = drive.rewrite("f", (8, 30), LINES, "r").body
    assert body is not None
    assert body["writeControl"] == {"requiredRevisionId": "r"}
    insert, delete, *styles = body["requests"]
    assert insert["insertText"]["location"]["index"] == 8
    size = drive.length(insert["insertText"]["text"])
    assert size == len("Agenda") + 1 + len("- <b></b>") + 2
    assert delete["deleteContentRange"]["range"] == {
        "startIndex": 8 + size,
        "endIndex": 29 + size,
    }
    names = [s["updateParagraphStyle"]["paragraphStyle"] for s in styles]
    assert [one["namedStyleType"] for one in names] == ["HEADING_2", "NORMAL_TEXT"]


def run(text: str, **more: Any) -> dict[str, Any]:
    return {"textRun": {"content": text, **more}}


def test_a_paragraph_is_plain_text_or_somebody_else_s():
    def paragraph(at: int, *elements: dict[str, Any]) -> dict[str, Any]:
        whole = {"startIndex": at, "endIndex": at + 5}
        return whole | {"paragraph": {"elements": [*elements]}}

    content = [
        {"endIndex": 1, "sectionBreak": {}},
        paragraph(1, run("a"), run("b\n")),
        paragraph(6, run("a"), {"startIndex": 7, "endIndex": 8}, run("\n")),
        paragraph(11, run("a\n", suggestedInsertionIds=["s"])),
        paragraph(16, run("a\n", suggestedDeletionIds=["s"])),
        {"startIndex": 21, "endIndex": 30, "table": {}},
    ]
    page = drive.read_page({"revisionId": "r", "body": {"content": content}})
    assert page.version == "r"
    texts = [one.text for one in page.paragraphs]
    assert texts == [None, "ab", None, None, None, None]
    assert page.paragraphs[1] == Paragraph("ab", 1, 6)
    assert drive.read_page({}).paragraphs == ()


def test_a_file_in_the_bin_is_gone_and_one_without_a_name_is_no_answer():
    whole = {"id": "f", "webViewLink": "https://docs.google.com/d", "trashed": False}
    assert drive.read_made(whole).file == "f"
    with pytest.raises(Gone):
        drive.read_made(whole | {"trashed": True})
    for bad in ({}, {"id": "f"}, {"id": 1, "webViewLink": "x"}):
        with pytest.raises(Unavailable):
            drive.read_made(bad)


def test_of_two_with_one_tag_it_is_the_one_that_is_not_in_the_bin():
    one = {"id": "a", "webViewLink": "https://docs.google.com/a", "trashed": True}
    two = one | {"id": "b", "trashed": False}
    found = drive.read_found({"files": [one, two]})
    assert found and found.file == "b"
    assert drive.read_found({"files": []}) is None
    with pytest.raises(Gone):
        drive.read_found({"files": [one]})


def test_the_fields_that_are_asked_for_are_those_that_are_read():
    """Of what people typed nothing is asked beside the text and its suggestions."""
    fields = str(drive.read("f").params["fields"])
    assert set(re.findall(r"\w+", fields)) == {
        *("revisionId", "body", "content", "startIndex", "endIndex", "paragraph"),
        *("elements", "textRun", "suggestedInsertionIds", "suggestedDeletionIds"),
    }
