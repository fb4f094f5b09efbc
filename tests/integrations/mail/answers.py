"""Mails as mail programs write them, and what is read in them."""

from __future__ import annotations

from datetime import UTC, datetime
from email.message import EmailMessage

from integrations.mail.answer import read_answer
from scheduler.ports.mail import Answer, Bounce, Ignored, Note, Reply

NOW = datetime(2026, 3, 2, 8, tzinfo=UTC)
LEYLA = "leyla@acme.test"
UID = "5d0c@hafen.test"
MX = "mx.hafen.test"


def an_object(
    *lines: str,
    method: str = "REPLY",
    attendee: str = f"ATTENDEE;PARTSTAT=ACCEPTED:mailto:{LEYLA}",
    uid: str = f"UID:{UID}",
    sequence: str = "SEQUENCE:2",
) -> str:
    event = ["BEGIN:VEVENT", uid, "DTSTAMP:20260302T065900Z", sequence, attendee]
    whole = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Test//EN"]
    whole += [f"METHOD:{method}", *event, *lines, "END:VEVENT", "END:VCALENDAR"]
    return "\r\n".join(line for line in whole if line) + "\r\n"


def a_mail(
    body: str | None = None,
    *headers: tuple[str, str],
    sender: str = f"Leyla <{LEYLA}>",
    mime_method: str | None = "REPLY",
    subtype: str = "calendar",
    bare: bool = False,
) -> bytes:
    mail = EmailMessage()
    for name, value in headers:
        mail[name] = value
    mail["From"], mail["To"] = sender, "meet@hafen.test"
    mail["Date"] = "Mon, 02 Mar 2026 07:00:00 +0000"
    mail["Subject"] = "Accepted: Ida and Leyla"
    params = {"method": mime_method} if mime_method else {}
    octets = (body or an_object()).encode()
    kind = "text" if subtype == "calendar" else "application"
    if bare:
        mail.set_content(octets, kind, subtype, params=params)
    else:
        mail.set_content("Leyla has accepted.")
        mail.add_alternative(octets, kind, subtype, params=params)
    return mail.as_bytes()


def read(octets: bytes, authserv_id: str = "") -> Reply | Note | Bounce | Ignored:
    return read_answer(octets, received=NOW, authserv_id=authserv_id)


BASE = Reply(
    uid=UID,
    attendee=LEYLA,
    answer=Answer.ACCEPTED,
    sequence=2,
    at=datetime(2026, 3, 2, 6, 59, tzinfo=UTC),
    prodid="-//Test//EN",
)
ON = datetime(2026, 3, 3, 14, tzinfo=UTC)
CALENDAR = "calendar@acme.test"
