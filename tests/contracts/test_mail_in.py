"""What `MailIn` promises, on memory and on a real mailbox."""

from __future__ import annotations

import imaplib
import smtplib
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing
from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from integrations.mail.imap import ImapIn
from integrations.memory.mail import MemoryMailIn
from integrations.memory.system import SetClock
from scheduler.errors import Unavailable
from scheduler.ports.mail import Answer, Claim, Ignored, Incoming, MailIn, Note, Reply
from scheduler.secret import Secret
from tests.conftest import Mail
from tests.contracts.mailbox import inbox

NOW = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)


ANSWER = b"""\
From: leyla@hafen.test\r
To: meet@hafen.test\r
Date: Mon, 2 Mar 2026 07:00:00 +0000\r
Subject: Accepted\r
MIME-Version: 1.0\r
Content-Type: text/calendar; charset=utf-8; method=REPLY\r
\r
BEGIN:VCALENDAR\r
VERSION:2.0\r
PRODID:-//Test//EN\r
METHOD:REPLY\r
BEGIN:VEVENT\r
UID:u1@hafen.test\r
DTSTAMP:20260302T065900Z\r
SEQUENCE:2\r
ATTENDEE;PARTSTAT=ACCEPTED:mailto:leyla@hafen.test\r
END:VEVENT\r
END:VCALENDAR\r
"""
CHAT = b"From: leyla@hafen.test\r\nTo: meet@hafen.test\r\nSubject: Hi\r\n\r\nHello\r\n"


class In:
    """A `MailIn`, and how mail gets into its mailbox."""

    def __init__(self, port: MailIn, drop: Callable[[bytes], None]) -> None:
        self.port = port
        self.drop = drop

    async def unseen(self) -> list[Incoming]:
        async with aclosing(self.port.unseen()) as mails:  # type: ignore[type-var]
            return [mail async for mail in mails]


@pytest.fixture(params=["memory", pytest.param("imap", marks=pytest.mark.servers)])
async def box(request: pytest.FixtureRequest) -> AsyncIterator[In]:
    if request.param == "memory":
        memory = MemoryMailIn()
        yield In(memory, lambda octets: void(memory.receive(octets, NOW)))
        return
    server: Mail = request.getfixturevalue("mail")
    user = f"meet-{abs(hash(request.node.name))}@hafen.test"
    url = f"imap://{quote(user, safe='')}:pw@127.0.0.1:{server.imap}"
    imap = ImapIn(Secret(url), SetClock(NOW))

    def drop(octets: bytes) -> None:
        with smtplib.SMTP("127.0.0.1", server.smtp, timeout=10) as smtp:
            addressed = octets.replace(b"To: meet@hafen.test", f"To: {user}".encode())
            smtp.sendmail("leyla@hafen.test", [user], addressed)

    yield In(imap, drop)
    await imap.close()


def void(_: object) -> None:
    return None


class TestMailIn:
    async def test_an_empty_mailbox(self, box: In) -> None:
        assert await box.unseen() == []

    async def test_what_came_is_read_in_order(self, box: In) -> None:
        box.drop(CHAT)
        box.drop(ANSWER)
        first, second = await box.unseen()
        # No exchanger vouches for anybody here, so nobody is certain.
        assert first.read == Note(Claim("leyla@hafen.test", certain=False))
        reply = second.read
        assert isinstance(reply, Reply)
        assert (reply.uid, reply.attendee) == ("u1@hafen.test", "leyla@hafen.test")
        assert (reply.answer, reply.sequence) == (Answer.ACCEPTED, 2)
        assert reply.at == datetime(2026, 3, 2, 6, 59, tzinfo=UTC)

    async def test_it_keeps_its_name_until_it_is_done(self, box: In) -> None:
        box.drop(ANSWER)
        (once,) = await box.unseen()
        (again,) = await box.unseen()
        assert once == again
        await box.port.done(once.id)
        assert await box.unseen() == []
        await box.port.done(once.id)

    async def test_others_stay(self, box: In) -> None:
        for _ in range(3):
            box.drop(CHAT)
        one, two, three = await box.unseen()
        await box.port.done(two.id)
        assert [mail.id for mail in await box.unseen()] == [one.id, three.id]

    async def test_a_name_that_is_not_there_is_done(self, box: In) -> None:
        await box.port.done("7.12345")
        await box.port.done("nonsense")

    async def test_a_mail_that_is_too_big_is_named_but_not_read(self, box: In) -> None:
        box.drop(CHAT + b"x" * 70 + (b"\r\n" + b"y" * 998) * 2_200)
        (mail,) = await box.unseen()
        assert mail.read == Ignored("too big")
        await box.port.done(mail.id)
        assert await box.unseen() == []


@pytest.mark.servers
async def test_a_lost_connection_is_made_again(mail: Mail) -> None:
    user = quote("lost@hafen.test", safe="")
    url = Secret(f"imap://{user}:pw@127.0.0.1:{mail.imap}")
    imap = ImapIn(url, SetClock(NOW))
    with smtplib.SMTP("127.0.0.1", mail.smtp, timeout=10) as smtp:
        smtp.sendmail("a@b.test", ["lost@hafen.test"], CHAT.replace(b"meet@", b"lost@"))
    (first,) = await In(imap, void).unseen()
    imap._session._box.shutdown()  # type: ignore[union-attr]
    (again,) = await In(imap, void).unseen()
    assert again == first
    imap._session._box.shutdown()  # type: ignore[union-attr]
    await imap.done(first.id)
    assert await In(imap, void).unseen() == []
    await imap.close()


@pytest.mark.servers
async def test_a_wrong_password_is_not_the_mail_s_fault(mail: Mail) -> None:
    imap = ImapIn(Secret(f"imap://a%40b.test:no@127.0.0.1:{mail.imap}"), SetClock(NOW))
    with pytest.raises(Unavailable):
        await anext(imap.unseen())


@pytest.mark.servers
async def test_what_is_done_lies_in_a_folder_of_its_own(mail: Mail) -> None:
    url = f"imap://folder%40hafen.test:pw@127.0.0.1:{mail.imap}"
    imap = ImapIn(Secret(url), SetClock(NOW))
    with smtplib.SMTP("127.0.0.1", mail.smtp, timeout=10) as smtp:
        smtp.sendmail(
            "a@b.test", ["folder@hafen.test"], CHAT.replace(b"meet@", b"folder@")
        )
    (only,) = await In(imap, void).unseen()
    await imap.done(only.id)
    await imap.close()
    assert inbox(mail, "folder@hafen.test") == []
    with imaplib.IMAP4("127.0.0.1", mail.imap, timeout=10) as box:
        box.login("folder@hafen.test", "pw")
        assert box.select("Troth/done", readonly=True) == ("OK", [b"1"])


async def test_memory_can_be_down() -> None:
    memory = MemoryMailIn()
    name = memory.put(Ignored("no calendar"))
    memory.is_down = True
    with pytest.raises(Unavailable):
        await anext(memory.unseen())
    with pytest.raises(Unavailable):
        await memory.done(name)


async def test_no_mailbox_listens() -> None:
    imap = ImapIn(Secret("imap://a:b@127.0.0.1:1"), SetClock(NOW))
    with pytest.raises(Unavailable):
        await anext(imap.unseen())
