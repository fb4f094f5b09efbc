"""files.* and permissions.* of Drive, for documents alone.

With `drive.file` a client sees what it made for this very user, and nothing else:
404 for all others ('Choose Google Drive API scopes').
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from integrations.google.fake.files import DOCUMENT, OWNER, File, Grant, read_html
from integrations.google.fake.problems import (
    Answered,
    Json,
    Problem,
    invalid,
    required,
)
from integrations.google.fake.world import (
    DRIVE,
    Behaviour,
    Call,
    Outcome,
    World,
)

GENERATED = Problem(
    403,
    "generatedIdNotSupported",
    "Generated IDs are not supported for Docs Editors formats.",
)
NOT_AUTHORIZED = Problem(
    403,
    "appNotAuthorizedToFile",
    "The user has not granted the app write access to the file.",
)
STORAGE = Problem(
    403, "storageQuotaExceeded", "The user's Drive storage quota has been exceeded."
)
SHARING = Problem(
    403, "sharingRateLimitExceeded", "Rate limit exceeded. User message: Sorry."
)
_FORBIDDEN = Problem(
    403,
    "insufficientFilePermissions",
    "The user does not have sufficient permissions for this file.",
)
_TAG = re.compile(
    r"appProperties has \{ ?key='(?P<key>[^'\\]+)' and value='(?P<value>[^'\\]+)' ?\}"
    r"(?P<bin> and trashed ?= ?false)?"
)
#: 'Add custom file properties': bytes of a key and its value together, and how many.
_MOST_BYTES, _MOST = 124, 30
_ROLES = frozenset({"reader", "commenter", "writer"})


def create(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """files.create: a document, out of HTML where some comes along."""
    del behaviour
    body = call.body
    if body.get("mimeType") != DOCUMENT:
        raise Answered(Problem(501, "notImplemented", "FakeGoogle makes documents"))
    if "id" in body:
        raise Answered(GENERATED)
    properties = dict(body.get("appProperties") or {})
    _check(properties)
    seed = f"{call.user}/{world.change}/file"
    file = File(
        id="1" + sha256(seed.encode()).hexdigest()[:43],
        owner=call.user,
        client=call.client,
        name=body.get("name") or "Untitled",
        made_at=call.now,
        text=read_html(call.media) if call.media is not None else "\n",
        writers_can_share=body.get("writersCanShare", True),
        properties=properties,
    )
    return world.with_file(file), resource(file, call)


def _check(properties: Mapping[str, str]) -> None:
    long = (len(f"{k}{v}".encode()) > _MOST_BYTES for k, v in properties.items())
    if len(properties) > _MOST or any(long):
        raise invalid("Property too long", "appProperties", kind="body")


def get(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """files.get: what is known of it, one in the bin too."""
    del behaviour
    return world, resource(file_of(world, call), call)


def find(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """files.list by one of the client's own properties; new files come late to it."""
    asked = _TAG.fullmatch(call.query.get("q", ""))
    if asked is None:
        raise invalid("Invalid Value", "q")
    seen = [
        file
        for file in world.files.values()
        if _sees(file, call)
        and file.client == call.client
        and file.properties.get(asked["key"]) == asked["value"]
        and not (asked["bin"] and file.trashed)
        and call.now - file.made_at >= behaviour.search_lag
    ]
    files = [resource(file, call) for file in seen]
    answer = {"kind": "drive#fileList", "incompleteSearch": False, "files": files}
    return world, answer


def update(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """files.update of the bin alone; only its owner puts a file there."""
    del behaviour
    file = file_of(world, call)
    if set(call.body) != {"trashed"} or call.media is not None:
        raise Answered(Problem(501, "notImplemented", "FakeGoogle knows the bin"))
    _must_own(file, call)
    file = replace(file, trashed=call.body["trashed"])
    return world.with_file(file), resource(file, call)


def delete(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """files.delete, for ever."""
    del behaviour
    file = file_of(world, call)
    _must_own(file, call)
    return world.without_file(file.id), None


def share(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """permissions.create for one user, who is not told by mail.

    Whoever has no account must be: 400 `invalidSharingRequest`.
    """
    del behaviour
    file = file_of(world, call)
    body = call.body
    email = str(body.get("emailAddress") or "")
    if body.get("type") != "user" or body.get("role") not in _ROLES:
        raise invalid("The permission type field is required.", "type", kind="body")
    if not email:
        raise required("emailAddress", kind="body")
    if call.query.get("sendNotificationEmail") is not False:
        # Stricter than Google, where it is true unless it is said.
        raise required("sendNotificationEmail")
    role = file.role(call.user)
    if role != OWNER and not (role == "writer" and file.writers_can_share):
        raise Answered(_FORBIDDEN)
    if email not in world.accounts:
        message = "You are trying to invite somebody who has no Google account."
        raise Answered(Problem(400, "invalidSharingRequest", message))
    name = permission_id(email)
    if email != file.owner:
        grants = {**file.grants, name: Grant(email, body["role"])}
        file = replace(file, grants=grants)
    return world.with_file(file), _permission(file, name)


def permissions(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """permissions.list: who may open it."""
    del behaviour
    file = file_of(world, call)
    every = [permission_id(file.owner), *file.grants]
    found = [_permission(file, name) for name in every]
    return world, {"kind": "drive#permissionList", "permissions": found}


def unshare(world: World, call: Call, behaviour: Behaviour) -> Outcome:
    """permissions.delete, by its owner, or of one's own."""
    del behaviour
    file = file_of(world, call)
    name = call.at["permissionId"]
    if name not in file.grants:
        raise _missing(name)
    if call.user not in {file.owner, file.grants[name].email}:
        raise Answered(_FORBIDDEN)
    left = {key: one for key, one in file.grants.items() if key != name}
    return world.with_file(replace(file, grants=left)), None


def file_of(world: World, call: Call, name: str = "fileId") -> File:
    """The file that a call means; 404 where it is not this user's, or not for them."""
    file = world.files.get(call.at[name])
    if file is None or not _sees(file, call):
        raise _missing(call.at[name])
    return file


def _sees(file: File, call: Call) -> bool:
    if not file.role(call.user):
        return False
    made_here = (file.owner, file.client) == (call.user, call.client)
    return made_here or bool(call.scopes & {DRIVE})


def permission_id(email: str) -> str:
    """Of one user, the same on all files."""
    return str(int(sha256(email.encode()).hexdigest()[:16], 16))


def resource(file: File, call: Call) -> Json:
    """A file as Drive tells of it; without `fields` only what is always told."""
    found: dict[str, Any] = {
        "kind": "drive#file",
        "id": file.id,
        "name": file.name,
        "mimeType": DOCUMENT,
    }
    if "fields" not in call.query:
        return found
    return found | {
        "trashed": file.trashed,
        "webViewLink": file.link,
        "writersCanShare": file.writers_can_share,
        "appProperties": dict(file.properties) if call.client == file.client else {},
        "ownedByMe": file.owner == call.user,
    }


def _permission(file: File, name: str) -> Json:
    grant = file.grants.get(name)
    return {
        "kind": "drive#permission",
        "id": name,
        "type": "user",
        "role": grant.role if grant else OWNER,
        "emailAddress": grant.email if grant else file.owner,
    }


def _must_own(file: File, call: Call) -> None:
    if file.owner != call.user:
        raise Answered(_FORBIDDEN)


def _missing(name: str) -> Answered:
    place = ("parameter", "fileId")
    return Answered(
        Problem(404, "notFound", f"File not found: {name}.", "global", place)
    )
