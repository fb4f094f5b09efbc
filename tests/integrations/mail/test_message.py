"""The shape of a mail, against promises.md section 5, and headers that nobody adds."""

from __future__ import annotations

import email
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default

from hypothesis import example, given
from hypothesis import strategies as st

from integrations.mail.message import compose
from scheduler.effects import Address, Message
from scheduler.errors import Rejected

NOW = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
SENDER = Address("meet@hafen.test", "Hafen Mentoring")
LETTER = Message(
    Address("leyla@acme.test", "Leyla"), "Hello", "Dear Leyla,\n", "<p>Dear Leyla,</p>"
)
OBJECT = b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nEND:VCALENDAR\r\n"
INVITATION = replace(LETTER, calendar=OBJECT, method="REQUEST")


def read(message: Message, message_id: str = "k1@hafen.test") -> EmailMessage:
    octets = compose(message, message_id, SENDER, NOW)
    return email.message_from_bytes(octets, policy=default)  # type: ignore[return-value]


def shape(mail: EmailMessage) -> list[str]:
    return [part.get_content_type() for part in mail.walk()]


def test_an_invitation_holds_the_object_twice_and_nothing_else() -> None:
    mail = read(INVITATION)
    assert shape(mail) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/calendar",
        "application/ics",
    ]
    *_, calendar, file = mail.walk()
    assert calendar.get_param("method") == "REQUEST"
    assert calendar.get_param("charset") == "utf-8"
    assert calendar["Content-Transfer-Encoding"] == "base64"
    assert calendar.get_filename() is None
    assert calendar["Content-Disposition"] is None
    assert file.get_filename() == file.get_param("name") == "invite.ics"
    assert file.get_content_disposition() == "attachment"
    assert calendar.get_payload(decode=True) == file.get_payload(decode=True) == OBJECT


def test_an_invitation_is_not_automatic_and_wants_no_automatic_answer() -> None:
    mail = read(INVITATION)
    assert mail["Auto-Submitted"] is None
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"


def test_a_letter_is_automatic() -> None:
    mail = read(LETTER)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["X-Auto-Response-Suppress"] is None
    assert shape(mail) == ["multipart/alternative", "text/plain", "text/html"]


def test_a_letter_with_an_agenda() -> None:
    agenda = ("agenda.md", "text/markdown", "# Tuesday – für euch\n".encode())
    mail = read(replace(LETTER, attachments=(agenda,)))
    assert shape(mail) == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/markdown",
    ]
    *_, file = mail.walk()
    assert file.get_filename() == "agenda.md"
    assert file.get_payload(decode=True) == agenda[2]


def test_words_alone() -> None:
    assert shape(read(replace(LETTER, html=""))) == ["text/plain"]


def test_one_address_for_everything() -> None:
    mail = read(LETTER)
    assert mail["From"] == mail["Reply-To"] == "Hafen Mentoring <meet@hafen.test>"
    assert mail["Message-ID"] == "<k1@hafen.test>"
    assert mail["Date"].datetime == NOW
    assert mail.get_all("MIME-Version") == ["1.0"]


def test_the_same_message_is_the_same_octets() -> None:
    first = compose(INVITATION, "k1@hafen.test", SENDER, NOW)
    assert compose(INVITATION, "k1@hafen.test", SENDER, NOW) == first


def test_lines_are_mail_lines() -> None:
    long = replace(INVITATION, text="ü" * 3000, html="<p>" + "x" * 3000)
    octets = compose(long, "k1@hafen.test", SENDER, NOW)
    lines = octets.split(b"\r\n")
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert max(map(len, lines)) <= 998
    assert octets.isascii()


anything = st.text(max_size=40) | st.just("x\r\nBcc: mallory@evil.test\r\n\r\nboo")


@given(anything, anything, anything, anything)
def test_nothing_adds_a_header(
    subject: str, name: str, header: str, value: str
) -> None:
    hostile = Message(
        Address("leyla@acme.test", name),
        subject,
        "Dear Leyla,",
        headers=((header, value), ("List-Unsubscribe", value)),
    )
    octets = compose(hostile, "k1\r\nBcc: m@evil.test", SENDER, NOW)
    head = octets.partition(b"\r\n\r\n")[0].replace(b"\r\n ", b" ")
    names = [line.split(b":")[0].lower() for line in head.split(b"\r\n")]
    assert b"bcc" not in names
    assert len(names) == len(set(names))
    mail = email.message_from_bytes(octets, policy=default)
    assert mail["To"].addresses[0].addr_spec == "leyla@acme.test"
    assert len(mail["To"].addresses) == 1
    assert mail["From"] == "Hafen Mentoring <meet@hafen.test>"


@given(st.text(max_size=30))
@example("0@[")
def test_an_address_is_one_address_or_rejected(address: str) -> None:
    message = replace(LETTER, to=Address(address))
    try:
        mail = read(message)
    except Rejected:
        return
    assert [one.addr_spec for one in mail["To"].addresses] == [address]
