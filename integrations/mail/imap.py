"""Mail in by IMAP: polled, never idle; each mail read in full once, if it is small.

A mail is named `UIDVALIDITY.UID`. What is done is marked as seen and, where the server
lets us, moved to the folder Troth/done, so that a person looking in sees what is left.
"""

from __future__ import annotations

import asyncio
import contextlib
import imaplib
import re
import ssl
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeVar
from urllib.parse import unquote, urlsplit

from integrations.mail.answer import MOST_OCTETS, read_answer
from integrations.mail.smtp import is_loopback
from scheduler.errors import Unavailable
from scheduler.ports.mail import Bounce, Ignored, Incoming, Note, Reply
from scheduler.ports.system import Clock
from scheduler.secret import Secret

#: Seconds that one answer of the server may take.
PATIENCE = 30.0
_DONE = ("Troth", "done")
_NAME = re.compile(r"(\d+)\.(\d+)")
_DELIMITER = re.compile(rb'\(.*?\) "(.)"')
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_T = TypeVar("_T")


class ImapIn:
    """`MailIn` over `imap://` or `imaps://`; reconnects by itself."""

    def __init__(self, url: Secret, clock: Clock, *, authserv_id: str = "") -> None:
        parts = urlsplit(url.reveal)
        if parts.scheme not in {"imap", "imaps"} or not parts.hostname:
            raise ValueError("expected an address like imaps://user:pw@mail.example")
        self._tls = parts.scheme == "imaps"
        self._host = parts.hostname
        self._port = parts.port or (993 if self._tls else 143)
        self._user = unquote(parts.username or "")
        self._password = Secret(unquote(parts.password or ""))
        self._clock, self._authserv_id = clock, authserv_id
        self._lock = asyncio.Lock()
        self._session: _Session | None = None

    async def unseen(self) -> AsyncIterator[Incoming]:
        """Mails not yet done, oldest first; see `MailIn`."""
        for name in await self._ask(_Session.waiting):
            octets = await self._ask(_fetching(name))
            if octets is not None:
                yield Incoming(name, self._read(octets))

    async def done(self, mail: str) -> None:
        """Mark it; a mail that is not there any more is done too."""
        await self._ask(lambda session: session.put_away(mail))

    async def close(self) -> None:
        """Say goodbye to the server; the next question opens a new conversation."""
        async with self._lock:
            session, self._session = self._session, None
            if session:
                await asyncio.to_thread(session.leave)

    def _read(self, octets: bytes) -> Reply | Note | Bounce | Ignored:
        if not octets:
            return Ignored("too big")
        now = self._clock.now()
        return read_answer(octets, received=now, authserv_id=self._authserv_id)

    async def _ask(self, question: Callable[[_Session], _T]) -> _T:
        """Ask in a thread; after a failure once more, in a new conversation."""
        async with self._lock:
            fresh = self._session is None
            try:
                return await asyncio.to_thread(self._in_session, question)
            except (imaplib.IMAP4.error, OSError, EOFError) as error:
                self._session = None
                if fresh:
                    raise _unavailable(error) from error
            try:
                return await asyncio.to_thread(self._in_session, question)
            except (imaplib.IMAP4.error, OSError, EOFError) as error:
                self._session = None
                raise _unavailable(error) from error

    def _in_session(self, question: Callable[[_Session], _T]) -> _T:
        if self._session is None:
            box = self._connected()
            try:
                box.login(self._user, self._password.reveal)
                self._session = _Session(box)
            except BaseException:
                box.shutdown()
                raise
        return question(self._session)

    def _connected(self) -> imaplib.IMAP4:
        """A conversation not yet logged in; imaplib checks no certificate unasked."""
        trusted = ssl.create_default_context()
        if self._tls:
            return imaplib.IMAP4_SSL(
                self._host, self._port, timeout=PATIENCE, ssl_context=trusted
            )
        box = imaplib.IMAP4(self._host, self._port, timeout=PATIENCE)
        if "STARTTLS" in box.capabilities and not is_loopback(self._host):
            box.starttls(trusted)
        return box


def _fetching(name: str) -> Callable[[_Session], bytes | None]:
    return lambda session: session.fetch(name)


def _unavailable(error: Exception) -> Unavailable:
    return Unavailable(f"mailbox: {type(error).__name__}")


class _Session:
    """One conversation with the server; blocking, in one thread at a time."""

    def __init__(self, box: imaplib.IMAP4) -> None:
        self._box = box
        _checked(box.select("INBOX"))
        self._validity = (box.response("UIDVALIDITY")[1] or [b"0"])[0] or b"0"
        self._target = self._make_target()

    def waiting(self) -> list[str]:
        """The names of what is not seen, in the order in which it came."""
        self._box.noop()  # servers tell of new mail when something is asked
        found = _checked(self._box.uid("SEARCH", "UNSEEN"))
        uids = sorted(int(uid) for uid in (found[0] or b"").split())
        return [f"{int(self._validity)}.{uid}" for uid in uids]

    def fetch(self, name: str) -> bytes | None:
        """The mail; empty when it is too big, None when it is not there any more."""
        uid = self._uid(name)
        if uid is None:
            return None
        sized = _checked(self._box.uid("FETCH", uid, "(RFC822.SIZE)"))
        size = _SIZE.search(_joined(sized))
        if size is None:
            return None
        if int(size[1]) > MOST_OCTETS:
            return b""
        for part in _checked(self._box.uid("FETCH", uid, "(BODY.PEEK[])")):
            if isinstance(part, tuple):
                return bytes(part[1])
        return None

    def put_away(self, name: str) -> None:
        """Mark as seen, and move if there is somewhere to move it to."""
        uid = self._uid(name)
        if uid is None:
            return
        _checked(self._box.uid("STORE", uid, "+FLAGS.SILENT", "(\\Seen)"))
        if self._target:
            with contextlib.suppress(imaplib.IMAP4.error):
                self._box.uid("MOVE", uid, self._target)

    def leave(self) -> None:
        """End the conversation."""
        with contextlib.suppress(imaplib.IMAP4.error, OSError):
            self._box.logout()

    def _uid(self, name: str) -> str | None:
        match = _NAME.fullmatch(name)
        if match is None or int(match[1]) != int(self._validity):
            return None  # the mailbox was made anew: the mail has another name now
        return match[2]

    def _make_target(self) -> str:
        """The folder for what is done; empty where the server cannot move mail."""
        # What imaplib remembers is what was offered before the login.
        if b"MOVE" not in _joined(_checked(self._box.capability())).upper().split():
            return ""
        listed = self._box.list('""', '""')[1]
        found = _DELIMITER.search(_joined(listed))
        delimiter = found[1].decode() if found else "/"
        target = f'"{delimiter.join(_DONE)}"'
        with contextlib.suppress(imaplib.IMAP4.error):
            self._box.create(target)  # it may be there already
        status, _ = self._box.status(target, "(MESSAGES)")
        return target if status == "OK" else ""


def _checked(answer: tuple[str, list[Any]]) -> list[Any]:
    status, data = answer
    if status != "OK":
        raise imaplib.IMAP4.error(f"the server said {status}")
    return data


def _joined(data: list[Any]) -> bytes:
    return b" ".join(p if isinstance(p, bytes) else p[0] for p in data if p)
