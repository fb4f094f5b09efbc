"""What `MailOut` promises, on memory, a folder, and real servers."""

from __future__ import annotations

import email
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from integrations.mail.maildir import MaildirOut
from integrations.mail.smtp import SmtpOut
from integrations.memory.mail import MailFault, MemoryMailOut
from integrations.memory.system import SetClock
from scheduler.effects import Address, Message
from scheduler.errors import Rejected, Unavailable
from scheduler.ports.mail import MailOut
from scheduler.secret import Secret
from tests.conftest import Mail
from tests.contracts.mailbox import inbox
from tests.servers.smtp import scripted_smtp

NOW = datetime(2026, 3, 2, 7, 30, tzinfo=UTC)
SENDER = Address("meet@hafen.test", "Hafen Mentoring")


class Out:
    """A `MailOut`, and how to look into the mailbox it fills."""

    def __init__(self, port: MailOut, octets: Callable[[], list[bytes]]) -> None:
        self.port = port
        self._octets = octets

    def mails(self) -> list[EmailMessage]:
        return [
            email.message_from_bytes(o, policy=default)  # type: ignore[misc]
            for o in self._octets()
        ]


def files(folder: Path) -> list[bytes]:
    return [file.read_bytes() for file in sorted(folder.glob("new/*"))]


@pytest.fixture(
    params=[
        "memory",
        "maildir",
        "aiosmtpd",
        pytest.param("mail-devel", marks=pytest.mark.servers),
    ]
)
def out_kind(request: pytest.FixtureRequest) -> str:
    if request.param == "mail-devel":
        request.getfixturevalue("mail")
    return str(request.param)


@pytest.fixture
async def out(
    out_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> AsyncIterator[Out]:
    clock = SetClock(NOW)
    match out_kind:
        case "memory":
            memory = MemoryMailOut(SENDER, clock)
            yield Out(memory, lambda: memory.octets)
        case "maildir":
            yield Out(MaildirOut(tmp_path, SENDER, clock), lambda: files(tmp_path))
        case "aiosmtpd":
            async with scripted_smtp() as (script, port):
                smtp = SmtpOut(Secret(f"smtp://127.0.0.1:{port}"), SENDER, clock)
                yield Out(smtp, lambda: [octets for _, octets in script.taken])
        case _:
            server: Mail = request.getfixturevalue("mail")
            smtp = SmtpOut(Secret(f"smtp://127.0.0.1:{server.smtp}"), SENDER, clock)
            yield Out(smtp, lambda: inbox(server, TO.email))


TO = Address("leyla@hafen.test", "Leyla Özdemir")
LETTER = Message(
    TO,
    "Tuesday 2 February fell through – three times",
    "Dear Leyla,\n\nThese things happen.\n",
    "<p>Dear Leyla,</p>",
    headers=(("List-Unsubscribe", "<https://troth.test/p/fewer/" + "x" * 90 + ">"),),
)


class TestMailOut:
    async def test_what_is_sent_arrives_whole(self, out: Out) -> None:
        await out.port.send(LETTER, f"a1-{id(out)}@hafen.test")
        mail = next(
            m for m in out.mails() if m["Message-ID"] == f"<a1-{id(out)}@hafen.test>"
        )
        assert mail["Subject"] == LETTER.subject
        assert mail["From"] == mail["Reply-To"] == "Hafen Mentoring <meet@hafen.test>"
        assert mail["To"].addresses[0].addr_spec == TO.email
        assert mail["To"].addresses[0].display_name == TO.name
        assert mail["List-Unsubscribe"] == LETTER.headers[0][1]
        text = mail.get_body(("plain",))
        assert text and text.get_content().splitlines() == LETTER.text.splitlines()

    async def test_a_repeat_has_the_same_identity(self, out: Out) -> None:
        name = f"a2-{id(out)}@hafen.test"
        await out.port.send(LETTER, name)
        await out.port.send(LETTER, name)
        mine = [m for m in out.mails() if m["Message-ID"] == f"<{name}>"]
        assert mine
        assert len({(m["Date"], m.as_bytes().partition(b"\n\n")[2]) for m in mine}) == 1

    @pytest.mark.parametrize("address", ["", "no at", "a@b@c", "a b@c.test", "x@"])
    async def test_what_is_no_address_is_rejected(self, out: Out, address: str) -> None:
        before = len(out.mails())
        with pytest.raises(Rejected):
            await out.port.send(
                Message(Address(address), "Hello", "Hello"), "a3@hafen.test"
            )
        assert len(out.mails()) == before


async def test_a_folder_holds_each_message_once(tmp_path: Path) -> None:
    out = MaildirOut(tmp_path / "deep" / "mail", SENDER, SetClock(NOW))
    for name in ("a@x.test", "b@x.test", "a@x.test"):
        await out.send(LETTER, name)
    assert len(files(tmp_path / "deep" / "mail")) == 2


async def test_a_mail_that_was_read_is_not_kept_again(tmp_path: Path) -> None:
    out = MaildirOut(tmp_path, SENDER, SetClock(NOW))
    await out.send(LETTER, "a@x.test")
    (file,) = (tmp_path / "new").iterdir()
    file.rename(tmp_path / "cur" / f"{file.name}:2,S")
    await out.send(LETTER, "a@x.test")
    assert files(tmp_path) == []


async def test_a_folder_that_cannot_be_written_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(Unavailable):
        await MaildirOut(tmp_path / "file", SENDER, SetClock(NOW)).send(LETTER, "a@x")


class TestServersThatSayNo:
    """Memory's faults are those of the scripted server, word for word."""

    @pytest.mark.parametrize(
        ("say", "error"),
        [
            ("451 4.3.0 try later", Unavailable),
            ("421 4.3.2 closing", Unavailable),
            ("550 5.7.1 not wanted", Rejected),
            ("554 5.6.0 no", Rejected),
            ("cut before data", Unavailable),
            ("cut before 250", Unavailable),
        ],
    )
    async def test_smtp(self, say: str, error: type[Exception]) -> None:
        async with scripted_smtp() as (script, port):
            out = SmtpOut(Secret(f"smtp://127.0.0.1:{port}"), SENDER, SetClock(NOW))
            script.replies.append(say)
            with pytest.raises(error):
                await out.send(LETTER, "n1@hafen.test")

    async def test_a_recipient_is_refused_or_put_off_alone(self) -> None:
        async with scripted_smtp() as (script, port):
            out = SmtpOut(Secret(f"smtp://127.0.0.1:{port}"), SENDER, SetClock(NOW))
            script.refuse.add("gone@hafen.test")
            script.later.add("grey@hafen.test")
            for address, error in [("gone", Rejected), ("grey", Unavailable)]:
                with pytest.raises(error):
                    await out.send(
                        Message(Address(f"{address}@hafen.test"), "x", "x"), "n2@x"
                    )
            await out.send(LETTER, "n3@hafen.test")
            assert [address for address, _ in script.taken] == [TO.email]

    async def test_lost_after_the_data_the_second_try_is_the_same_mail(self) -> None:
        """F37: taken, but the 250 never came; the copy has the same identity."""
        async with scripted_smtp() as (script, port):
            out = SmtpOut(Secret(f"smtp://127.0.0.1:{port}"), SENDER, SetClock(NOW))
            script.replies.append("cut before 250")
            with pytest.raises(Unavailable):
                await out.send(LETTER, "n4@hafen.test")
            await out.send(LETTER, "n4@hafen.test")
            (_, first), (_, second) = script.taken
            assert first == second
            assert b"Message-ID: <n4@hafen.test>" in first

    async def test_lost_after_the_250_it_is_sent(self) -> None:
        async with scripted_smtp() as (script, port):
            out = SmtpOut(Secret(f"smtp://127.0.0.1:{port}"), SENDER, SetClock(NOW))
            script.replies.append("cut after 250")
            await out.send(LETTER, "n5@hafen.test")
            assert len(script.taken) == 1

    async def test_a_login_that_is_not_possible_is_not_the_recipient_s_fault(
        self,
    ) -> None:
        async with scripted_smtp() as (script, port):
            url = Secret(f"smtp://user:pw@127.0.0.1:{port}")
            out = SmtpOut(url, SENDER, SetClock(NOW))
            with pytest.raises(Unavailable):
                await out.send(LETTER, "n8@hafen.test")
            assert script.taken == []

    async def test_an_address_the_server_cannot_write_is_rejected(self) -> None:
        async with scripted_smtp(utf8=False) as (script, port):
            out = SmtpOut(Secret(f"smtp://127.0.0.1:{port}"), SENDER, SetClock(NOW))
            with pytest.raises(Rejected):
                await out.send(Message(Address("ü@hafen.test"), "x", "x"), "n9@x")
            assert script.taken == []

    async def test_nobody_listens(self) -> None:
        out = SmtpOut(Secret("smtp://127.0.0.1:1"), SENDER, SetClock(NOW))
        with pytest.raises(Unavailable):
            await out.send(LETTER, "n6@hafen.test")

    async def test_memory(self) -> None:
        out = MemoryMailOut(SENDER, SetClock(NOW))
        out.faults += [MailFault.TEMPORARY, MailFault.TAKEN_BUT_CUT, MailFault.REFUSED]
        for error in (Unavailable, Unavailable, Rejected):
            with pytest.raises(error):
                await out.send(LETTER, "n7@hafen.test")
        await out.send(LETTER, "n7@hafen.test")
        assert len(out.sent) == 2
        assert out.delivered == (LETTER,)

    @pytest.mark.parametrize("url", ["http://x", "smtp://", "maildir:x", ""])
    def test_an_address_that_is_none(self, url: str) -> None:
        with pytest.raises(ValueError, match="smtp://"):
            SmtpOut(Secret(url), SENDER, SetClock(NOW))
