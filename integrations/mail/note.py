"""A mail in words: of it only the lines `topic: …` and `promise: …` are read.

Only the text above the quoted part is looked at, and whatever else stands there is
forgotten at once (product.md, Replies). What a program wrote by itself is no answer of
a person: nothing is ever answered to it (RFC 3834).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from email.message import Message
from email.utils import getaddresses
from html.parser import HTMLParser
from itertools import islice

from integrations.mail.parts import octets_of, parts
from integrations.mail.vouched import is_aligned, vouched_domains
from scheduler.agenda import asked_topic
from scheduler.dates_said import asked_promise
from scheduler.ports.mail import Claim, Ignored, Note

#: Lines that are looked at, and lines of one mail that are taken.
_MOST_LINES, _MOST_TAKEN = 300, 20
_MOST_OCTETS = 200_000
_ID = re.compile(r"<([^<>\s]{1,250})>")
#: Where the mail that is answered begins, or the signature.
_QUOTED = re.compile(
    r"\s*>|-- ?$|_{8,}\s*$|\s*-{3,}\s*(?:Original|Ursprüngliche|Forwarded|Weitergel)"
    r"|\s*(?:From|Von|Sent|Gesendet)\s*:\s|\s*On\s.{4,200}\swrote:\s*$"
    r"|\s*Am\s.{4,200}\sschrieb\s.{0,200}:\s*$",
    re.IGNORECASE,
)
_BY_ITSELF = {"bulk", "junk", "list", "auto_reply"}
_SAYS_SO = ("X-Autoreply", "X-Autorespond", "List-Id")


def read_note(mail: Message, authserv_id: str) -> Note | Ignored:
    """What is asked for in a mail that holds no object of a calendar.

    Its sender is certain only by the word of our own exchanger (`authserv_id`).
    """
    senders = [a.strip().lower() for _, a in getaddresses(mail.get_all("From", [])[:2])]
    if len(senders) != 1 or "@" not in senders[0] or len(senders[0]) > 254:
        return Ignored("no calendar")
    if _is_automatic(mail):
        return Ignored("automatic")
    vouched = vouched_domains(mail, authserv_id) if authserv_id else frozenset()
    certain = bool(authserv_id) and is_aligned(senders[0], vouched)
    lines = _lines(mail)
    if lines is None:
        return Ignored("no calendar")
    asked = (line.strip() for line in _above(lines))
    taken = (line for line in asked if asked_topic(line) or asked_promise(line))
    return Note(
        Claim(senders[0], certain), tuple(islice(taken, _MOST_TAKEN)), _answered(mail)
    )


def _is_automatic(mail: Message) -> bool:
    submitted = str(mail.get("Auto-Submitted", "no")).split(";")[0].strip().lower()
    precedence = str(mail.get("Precedence", "")).strip().lower()
    return (
        submitted not in {"", "no"}
        or precedence in _BY_ITSELF
        or any(name in mail for name in _SAYS_SO)
        or mail.get_content_type() == "multipart/report"
        or str(mail.get("Return-Path", "")).strip() == "<>"
    )


def _answered(mail: Message) -> tuple[str, ...]:
    """The Message-IDs of what it answers, the nearest first."""
    named = f"{mail.get('References', '')} {mail.get('In-Reply-To', '')}"
    return tuple(dict.fromkeys(reversed(_ID.findall(named[-4000:]))))


def _lines(mail: Message) -> list[str] | None:
    """The words of a mail, line by line; from HTML where there are no others.

    None when it holds no words at all.
    """
    for wanted in ("text/plain", "text/html"):
        for part in parts(mail):
            is_file = part.get_content_disposition() == "attachment"
            if part.get_content_type() == wanted and not is_file:
                text = octets_of(part)[:_MOST_OCTETS].decode("utf-8", "replace")
                shown = text if wanted == "text/plain" else _Shown(text).words
                return shown.splitlines()[:_MOST_LINES]
    return None


def _above(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if _QUOTED.match(line[:600]):
            return
        yield line


class _Shown(HTMLParser):
    """The words of HTML above whatever is quoted in it."""

    _BREAKS = frozenset({"br", "p", "div", "li", "tr", "h1", "h2", "h3", "hr"})
    _SILENT = frozenset({"style", "script", "title"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.words = ""
        self._silent = 0
        self._is_over = False
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a line, or come to what is quoted."""
        marks = " ".join(value or "" for _, value in attrs).lower()
        quoted = "gmail_quote" in marks or "divrplyfwdmsg" in marks
        self._is_over = self._is_over or tag == "blockquote" or quoted
        self._silent += tag in self._SILENT
        if tag in self._BREAKS:
            self.words += "\n"

    def handle_endtag(self, tag: str) -> None:
        """End a line."""
        self._silent -= tag in self._SILENT and self._silent > 0
        if tag in self._BREAKS:
            self.words += "\n"

    def handle_data(self, data: str) -> None:
        """Words that are shown; a break of the source is a space."""
        if not self._silent and not self._is_over:
            self.words += " ".join(data.split("\n"))
