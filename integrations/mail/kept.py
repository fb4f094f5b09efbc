"""Mail that was kept instead of sent, to be looked at on a page."""

from __future__ import annotations

import mailbox
from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path

from scheduler.ports.mail import KeptMail


class KeptMaildir:
    """Reads the maildir that `maildir:PATH` writes to; changes nothing in it.

    Mail that was written never changes, so each is understood once.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._known: dict[str, KeptMail] = {}

    def all(self) -> tuple[KeptMail, ...]:
        """Every mail, the newest first."""
        if not self._folder.is_dir():
            return ()
        box = mailbox.Maildir(self._folder, factory=None, create=False)
        found = [self._read(box, key) for key in box.iterkeys()]
        return tuple(sorted(found, key=lambda mail: (mail.at, mail.id), reverse=True))

    def get(self, mail: str) -> KeptMail | None:
        """One mail by its id."""
        if not self._folder.is_dir():
            return None
        box = mailbox.Maildir(self._folder, factory=None, create=False)
        return self._read(box, mail) if mail in box else None

    def _read(self, box: mailbox.Maildir, key: str) -> KeptMail:
        if key not in self._known:
            self._known[key] = _kept(key, box.get_bytes(key))
        return self._known[key]


def _kept(key: str, octets: bytes) -> KeptMail:
    mail = message_from_bytes(octets, policy=policy.default)
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    return KeptMail(
        key,
        str(mail["To"] or ""),
        str(mail["Subject"] or ""),
        _date(mail),
        text.get_content() if text else "",
        html.get_content() if html else "",
        tuple(
            (name, part.get_content_type(), _octets(part))
            for part in mail.walk()
            if (name := part.get_filename())
        ),
    )


def _date(mail: EmailMessage) -> datetime:
    try:
        return parsedate_to_datetime(str(mail["Date"])).astimezone(UTC)
    except ValueError:
        return datetime(1970, 1, 1, tzinfo=UTC)


def _octets(part: EmailMessage) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""
