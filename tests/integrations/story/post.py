"""Mailboxes as their owners read them: IMAP and mail from the standard library."""

from __future__ import annotations

import asyncio
import email
import imaplib
import re
import smtplib
from collections.abc import Iterable
from dataclasses import dataclass
from email.message import EmailMessage
from email.policy import default
from functools import cached_property
from typing import Any

import icalendar

from tests.conftest import Mail as Ports

_LINK = re.compile(r"https?://[^\s<>\"]+/p/([a-z-]+)/[^\s<>\")]+")


@dataclass(frozen=True)
class Letter:
    """One mail that lies in a mailbox."""

    octets: bytes

    @cached_property
    def mail(self) -> EmailMessage:
        return email.message_from_bytes(self.octets, policy=default)  # type: ignore[return-value]

    @property
    def id(self) -> str:
        return str(self.mail["Message-ID"])

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    @property
    def text(self) -> str:
        part = self.mail.get_body(("plain",))
        return str(part.get_content()) if part else ""

    @property
    def method(self) -> str:
        """METHOD of what it carries for a calendar program; empty for a letter."""
        part = self._calendar_part()
        return str(part.get_param("method", "")).upper() if part else ""

    @property
    def object(self) -> bytes:
        """The iCalendar object in it."""
        part = self._calendar_part()
        assert part, self.subject
        found = part.get_payload(decode=True)
        assert isinstance(found, bytes)
        return found

    @property
    def event(self) -> icalendar.Event:
        """The first event of that object."""
        return icalendar.Calendar.from_ical(self.object).events[0]

    def attached(self, name: str) -> str:
        for part in self.mail.iter_attachments():
            if part.get_filename() == name:
                return str(part.get_content())
        raise LookupError(name)

    def links(self, purpose: str) -> list[str]:
        """The personal links of one purpose, in the order in which they stand."""
        found = [m for m in _LINK.finditer(self.text) if m[1] == purpose]
        return list(dict.fromkeys(m[0] for m in found))

    def _calendar_part(self) -> EmailMessage | None:
        parts: Iterable[Any] = self.mail.walk()
        return next((p for p in parts if p.get_content_type() == "text/calendar"), None)


class Mailbox:
    """Of one address. `new` answers what came since it was last asked."""

    def __init__(self, ports: Ports, address: str) -> None:
        self.address = address
        self._ports = ports
        self._seen: set[str] = set()
        #: What was fetched before, by its number in the mailbox.
        self._known: dict[bytes, Letter] = {}

    async def all(self) -> list[Letter]:
        return await asyncio.to_thread(self._all)

    async def new(self) -> list[Letter]:
        fresh = {m.id: m for m in await self.all() if m.id not in self._seen}
        self._seen |= fresh.keys()
        return list(fresh.values())

    async def repeats(self) -> int:
        """How many of the mails here are one that was here already."""
        names = [letter.id for letter in await self.all()]
        return len(names) - len(set(names))

    def _all(self) -> list[Letter]:
        with imaplib.IMAP4("127.0.0.1", self._ports.imap, timeout=10) as box:
            box.login(self.address, "pw")
            box.select("INBOX", readonly=True)
            uids = box.uid("SEARCH", "ALL")[1][0].split()
            for uid in uids:
                if uid not in self._known:
                    fetched = box.uid("FETCH", uid, "(RFC822)")[1]
                    self._known[uid] = Letter(fetched[0][1])
            return [self._known[uid] for uid in uids]

    async def send(self, mail: EmailMessage) -> None:
        """As this address's owner, through their own mail server."""
        await asyncio.to_thread(self._send, mail)

    def _send(self, mail: EmailMessage) -> None:
        with smtplib.SMTP("127.0.0.1", self._ports.smtp, timeout=10) as server:
            server.send_message(mail)


async def hand_over(letter: Letter, to: str, lmtp: int) -> None:
    """As a mail server hands a mail to the calendar server beside it (RFC 2033)."""

    octets = b"\r\n".join(letter.octets.splitlines())

    def deliver() -> None:
        with smtplib.LMTP("127.0.0.1", lmtp) as server:
            server.sendmail("troth@programme.test", [to], octets)

    await asyncio.to_thread(deliver)
