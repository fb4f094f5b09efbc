"""`Message` to the bytes of a mail (RFC 5322, RFC 6047), in one fixed structure.

What Outlook, Gmail and Apple Mail make of a mail depends on its shape, so there are
three shapes and no others (promises.md section 5): words alone, words with files, and
words with an invitation, in which the object stands twice and nothing else does.
"""

from __future__ import annotations

import hashlib
import re
from datetime import datetime
from email import policy
from email.errors import MessageError
from email.headerregistry import Address as Mailbox
from email.message import EmailMessage
from email.utils import format_datetime

from scheduler.effects import Address, Message
from scheduler.errors import Rejected

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]+")
_NOT_AN_ID = re.compile(r"[^A-Za-z0-9@._+-]")
_HEADER_NAME = re.compile(r"[A-Za-z][A-Za-z0-9-]*")
#: Long lines are legal up to 998 octets; folded addresses of links are not clickable.
_WIRE = policy.SMTP.clone(max_line_length=998)
#: Set by us alone, whatever a message carries along.
_OURS = frozenset(
    {
        "from",
        "to",
        "cc",
        "bcc",
        "sender",
        "reply-to",
        "return-path",
        "date",
        "subject",
        "message-id",
        "mime-version",
    }
)


def compose(message: Message, message_id: str, sender: Address, at: datetime) -> bytes:
    """The whole mail, CRLF, from the programme's one address; same id, same parts.

    `Rejected` when the recipient's address can stand in no header.
    """
    mail = EmailMessage(policy=policy.SMTP)
    ours = _box(sender)
    mail["From"] = ours
    mail["Reply-To"] = ours
    mail["To"] = _box(message.to)
    mail["Subject"] = _plain(message.subject)
    mail["Date"] = format_datetime(at)
    mail["Message-ID"] = f"<{_NOT_AN_ID.sub('-', message_id)}>"
    for name, value in _extra(message):
        mail[name] = value
    _fill(mail, message)
    _tidy(mail, message_id)
    return mail.as_bytes(policy=_WIRE)


def _box(address: Address) -> Mailbox:
    try:
        return Mailbox(_plain(address.name), addr_spec=address.email)
    except (ValueError, IndexError, AttributeError, MessageError) as error:
        # IndexError and AttributeError are the standard library's own, on "" and "0@[".
        raise Rejected("not an address that mail can be sent to") from error


def _plain(text: str) -> str:
    """One line without control characters: nothing in it can begin a header."""
    return _CONTROLS.sub(" ", text).strip()


def _extra(message: Message) -> list[tuple[str, str]]:
    """What the kind of mail asks for, then what the message brings."""
    if message.method:
        # Servers discard invitations that call themselves automatic.
        fixed = [("X-Auto-Response-Suppress", "OOF, AutoReply")]
    else:
        fixed = [("Auto-Submitted", "auto-generated")]
    taken = _OURS | {"auto-submitted", "x-auto-response-suppress"}
    return fixed + [
        (name, _plain(value))
        for name, value in message.headers
        if _HEADER_NAME.fullmatch(name)
        and name.lower() not in taken
        and not name.lower().startswith("content-")
    ]


def _fill(mail: EmailMessage, message: Message) -> None:
    words = _words(message)
    if not message.calendar and not message.attachments:
        for name, value in words.items():
            mail[name] = value
        mail.set_payload(words.get_payload())
        return
    mail["Content-Type"] = "multipart/mixed"
    mail.attach(words)
    if message.calendar:
        _file(mail, "invite.ics", "application/ics", message.calendar)
        return
    for name, media_type, octets in message.attachments:
        _file(mail, name, media_type, octets)


def _words(message: Message) -> EmailMessage:
    """What is read: text, HTML beside it, and for mail programs the object itself."""
    words = EmailMessage(policy=policy.SMTP)
    words.set_content(_sound(message.text), cte="quoted-printable")
    if message.html or message.calendar:
        words.make_alternative()
    if message.html:
        words.add_alternative(
            _sound(message.html), subtype="html", cte="quoted-printable"
        )
    if message.calendar:
        words.attach(_calendar(message))
    return words


def _sound(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


def _calendar(message: Message) -> EmailMessage:
    """The object for mail programs: METHOD in the type, base64, no file name."""
    part = EmailMessage(policy=policy.SMTP)
    part.set_content(message.calendar, "text", "calendar", disposition=None)
    part.set_param("charset", "utf-8")
    part.set_param("method", message.method)
    return part


def _file(mail: EmailMessage, name: str, media_type: str, octets: bytes) -> None:
    main, _, sub = media_type.partition("/")
    part = EmailMessage(policy=policy.SMTP)
    part.set_content(octets, main, sub, disposition="attachment", filename=_plain(name))
    if main == "text":
        part.set_param("charset", "utf-8")
    part.set_param("name", _plain(name))
    mail.attach(part)


def _tidy(mail: EmailMessage, message_id: str) -> None:
    """One MIME-Version; boundaries from the Message-ID: a repeat is the same mail."""
    for number, part in enumerate(mail.walk()):
        del part["MIME-Version"]
        if part.is_multipart():
            seed = f"{message_id}/{number}".encode()
            part.set_boundary(f"=_{hashlib.sha256(seed).hexdigest()[:32]}")
    mail["MIME-Version"] = "1.0"
