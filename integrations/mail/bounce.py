"""Reports of mails that did not arrive (RFC 3464), read without believing them.

A report is believed by whoever knows to which address the mail of this Message-ID
went: the id follows from a row of ours, and only its recipient has seen it.
"""

from __future__ import annotations

import re
from email.message import Message

from scheduler.ports.mail import Bounce

#: The address does not exist (5.1.x), or its mailbox is closed (5.2.1). A full mailbox
#: or a policy passes; RFC 3463.
_GONE = re.compile(r"5\.1\.\d{1,3}|5\.2\.1")
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_MESSAGE_ID = re.compile(r"<([^<>\s]{1,250})>")
_ID_HEADER = re.compile(r"^message-id:\s*(<[^>]*>)", re.IGNORECASE | re.MULTILINE)
_TROUBLE = frozenset({"failed", "delayed"})


def read_bounce(mail: Message) -> Bounce | None:
    """What a report says about the first recipient in trouble; None for other mail."""
    report = str(mail.get_param("report-type", "")).lower()
    if mail.get_content_type() != "multipart/report" or report != "delivery-status":
        return None
    parts = [part for part in mail.get_payload() if isinstance(part, Message)]
    message_id = _message_id(parts)
    for block in _recipients(parts):
        action = str(block.get("Action", "")).strip().lower()
        address = _address(block)
        if message_id and address and action in _TROUBLE:
            status = _STATUS.search(str(block.get("Status", "")))
            hard = bool(status and _GONE.fullmatch(status[0]))
            return Bounce(address, message_id, hard=hard and action == "failed")
    return None


def _recipients(parts: list[Message]) -> list[Message]:
    """The blocks of the report, one for each recipient."""
    found = []
    for part in parts:
        payload = part.get_payload()
        if part.get_content_type() == "message/delivery-status" and isinstance(
            payload, list
        ):
            found += [block for block in payload[:64] if isinstance(block, Message)]
    return found


def _address(block: Message) -> str:
    """Where the mail went: what we wrote, before what others made of it."""
    for name in ("Original-Recipient", "Final-Recipient"):
        kind, _, address = str(block.get(name, "")).partition(";")
        if kind.strip().lower() == "rfc822" and "@" in address:
            return address.strip().strip("<>").lower()
    return ""


def _message_id(parts: list[Message]) -> str:
    """The id of the mail that did not arrive, from what is left of it."""
    for part in parts:
        match = _MESSAGE_ID.search(_id_line(part))
        if match:
            return match[1]
    return ""


def _id_line(part: Message) -> str:
    """The Message-ID of an enclosed mail, or of its headers alone."""
    payload = part.get_payload()
    if part.get_content_type() == "message/rfc822" and isinstance(payload, list):
        first = payload[0] if payload else None
        return str(first.get("Message-ID", "")) if isinstance(first, Message) else ""
    if part.get_content_type() == "text/rfc822-headers":
        raw = part.get_payload(decode=True)
        head = raw.decode("utf-8", "replace") if isinstance(raw, bytes) else ""
        line = _ID_HEADER.search(head)
        return line[1] if line else ""
    return ""
