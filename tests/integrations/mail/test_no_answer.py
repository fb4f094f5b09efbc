"""Mails that are no answer, and mails that came back."""

from __future__ import annotations

from email.message import EmailMessage

import pytest

from scheduler.ports.mail import Bounce, Ignored
from tests.integrations.mail.answers import CALENDAR, LEYLA, a_mail, an_object, read


def nested(depth: int) -> bytes:
    mail = EmailMessage()
    mail.set_content("inside")
    for _ in range(depth):
        outer = EmailMessage()
        outer.set_content(mail)
        mail = outer
    return b"From: a@b.test\r\n" + mail.as_bytes()


def boxes(depth: int) -> bytes:
    head = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\r\n\r\n--b%d\r\n' % (n, n)
        for n in range(depth)
    )
    return b"From: a@b.test\r\n" + head + a_mail(bare=True)


def wrong(**changes: str) -> bytes:
    return a_mail(an_object(**changes))


IGNORED = {
    "nothing": (b"", "no calendar"),
    "noise": (bytes(range(256)) * 40, "no calendar"),
    "methods that differ": (a_mail(mime_method="REQUEST"), "methods differ"),
    "a request": (
        a_mail(an_object(method="REQUEST"), mime_method="REQUEST"),
        "not an answer",
    ),
    "a cancellation by mail": (
        a_mail(an_object(method="CANCEL"), mime_method="CANCEL"),
        "not an answer",
    ),
    "a refresh": (
        a_mail(an_object(method="REFRESH"), mime_method="REFRESH"),
        "not an answer",
    ),
    "no method at all": (
        a_mail(an_object().replace("METHOD:REPLY\r\n", ""), mime_method=None),
        "not an answer",
    ),
    "no UID": (wrong(uid=""), "no uid"),
    "an endless UID": (wrong(uid="UID:" + "x" * 300), "no uid"),
    "two events of different UID": (
        a_mail(
            an_object().replace(
                "END:VEVENT\r\n",
                "END:VEVENT\r\nBEGIN:VEVENT\r\nUID:other\r\nEND:VEVENT\r\n",
            )
        ),
        "several uids",
    ),
    "an invented PARTSTAT": (
        wrong(attendee=f"ATTENDEE;PARTSTAT=X-MAYBE:mailto:{LEYLA}"),
        "partstat",
    ),
    "no PARTSTAT": (wrong(attendee=f"ATTENDEE:mailto:{LEYLA}"), "partstat"),
    "not answered yet": (
        wrong(attendee=f"ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:{LEYLA}"),
        "partstat",
    ),
    "delegated": (
        wrong(
            attendee='ATTENDEE;PARTSTAT=DELEGATED;DELEGATED-TO="mailto:b@c.test":'
            f"mailto:{LEYLA}"
        ),
        "delegated",
    ),
    "no ATTENDEE": (wrong(attendee=""), "partstat"),
    "two attendees, neither of whom sent it": (
        a_mail(
            an_object("ATTENDEE;PARTSTAT=ACCEPTED:mailto:ida@acme.test"),
            sender=CALENDAR,
        ),
        "several attendees",
    ),
    "a SEQUENCE nobody reaches": (wrong(sequence="SEQUENCE:999999"), "sequence"),
    "a SEQUENCE below zero": (wrong(sequence="SEQUENCE:-1"), "sequence"),
    "a SEQUENCE that is none": (wrong(sequence="SEQUENCE:two"), "sequence"),
    "an instance nobody can read is not the series": (
        a_mail(an_object("RECURRENCE-ID:next week")),
        "recurrence id",
    ),
    "an instance in the first of all years": (
        a_mail(an_object("RECURRENCE-ID:00010101T000000Z")),
        "recurrence id",
    ),
    "an instance in the last one, somewhere": (
        a_mail(an_object("RECURRENCE-ID;TZID=Europe/Berlin:99991231T235959")),
        "recurrence id",
    ),
    "a counter at the end of all days": (
        a_mail(
            an_object("DTSTART:99991231T150000Z", "DURATION:P1D", method="COUNTER"),
            mime_method="COUNTER",
        ),
        "no time proposed",
    ),
    "this and all after": (
        a_mail(an_object("RECURRENCE-ID;RANGE=THISANDFUTURE:20260303T140000Z")),
        "range",
    ),
    "a counter without a time": (
        a_mail(an_object(method="COUNTER"), mime_method="COUNTER"),
        "no time proposed",
    ),
    "a counter that ends before it starts": (
        a_mail(
            an_object(
                "DTSTART:20260304T150000Z", "DTEND:20260304T140000Z", method="COUNTER"
            ),
            mime_method="COUNTER",
        ),
        "no time proposed",
    ),
    "a counter of a month": (
        a_mail(
            an_object(
                "DTSTART:20260304T150000Z", "DTEND:20260404T140000Z", method="COUNTER"
            ),
            mime_method="COUNTER",
        ),
        "no time proposed",
    ),
    "a task": (
        a_mail(an_object().replace("VEVENT", "VTODO")),
        "no event",
    ),
    "half an object": (a_mail(an_object()[:150]), "object unreadable"),
    "a web page": (a_mail("<html></html>"), "object unreadable"),
    "20 MB": (a_mail() + b"x" * (20 * 1024 * 1024), "too big"),
    "1 MB of object": (
        a_mail(an_object(*["COMMENT:" + "x" * 60] * 10_000)),
        "object too big",
    ),
    "message/rfc822, fifty deep": (nested(50), "no calendar"),
    "forwarded whole": (nested(1), "no calendar"),
    "boxes in boxes": (boxes(40), "no calendar"),
    "thousands of boxes": (boxes(3000), "mail unreadable"),
}


@pytest.mark.parametrize("case", IGNORED)
def test_no_answer(case: str) -> None:
    octets, reason = IGNORED[case]
    assert read(octets) == Ignored(reason)


def a_bounce(
    *fields: str,
    original: str = "Message-ID: <k1@hafen.test>\r\nTo: leyla@acme.test\r\n",
    kind: str = "message/rfc822",
    report: str = "delivery-status",
) -> bytes:
    status = "\r\n".join(fields)
    return (
        "From: MAILER-DAEMON@mx.test\r\nTo: meet@hafen.test\r\n"
        "Auto-Submitted: auto-replied\r\n"
        f"Content-Type: multipart/report; report-type={report}; boundary=b\r\n"
        "\r\n--b\r\n\r\nNot delivered\r\n"
        "--b\r\nContent-Type: message/delivery-status\r\n\r\n"
        f"Reporting-MTA: dns; mx.test\r\n\r\n{status}\r\n"
        f"\r\n--b\r\nContent-Type: {kind}\r\n\r\n{original}\r\n\r\nx\r\n--b--\r\n"
    ).encode()


TO = "Final-Recipient: rfc822; leyla@acme.test"
HARD, SOFT = (Bounce(LEYLA, "k1@hafen.test", hard=hard) for hard in (True, False))

BOUNCES = {
    "no such mailbox": (a_bounce(TO, "Action: failed", "Status: 5.1.1"), HARD),
    "no such domain": (a_bounce(TO, "Action: failed", "Status: 5.1.2"), HARD),
    "a closed mailbox": (a_bounce(TO, "Action: failed", "Status: 5.2.1"), HARD),
    "a full mailbox": (a_bounce(TO, "Action: failed", "Status: 5.2.2"), SOFT),
    "a policy": (a_bounce(TO, "Action: failed", "Status: 5.7.1 (spam)"), SOFT),
    "given up after days": (a_bounce(TO, "Action: failed", "Status: 4.4.7"), SOFT),
    "late": (a_bounce(TO, "Action: delayed", "Status: 4.4.1"), SOFT),
    "no status": (a_bounce(TO, "Action: failed"), SOFT),
    "headers alone": (
        a_bounce(TO, "Action: failed", "Status: 5.1.1", kind="text/rfc822-headers"),
        HARD,
    ),
    "an address that was rewritten": (
        a_bounce(
            "Original-Recipient: rfc822;Leyla@ACME.test",
            "Final-Recipient: rfc822; l.o@inner.acme.test",
            "Action: failed",
            "Status: 5.1.1",
        ),
        HARD,
    ),
    "that it was delivered": (
        a_bounce(TO, "Action: delivered", "Status: 2.0.0"),
        Ignored("automatic"),
    ),
    "no trace of the mail": (
        a_bounce(TO, "Action: failed", "Status: 5.1.1", original="To: leyla@acme.test"),
        Ignored("automatic"),
    ),
    "nobody named": (a_bounce("Action: failed"), Ignored("automatic")),
    "another kind of report": (
        a_bounce(TO, "Action: failed", report="disposition-notification"),
        Ignored("automatic"),
    ),
    "an invitation that bounced is no answer": (
        a_bounce(
            TO,
            "Action: failed",
            "Status: 5.1.1",
            original="Message-ID: <k1@hafen.test>\r\n" + a_mail(bare=True).decode(),
        ),
        HARD,
    ),
}


@pytest.mark.parametrize("case", BOUNCES)
def test_a_bounce(case: str) -> None:
    octets, expected = BOUNCES[case]
    assert read(octets) == expected
