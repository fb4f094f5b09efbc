"""Mails of the reply mailbox: which are answers, and what they say.

The shapes are those of Google Calendar, Outlook, Apple Mail and Xandikos, and those of
promises.md F45, F46 and bad input 66.
"""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.mail.answer import MOST_OCTETS
from scheduler.ports.mail import Answer, Bounce, Claim, Ignored, Note, Reply
from tests.cases import tried
from tests.integrations.mail.answers import (
    BASE,
    CALENDAR,
    LEYLA,
    MX,
    NOW,
    ON,
    UID,
    a_mail,
    an_object,
    read,
)

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


@settings(max_examples=tried(150), deadline=None)
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
    assert isinstance(read(bytes(octets), MX), Reply | Note | Bounce | Ignored)


def test_the_limit_is_on_the_whole_mail() -> None:
    assert isinstance(read(a_mail() + b" " * (MOST_OCTETS // 2)), Reply)
