"""A mail of the reply mailbox, as bytes, to the answer in it (RFC 6047).

What is no answer is `Ignored`, with the reason: never an error, and never a mail back
(promises.md, bad input 66). A mail is not dropped for calling itself automatic, since
calendar servers do so when they answer for people; nor is From trusted first, since
it is often the server's.
"""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.message import Message
from email.utils import getaddresses, parsedate_to_datetime

from integrations.ics.itip import Heard, read_object
from integrations.mail.bounce import read_bounce
from integrations.mail.note import read_note
from integrations.mail.parts import MOST_PARTS, octets_of, parts
from integrations.mail.vouched import is_aligned, vouched_domains
from scheduler.ports.mail import Bounce, Claim, Ignored, Note, Reply

#: Octets of a whole mail; larger ones are not even fetched.
MOST_OCTETS = 2 * 1024 * 1024
#: What reading bytes from strangers may raise.
_UNREADABLE = (
    ValueError,
    LookupError,
    RecursionError,
    AttributeError,
    TypeError,
    ArithmeticError,
)
_OBJECTS = ("text/calendar", "application/ics")


def read_answer(
    octets: bytes, *, received: datetime, authserv_id: str = ""
) -> Reply | Note | Bounce | Ignored:
    """Read one mail that arrived at `received`.

    With `authserv_id` an answer is certain only if that exchanger vouches for a domain
    aligned with the address; without it the secret UID is enough (contracts.md).
    """
    if len(octets) > MOST_OCTETS:
        return Ignored("too big")
    try:
        mail = message_from_bytes(octets, policy=policy.compat32)
        return read_bounce(mail) or _read(mail, received, authserv_id)
    except _UNREADABLE:
        return Ignored("mail unreadable")


def _read(
    mail: Message, received: datetime, authserv_id: str
) -> Reply | Note | Ignored:
    part = _calendar_part(mail)
    if part is None:
        return read_note(mail, authserv_id)
    if isinstance(part, Ignored):
        return part
    senders = _senders(mail)
    heard = read_object(octets_of(part), _method(part), senders)
    if isinstance(heard, Ignored):
        return heard
    return _reply(heard, mail, senders, received, authserv_id)


def _calendar_part(mail: Message) -> Message | Ignored | None:
    """The first iCalendar part, if there is one."""
    found = list(parts(mail))
    if len(found) > MOST_PARTS:
        return Ignored("too many parts")
    for wanted in _OBJECTS:
        for part in found:
            if part.get_content_type() == wanted:
                return part
    return None


def _method(part: Message) -> str:
    value = part.get_param("method", "")
    return value if isinstance(value, str) else value[2]


def _senders(mail: Message) -> tuple[str, ...]:
    """Reply-To, then From, in small letters."""
    given = [str(h) for n in ("Reply-To", "From") for h in mail.get_all(n, [])]
    found = (address.strip().lower() for _, address in getaddresses(given[:8]))
    return tuple(dict.fromkeys(a for a in found if "@" in a and len(a) <= 254))[:8]


def _reply(
    heard: Heard,
    mail: Message,
    senders: tuple[str, ...],
    received: datetime,
    authserv_id: str,
) -> Reply | Ignored:
    candidates = tuple(dict.fromkeys((*heard.addresses, *senders)))
    if not candidates:
        return Ignored("no attendee")
    vouched = vouched_domains(mail, authserv_id) if authserv_id else frozenset()
    believed = tuple(
        Claim(one, not authserv_id or is_aligned(one, vouched)) for one in candidates
    )
    stamps = (received, _date(mail), heard.stamp)
    return Reply(
        uid=heard.uid,
        attendee=candidates[0],
        answer=heard.answer,
        sequence=heard.sequence,
        at=min(stamp for stamp in stamps if stamp is not None),
        recurrence_id=heard.recurrence_id,
        recurrence_wall=heard.recurrence_wall,
        proposed_start=heard.proposed_start,
        proposed_end=heard.proposed_end,
        prodid=heard.prodid,
        certain=believed[0].certain,
        others=believed[1:],
    )


def _date(mail: Message) -> datetime | None:
    """Date in UTC; None where it is missing, unreadable, or names no zone."""
    try:
        date = parsedate_to_datetime(str(mail.get("Date", "")))
        return date.astimezone(UTC) if date.tzinfo else None
    except (ValueError, TypeError, OverflowError):
        return None
