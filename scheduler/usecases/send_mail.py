"""Put one letter or invitation into words, and hand it to the mail server."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from scheduler.access import Link, Purpose
from scheduler.effects import Outgoing, SendInvite, SendLetter
from scheduler.ids import LinkId, OutboxId
from scheduler.outbox import digest, message_id
from scheduler.ports.links import Links
from scheduler.ports.mail import MailOut, Reader, Render
from scheduler.ports.store import Begin

#: How long links in mail open something (a later answer counts for 30 days).
_OPEN = timedelta(days=45)
_OPEN_FOR = {
    Purpose.SIGN_IN: timedelta(minutes=15),
    Purpose.ERASE: timedelta(hours=24),
    Purpose.FEWER: timedelta(days=400),
}
_ONCE = frozenset({Purpose.SIGN_IN, Purpose.ERASE})


class MailLinks:
    """Makes the links of one mail: rendered again, the mail holds the same ones.

    `made` are their rows, to be saved before the mail goes out.
    """

    def __init__(
        self, row: OutboxId, reader: Reader, now: datetime, links: Links
    ) -> None:
        self._row = row
        self._reader = reader
        self._now = now
        self._links = links
        self.made: list[Link] = []

    def __call__(self, purpose: Purpose, about: str = "") -> str:
        """The address of a personal link for the reader of this mail."""
        person, pair = self._reader.person, self._reader.pair
        link = Link(
            LinkId(digest(self._row, purpose.value, about)),
            purpose,
            self._reader.programme.id,
            person.id if person else None,
            about,
            self._now + _OPEN_FOR.get(purpose, _OPEN),
            pair=pair.id if pair else None,
            single=purpose in _ONCE,
        )
        self.made.append(link)
        return self._links.address(link)


def renewed(known: Link | None, made: Link) -> Link:
    """The row of a link when its mail goes out; a late mail opens as long as any.

    What was used or revoked meanwhile stays so.
    """
    if known is None:
        return made
    return replace(known, expires_at=max(known.expires_at, made.expires_at))


async def send_mail(
    row: Outgoing,
    effect: SendLetter | SendInvite,
    reader: Reader,
    *,
    now: datetime,
    domain: str,
    begin: Begin,
    links: Links,
    render: Render,
    mail_out: MailOut,
) -> None:
    """Send one mail; `Unavailable` and `Rejected` as the mail server says.

    Its Message-ID follows from the row: a mail that is sent twice is the same mail.
    """
    made = MailLinks(row.id, reader, now, links)
    if isinstance(effect, SendLetter):
        message = render.letter(effect.letter, reader, made)
    else:
        message = render.invite(effect.invite, reader, made)
    async with begin() as uow:
        for link in made.made:
            known = await uow.doors.link(link.id)
            await uow.doors.put_link(renewed(known, link))
        await uow.commit()
    await mail_out.send(message, message_id(row.key, domain))
