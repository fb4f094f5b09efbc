"""Mail out by SMTP: one message, one recipient, one conversation.

A connection lost between the end of the data and the server's 250 leaves open whether
the mail was taken; it is sent again under the same Message-ID (promises.md F37, E3).
"""

from __future__ import annotations

import asyncio
import contextlib
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

import aiosmtplib

from integrations.mail.message import compose
from scheduler.effects import Address, Message
from scheduler.errors import Rejected, Unavailable
from scheduler.ports.system import Clock
from scheduler.secret import Secret

#: Seconds for one answer of the server, and for a whole delivery.
ONE_ANSWER, WHOLE = 30.0, 120.0
#: What the server says about this recipient or this text; the rest is about us.
_ABOUT_THE_MAIL = (aiosmtplib.SMTPRecipientRefused, aiosmtplib.SMTPDataError)


class SmtpOut:
    """`MailOut` over `smtp://` (STARTTLS where it is offered) or `smtps://`."""

    def __init__(self, url: Secret, sender: Address, clock: Clock) -> None:
        parts = urlsplit(url.reveal)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise ValueError("expected an address like smtp://mail.example.org:587")
        self._tls = parts.scheme == "smtps"
        self._host = parts.hostname
        self._port = parts.port or (465 if self._tls else 25)
        self._user = unquote(parts.username or "")
        self._password = Secret(unquote(parts.password or ""))
        self._sender, self._clock = sender, clock

    async def send(self, message: Message, message_id: str) -> None:
        """Deliver one message; see `MailOut`."""
        octets = compose(message, message_id, self._sender, self._clock.now())
        try:
            async with asyncio.timeout(WHOLE):
                await self._deliver(message.to.email, octets)
        except _ABOUT_THE_MAIL as error:
            raise _judged(error.code) from error
        except aiosmtplib.SMTPRecipientsRefused as error:
            raise _judged(max(one.code for one in error.recipients)) from error
        except (aiosmtplib.SMTPException, OSError, TimeoutError) as error:
            raise Unavailable(f"mail server: {type(error).__name__}") from error

    async def _deliver(self, to: str, octets: bytes) -> None:
        client = aiosmtplib.SMTP(
            hostname=self._host,
            port=self._port,
            use_tls=self._tls,
            start_tls=False if is_loopback(self._host) else None,
            timeout=ONE_ANSWER,
        )
        await client.connect()
        try:
            if self._user:
                await client.login(self._user, self._password.reveal)
            try:
                await client.sendmail(self._sender.email, [to], octets)
            except aiosmtplib.SMTPNotSupported as error:
                raise Rejected("the server cannot take such an address") from error
            with contextlib.suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()  # it is delivered, whatever becomes of goodbye
        finally:
            client.close()


def is_loopback(host: str) -> bool:
    """Whether what goes to this host never leaves the machine."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _judged(code: int) -> Rejected | Unavailable:
    """5xx is for ever; anything else, also nonsense, is tried again."""
    if 500 <= code < 600:
        return Rejected(f"mail server: {code}")
    return Unavailable(f"mail server: {code}")
