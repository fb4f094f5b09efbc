"""Mails of the reply mailbox: which are answers, and what they say.

The shapes are those of Google Calendar, Outlook, Apple Mail and Xandikos, and those of
promises.md F45, F46 and bad input 66.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.mail.answer import MOST_OCTETS, read_answer
from scheduler.ports.mail import Answer, Bounce, Claim, Ignored, Reply

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


def read(octets: bytes, authserv_id: str = "") -> Reply | Bounce | Ignored:
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

ANSWERS = {
    "a plain acceptance": (a_mail(), BASE),
    "a tentative one": (
        a_mail(an_object(attendee=f"ATTENDEE;PARTSTAT=TENTATIVE:mailto:{LEYLA}")),
        replace(BASE, answer=Answer.TENTATIVE),
    ),
    "one instance declined, with a zone (Google)": (
        a_mail(
            an_object(
                "RECURRENCE-ID;TZID=Europe/Berlin:20260303T150000",
                attendee="ATTENDEE;CUTYPE=INDIVIDUAL;ROLE=REQ-PARTICIPANT;"
                f"PARTSTAT=DECLINED;CN=Leyla;X-NUM-GUESTS=0:mailto:{LEYLA}",
            )
        ),
        replace(BASE, answer=Answer.DECLINED, recurrence_id=ON),
    ),
    "an instance in UTC": (
        a_mail(an_object("RECURRENCE-ID:20260303T140000Z")),
        replace(BASE, recurrence_id=ON),
    ),
    "an instance in a Windows zone, no ORGANIZER (Outlook)": (
        a_mail(
            an_object(
                "RECURRENCE-ID;TZID=W. Europe Standard Time:20260303T150000",
                "SUMMARY;LANGUAGE=de-DE:Zugesagt",
            )
        ),
        replace(BASE, recurrence_id=ON),
    ),
    "an instance as a day": (
        a_mail(an_object("RECURRENCE-ID;VALUE=DATE:20260303")),
        replace(BASE, recurrence_wall=datetime(2026, 3, 3)),
    ),
    "an instance without a zone": (
        a_mail(an_object("RECURRENCE-ID:20260303T150000")),
        replace(BASE, recurrence_wall=datetime(2026, 3, 3, 15)),
    ),
    "an instance in a zone nobody knows": (
        a_mail(an_object("RECURRENCE-ID;TZID=Mars/Olympus:20260303T150000")),
        replace(BASE, recurrence_wall=datetime(2026, 3, 3, 15)),
    ),
    "no SEQUENCE": (a_mail(an_object(sequence="")), replace(BASE, sequence=0)),
    "a capital address and scheme (Apple)": (
        a_mail(an_object(attendee="ATTENDEE;PARTSTAT=ACCEPTED:MAILTO:Leyla@ACME.test")),
        BASE,
    ),
    "text/calendar alone, From is the server (Xandikos)": (
        a_mail(None, ("Reply-To", LEYLA), sender=CALENDAR, bare=True),
        replace(BASE, others=(Claim(CALENDAR, certain=True),)),
    ),
    "called automatic all the same": (
        a_mail(None, ("Auto-Submitted", "auto-generated")),
        BASE,
    ),
    "a principal with EMAIL=": (
        a_mail(
            an_object(attendee=f"ATTENDEE;PARTSTAT=ACCEPTED;EMAIL={LEYLA}:urn:uuid:7"),
            sender=CALENDAR,
        ),
        replace(BASE, others=(Claim(CALENDAR, certain=True),)),
    ),
    "no address in ATTENDEE: Reply-To before From": (
        a_mail(
            an_object(attendee="ATTENDEE;PARTSTAT=ACCEPTED:urn:uuid:7"),
            ("Reply-To", LEYLA),
            sender=CALENDAR,
        ),
        replace(BASE, others=(Claim(CALENDAR, certain=True),)),
    ),
    "from an alias": (
        a_mail(an_object(attendee="ATTENDEE;PARTSTAT=ACCEPTED:mailto:l@alias.test")),
        replace(BASE, attendee="l@alias.test", others=(Claim(LEYLA, certain=True),)),
    ),
    "a stranger it was forwarded to": (
        a_mail(
            an_object(attendee="ATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@else.test"),
            sender="bob@else.test",
        ),
        replace(BASE, attendee="bob@else.test"),
    ),
    "all attendees listed: the one that it came from": (
        a_mail(an_object("ATTENDEE;PARTSTAT=NEEDS-ACTION:mailto:ida@acme.test")),
        BASE,
    ),
    "the series and one instance: the series": (
        a_mail(
            an_object().replace(
                "END:VEVENT\r\n",
                f"END:VEVENT\r\nBEGIN:VEVENT\r\nUID:{UID}\r\n"
                "RECURRENCE-ID:20260303T140000Z\r\n"
                f"ATTENDEE;PARTSTAT=DECLINED:mailto:{LEYLA}\r\nEND:VEVENT\r\n",
            )
        ),
        BASE,
    ),
    "method missing in MIME": (a_mail(mime_method=None), BASE),
    "method in small letters": (a_mail(mime_method="reply"), BASE),
    "only as a file": (a_mail(subtype="ics", mime_method=None), BASE),
    "another time proposed": (
        a_mail(
            an_object(
                "RECURRENCE-ID:20260303T140000Z",
                "DTSTART;TZID=Europe/Berlin:20260304T160000",
                "DTEND;TZID=Europe/Berlin:20260304T164500",
                method="COUNTER",
            ),
            mime_method="COUNTER",
        ),
        replace(
            BASE,
            answer=Answer.COUNTER,
            recurrence_id=ON,
            proposed_start=datetime(2026, 3, 4, 15, tzinfo=UTC),
            proposed_end=datetime(2026, 3, 4, 15, 45, tzinfo=UTC),
        ),
    ),
    "another time with a length": (
        a_mail(
            an_object("DTSTART:20260304T150000Z", "DURATION:PT45M", method="COUNTER"),
            mime_method="COUNTER",
        ),
        replace(
            BASE,
            answer=Answer.COUNTER,
            proposed_start=datetime(2026, 3, 4, 15, tzinfo=UTC),
            proposed_end=datetime(2026, 3, 4, 15, 45, tzinfo=UTC),
        ),
    ),
    "a DTSTAMP nobody can read: the Date": (
        a_mail(an_object().replace("20260302T065900Z", "yesterday")),
        replace(BASE, at=datetime(2026, 3, 2, 7, tzinfo=UTC)),
    ),
    "stamps of the future: when it came": (
        a_mail(an_object().replace("20260302T065900Z", "20360302T065900Z")).replace(
            b"02 Mar 2026", b"02 Mar 2036"
        ),
        replace(BASE, at=NOW),
    ),
    "broken bytes in a comment": (
        a_mail(
            an_object("COMMENT:gr\udcfc\udcdfe".encode("utf-8", "replace").decode())
        ),
        BASE,
    ),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer(case: str) -> None:
    octets, expected = ANSWERS[case]
    assert read(octets) == expected


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
    "words": (b"From: leyla@acme.test\r\nSubject: Hi\r\n\r\nHello\r\n", "no calendar"),
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
        Ignored("no calendar"),
    ),
    "no trace of the mail": (
        a_bounce(TO, "Action: failed", "Status: 5.1.1", original="To: leyla@acme.test"),
        Ignored("no calendar"),
    ),
    "nobody named": (a_bounce("Action: failed"), Ignored("no calendar")),
    "another kind of report": (
        a_bounce(TO, "Action: failed", report="disposition-notification"),
        Ignored("no calendar"),
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


def results(*texts: str) -> bytes:
    return a_mail(None, *(("Authentication-Results", text) for text in texts))


AUTHENTICATED = {
    "dkim of the same domain": ([f"{MX}; dkim=pass header.d=acme.test"], True),
    "dkim of a parent domain": ([f"{MX}; dkim=pass header.d=mail.acme.test"], True),
    "dmarc": ([f"{MX}; spf=fail; dmarc=pass (p=none) header.from=acme.test"], True),
    "version and comments": (
        [f"{MX} 1 (a comment); dkim=pass (2048-bit) header.d=acme.test header.s=k"],
        True,
    ),
    "nothing said": ([], False),
    "dkim of somebody else": ([f"{MX}; dkim=pass header.d=evil.test"], False),
    "a lookalike": ([f"{MX}; dkim=pass header.d=notacme.test"], False),
    "a public suffix": ([f"{MX}; dkim=pass header.d=test"], False),
    "failed": ([f"{MX}; dkim=fail header.d=acme.test"], False),
    "spf alone": ([f"{MX}; spf=pass smtp.mailfrom=leyla@acme.test"], False),
    "another exchanger's word": (
        ["mx.evil.test; dkim=pass header.d=acme.test"],
        False,
    ),
    "ours below a forged one of another name": (
        ["mx.evil.test; dkim=pass header.d=acme.test", f"{MX}; dkim=fail"],
        False,
    ),
    "a forged one of our name below ours": (
        [f"{MX}; dkim=none", f"{MX}; dkim=pass header.d=acme.test"],
        False,
    ),
    "pass in a comment": ([f"{MX}; dkim=fail (dkim=pass header.d=acme.test)"], False),
    "domain from another result": (
        [f"{MX}; dkim=pass header.d=evil.test; dmarc=fail header.from=acme.test"],
        False,
    ),
}


@pytest.mark.parametrize("case", AUTHENTICATED)
def test_who_vouches_for_it(case: str) -> None:
    texts, certain = AUTHENTICATED[case]
    reply = read(results(*texts), MX)
    assert isinstance(reply, Reply)
    assert reply.certain is certain


@pytest.mark.parametrize("case", AUTHENTICATED)
def test_without_an_exchanger_the_secret_uid_is_enough(case: str) -> None:
    reply = read(results(*AUTHENTICATED[case][0]))
    assert isinstance(reply, Reply)
    assert reply.certain


def test_each_address_is_vouched_for_on_its_own() -> None:
    mail = a_mail(
        None,
        ("Authentication-Results", f"{MX}; dkim=pass header.d=evil.test"),
        sender="mallory@evil.test",
    )
    reply = read(mail, MX)
    assert isinstance(reply, Reply)
    assert not reply.certain
    assert reply.others == (Claim("mallory@evil.test", certain=True),)


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_nothing_that_comes_by_mail_raises(data: st.DataObject) -> None:
    """A real mail with pieces cut out, doubled, or overwritten."""
    octets = bytearray(data.draw(st.sampled_from([m for m, _ in ANSWERS.values()])))
    chance = random.Random(data.draw(st.integers(0, 2**32)))  # noqa: S311
    for _ in range(data.draw(st.integers(1, 12))):
        at, size = chance.randrange(len(octets)), chance.randrange(1, 40)
        piece = chance.choice(
            [b"", bytes(octets[at : at + size]) * 2, chance.randbytes(size)]
        )
        octets[at : at + size] = piece
    assert isinstance(read(bytes(octets), MX), Reply | Bounce | Ignored)


def test_the_limit_is_on_the_whole_mail() -> None:
    assert isinstance(read(a_mail() + b" " * (MOST_OCTETS // 2)), Reply)
