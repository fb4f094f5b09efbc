"""Bodies of two parts: what a file is, and what stands in it ('Upload file data')."""

from __future__ import annotations

import json
from email.message import Message
from email.parser import BytesParser
from typing import Any

from integrations.google.fake.problems import Answered, Problem


def read_upload(kind: str, body: bytes) -> tuple[Any, str]:
    """The JSON of the first part, and the HTML of the second; 400 for anything else."""
    head = f"Content-Type: {kind}\r\n\r\n".encode()
    parts = BytesParser().parsebytes(head + body).get_payload()
    if not kind.startswith("multipart/related") or not isinstance(parts, list):
        raise _wrong("Missing multipart body")
    if len(parts) != 2 or not all(isinstance(part, Message) for part in parts):
        raise _wrong("A multipart body has two parts")
    about, content = parts
    if not isinstance(about, Message) or not isinstance(content, Message):
        raise _wrong("A multipart body has two parts")
    if about.get_content_type() != "application/json":
        raise _wrong("The first part is JSON")
    if content.get_content_type() != "text/html":
        raise _wrong("FakeGoogle makes documents of HTML alone")
    try:
        return json.loads(_bytes(about)), _bytes(content).decode()
    except ValueError:
        raise _wrong("Parse Error") from None


def _bytes(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def _wrong(message: str) -> Answered:
    return Answered(Problem(400, "badContent", message))
