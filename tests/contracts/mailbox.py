"""What lies in a mailbox."""

from __future__ import annotations

import imaplib

from tests.conftest import Mail


def inbox(mail: Mail, user: str) -> list[bytes]:
    """Everything in a mailbox, read with the library alone."""
    with imaplib.IMAP4("127.0.0.1", mail.imap, timeout=10) as box:
        box.login(user, "pw")
        box.select("INBOX", readonly=True)
        uids = box.uid("SEARCH", "ALL")[1][0].split()
        return [box.uid("FETCH", uid, "(RFC822)")[1][0][1] for uid in uids]
