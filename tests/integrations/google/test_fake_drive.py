"""Drive and Docs in FakeGoogle: each rule with the page of Google's that says it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from importlib.resources import files
from typing import Any
from urllib.parse import parse_qsl

import pytest
from google.oauth2.credentials import Credentials
from google_auth_httplib2 import AuthorizedHttp
from googleapiclient.discovery import build_from_document
from hypothesis import given
from hypothesis import strategies as st

from integrations.google import drive
from integrations.google.failures import Operation, error, read_failure
from integrations.google.fake.discovery import described
from integrations.google.fake.docs import units
from integrations.google.fake.drive import GENERATED, NOT_AUTHORIZED, SHARING, STORAGE
from integrations.google.fake.faults import Drop, Refuse, Rule
from integrations.google.fake.files import DOCUMENT
from integrations.google.fake.problems import Problem
from integrations.google.fake.service import Asked, FakeGoogle
from integrations.google.protocol import Request
from integrations.google.wire import wire
from scheduler.documents import Line
from scheduler.errors import Gone, Rejected, Unavailable
from tests.integrations.google.asking import Asking, Refusal
from tests.integrations.google.conftest import (
    MENTEE,
    MENTOR,
    NOW,
    OUTSIDER,
    Stage,
    fresh,
)
from tests.integrations.google.writing import types

LINES = (Line("Agenda", is_heading=True), Line("- one & two"))
FILE = "drive.file"


def asking(google: FakeGoogle, user: str = MENTOR, *scopes: str) -> Asking:
    return Asking(google, user, *(scopes or (FILE,)))


def made(google: FakeGoogle, tag: str = "t") -> str:
    return str(asking(google)(drive.make(tag, "Agenda", LINES))["id"])


@contextmanager
def refused(status: int, reason: str = "") -> Iterator[None]:
    with pytest.raises(Refusal) as caught:
        yield
    found = caught.value.failure
    assert (found.status, found.reason) == (status, reason)


def test_html_becomes_a_document_with_a_paragraph_for_each_block():
    """'Upload file data', Import to Google Docs types; a link if asked for."""
    google = fresh()
    answer = asking(google)(drive.make("t", "Ida & Jon", LINES))
    assert answer.keys() == {"id", "webViewLink", "trashed"}
    file = google.world.files[answer["id"]]
    assert (file.name, file.text) == ("Ida & Jon", "Agenda\n- one & two\n")
    assert (file.owner, file.client) == (MENTOR, "troth")


def test_no_document_takes_an_id_that_its_maker_chose():
    """Seen live by others, told by no page: 403, 'Generated IDs are not supported'."""
    google = fresh()
    asked = drive.make("t", "Agenda", LINES)
    body = {**(asked.body or {}), "id": "1abc"}
    with refused(403, GENERATED.reason):
        asking(google)(
            Request("files", "create", asked.params, body, upload=asked.upload)
        )
    assert not google.world.files


def test_a_client_sees_only_what_it_made_for_this_very_user():
    """'Choose Google Drive API scopes': `drive.file`, files created by the app."""
    google = fresh()
    file = made(google)
    asking(google)(drive.share(file, MENTEE))
    for user in (MENTEE, MENTOR):
        theirs = asking(google, user, "drive")
        assert theirs(drive.look(file))["id"] == file
    with refused(404, "notFound"):
        asking(google, MENTEE)(drive.look(file))
    assert asking(google, MENTEE)(drive.find("t")) == {"files": []}


@pytest.mark.parametrize("scope", ["calendar.events.owned", "calendar"])
def test_no_scope_of_the_calendar_opens_a_document(scope: str):
    """The scopes of each method in the discovery document."""
    google = fresh()
    file = made(google)
    for call in (drive.look(file), drive.read(file), drive.make("u", "A", LINES)):
        with refused(403, "insufficientPermissions"):
            asking(google, MENTOR, scope)(call)


def test_a_search_finds_the_client_s_own_property_late_and_in_the_bin():
    """'Search for files and folders': `appProperties has`, `trashed`."""
    clock_ahead = [timedelta(0)]
    google = FakeGoogle(lambda: NOW + clock_ahead[0])
    google.behaviour = type(google.behaviour)(search_lag=timedelta(minutes=5))
    google.add_account(MENTOR)
    file = made(google)
    assert asking(google)(drive.find("t")) == {"files": []}
    clock_ahead[0] = timedelta(minutes=5)
    assert [f["id"] for f in asking(google)(drive.find("t"))["files"]] == [file]
    assert asking(google)(drive.find("other")) == {"files": []}
    google.act(MENTOR, "files.update", {"fileId": file}, {"trashed": True})
    [found] = asking(google)(drive.find("t"))["files"]
    assert found["trashed"] is True
    query = {"q": "appProperties has {key='troth' and value='t'} and trashed = false"}
    assert asking(google)(Request("files", "list", query))["files"] == []
    with refused(400, "invalid"):
        asking(google)(Request("files", "list", {"q": "id = 'x'"}))


def test_a_property_has_room_for_124_bytes():
    """'Add custom file properties', limits."""
    google = fresh()
    asking(google)(drive.make("t" * 119, "A", LINES))
    with refused(400, "invalid"):
        asking(google)(drive.make("t" * 120, "A", LINES))


def test_sharing_twice_is_once_and_nobody_without_an_account_gets_in_unasked():
    """Permissions: create; 'Share files', invalidSharingRequest."""
    google = fresh()
    file = made(google)
    for _ in range(2):
        asking(google)(drive.share(file, MENTEE))
    where = {"fileId": file}
    told = google.act(MENTOR, "permissions.list", where, fields="*") or {}
    assert [(p["emailAddress"], p["role"]) for p in told["permissions"]] == [
        (MENTOR, "owner"),
        (MENTEE, "writer"),
    ]
    with refused(400, "invalidSharingRequest"):
        asking(google)(drive.share(file, OUTSIDER))
    loud = drive.share(file, MENTEE)
    with refused(400, "required"):
        params = {k: v for k, v in loud.params.items() if k != "sendNotificationEmail"}
        asking(google)(Request("permissions", "create", params, loud.body))


def test_a_writer_shares_no_further_where_the_owner_forbade_it():
    """Files, `writersCanShare`."""
    google = fresh()
    file = made(google)
    asking(google)(drive.share(file, MENTEE))
    with refused(403, "insufficientFilePermissions"):
        asking(google, MENTEE, "drive")(drive.share(file, MENTOR))


def test_what_is_unshared_is_not_there_any_more():
    """Permissions: delete; 404 for whom a file is not shared with."""
    google = fresh()
    file = made(google)
    told = asking(google)(drive.share(file, MENTEE))
    at = {"fileId": file, "permissionId": told["id"]}
    google.act(MENTOR, "permissions.delete", at)
    with refused(404, "notFound"):
        asking(google, MENTEE, "drive")(drive.look(file))


def test_its_owner_alone_puts_it_into_the_bin_or_deletes_it():
    """Files, `trashed`: 'Only the owner may trash a file'."""
    google = fresh()
    file = made(google)
    asking(google)(drive.share(file, MENTEE))
    with pytest.raises(Exception, match="insufficientFilePermissions"):
        google.act(MENTEE, "files.update", {"fileId": file}, {"trashed": True})
    google.act(MENTOR, "files.delete", {"fileId": file})
    for call in (drive.look(file), drive.read(file)):
        with refused(404, "notFound"):
            asking(google)(call)


def test_places_are_utf_16_units_and_the_first_paragraph_is_at_1():
    """'Structure of a Google Docs document', start and end index."""
    google = fresh()
    file = made(google)
    types(google, MENTOR, file, "a\N{OWL}b\n\nc")
    content = asking(google)(drive.read(file))["body"]["content"]
    places = [(one.get("startIndex", 0), one["endIndex"]) for one in content]
    assert places == [(0, 1), (1, 6), (6, 7), (7, 9)]


def test_a_batch_for_another_revision_is_not_done_at_all():
    """Documents: batchUpdate, WriteControl: `requiredRevisionId`, 400."""
    google = fresh()
    file = made(google)
    before = asking(google)(drive.read(file))["revisionId"]
    types(google, MENTOR, file, "Agenda\n- one & two\ntyped")
    with refused(400):
        asking(google)(drive.rewrite(file, (1, 8), (Line("x"),), before))
    assert google.world.files[file].text == "Agenda\n- one & two\ntyped\n"


@pytest.mark.parametrize(
    "change",
    [
        {"deleteContentRange": {"range": {"startIndex": 1, "endIndex": 20}}},
        {"deleteContentRange": {"range": {"startIndex": 3, "endIndex": 3}}},
        {"deleteContentRange": {"range": {"startIndex": 0, "endIndex": 2}}},
        {"insertText": {"location": {"index": 20}, "text": "x"}},
        {"insertText": {"location": {"index": 0}, "text": "x"}},
    ],
)
def test_one_bad_change_undoes_the_batch(change: dict[str, Any]):
    """Documents: batchUpdate: all or nothing; DeleteContentRange: the last newline."""
    google = fresh()
    file = made(google)
    good = {"insertText": {"location": {"index": 1}, "text": "x"}}
    text = google.world.files[file].text
    assert units(text) == 19
    at = {"documentId": file}
    changes = [change] if "insert" in str(change) else [change, good]
    with refused(400):
        asking(google)(
            Request("documents", "batchUpdate", at, {"requests": [*changes]})
        )
    assert google.world.files[file].text == text


def test_a_reader_may_not_write_and_is_told_no_revision():
    """Documents, `revisionId`: 'only returned if the user has edit access'."""
    google = fresh()
    file = made(google)
    body = {"type": "user", "role": "reader", "emailAddress": MENTEE}
    google.act(
        MENTOR,
        "permissions.create",
        {"fileId": file},
        body,
        sendNotificationEmail=False,
    )
    theirs = asking(google, MENTEE, "documents")
    with refused(404, "notFound"):  # `documents` is no scope of Drive's here
        theirs(drive.read(file))
    theirs = asking(google, MENTEE, "drive")
    assert "revisionId" not in theirs(drive.read(file))
    with refused(403):
        theirs(drive.rewrite(file, (1, 8), (Line("x"),), "revision-1"))


@pytest.mark.parametrize(
    ("problem", "operation", "kind"),
    [
        (STORAGE, Operation.MAKE, Rejected),
        (SHARING, Operation.DOCUMENT, Unavailable),
        (NOT_AUTHORIZED, Operation.DOCUMENT, Gone),
    ],
)
def test_refusals_of_drive_are_told_apart(
    problem: Problem, operation: Operation, kind: type[Exception]
):
    """Drive, 'Resolve errors'."""
    body = json.dumps(problem.body()).encode()
    found = error(read_failure(problem.status, {}, body, NOW), operation)
    assert isinstance(found, kind)


def test_faults_meet_documents_too():
    google = fresh()
    google.play(
        Rule("files.create", Drop(applied=True)),
        Rule("documents.get", Refuse(STORAGE)),
    )
    token = google.token(MENTOR, FILE)
    asked = drive.make("t", "A", LINES)
    sent = wire(asked)
    path, _, query = sent.target.partition("?")
    pairs = tuple(parse_qsl(query))
    headers = {"authorization": f"Bearer {token}"}
    headers |= {name.lower(): text for name, text in sent.headers.items()}
    reply = google.handle(
        Asked("POST", f"/{sent.service}{path}", pairs, headers, sent.body)
    )
    assert reply.cut is not None
    [file] = google.world.files
    with refused(403, STORAGE.reason):
        asking(google)(drive.read(file))


def test_google_s_own_client_reads_and_writes_here_too(stage: Stage):
    """Whatever is not uploaded; uploads of that client want https."""
    file = made(stage.google)
    stage.service(MENTOR, "drive")  # its Http serves the two below
    [http] = stage.opened
    token = stage.google.token(MENTOR, "drive")

    def opened(name: str, path: str) -> Any:
        document = described_document(name)
        root = f"{stage.address}/"
        document |= {"rootUrl": root, "servicePath": path, "baseUrl": f"{root}{path}"}
        return build_from_document(document, http=_bearing(http, token))

    drives, documents = opened("drive.v3", "drive/v3/"), opened("docs.v1", "")
    assert drives.files().get(fileId=file, fields="trashed").execute() == {
        "trashed": False
    }
    page = documents.documents().get(documentId=file).execute()
    body = {
        "requests": [{"insertText": {"location": {"index": 1}, "text": "x"}}],
        "writeControl": {"requiredRevisionId": page["revisionId"]},
    }
    documents.documents().batchUpdate(documentId=file, body=body).execute()
    assert stage.google.world.files[file].text.startswith("xAgenda\n")


def described_document(name: str) -> dict[str, Any]:
    folder = files("googleapiclient.discovery_cache.documents")
    found: dict[str, Any] = json.loads((folder / f"{name}.json").read_text())
    return found


def _bearing(http: Any, token: str) -> Any:
    return AuthorizedHttp(Credentials(token), http=http)


@given(st.text(alphabet="a\N{OWL}\n", max_size=8), st.data())
def test_a_deletion_takes_exactly_its_units(text: str, data: st.DataObject):
    """An oracle: lists of code units."""
    google = fresh()
    file = made(google)
    types(google, MENTOR, file, text)
    whole = f"{text}\n".encode("utf-16-le")
    every = [whole[n : n + 2] for n in range(0, len(whole), 2)]
    start = data.draw(st.integers(1, len(every)))
    end = data.draw(st.integers(start, len(every) + 1))
    left = b"".join([*every[: start - 1], *every[end - 1 :]])
    place = {"startIndex": start, "endIndex": end}
    body = {"requests": [{"deleteContentRange": {"range": place}}]}
    try:
        asking(google)(Request("documents", "batchUpdate", {"documentId": file}, body))
    except Refusal:
        cut = every[start - 1 : start] + every[end - 1 : end]
        splits = any(0xDC <= unit[1] < 0xE0 for unit in cut)
        assert splits or start == end or end == len(every) + 1
    else:
        assert google.world.files[file].text.encode("utf-16-le") == left


def test_what_is_described_is_what_is_asked():
    """No name beside those of the two discovery documents."""
    assert DOCUMENT == drive.DOCUMENT
    assert {"files.create", "permissions.create"} <= described(
        "drive.v3"
    ).methods.keys()
