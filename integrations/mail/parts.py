"""The parts of a mail, as far as they are read; nesting without end is not."""

from __future__ import annotations

from collections.abc import Iterator
from email.message import Message

MOST_DEPTH, MOST_PARTS = 8, 64


def parts(mail: Message, depth: int = MOST_DEPTH) -> Iterator[Message]:
    """The parts that hold something; a mail that is forwarded whole is not ours."""
    if mail.get_content_maintype() == "message":
        return
    payload = mail.get_payload()
    if not mail.is_multipart() or not isinstance(payload, list):
        yield mail
    elif depth:
        for part in payload[: MOST_PARTS + 1]:
            if isinstance(part, Message):
                yield from parts(part, depth - 1)


def octets_of(part: Message) -> bytes:
    """What it holds in UTF-8, whatever it was written in."""
    raw = part.get_payload(decode=True)
    octets = raw if isinstance(raw, bytes) else b""
    charset = str(part.get_content_charset() or "utf-8")
    if charset in {"utf-8", "us-ascii"}:
        return octets
    return octets.decode(charset, "replace").encode()
