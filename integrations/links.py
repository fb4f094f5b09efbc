"""Links signed with `itsdangerous`: a salt for each purpose, SHA-256, several keys."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from itsdangerous import BadData, URLSafeSerializer
from itsdangerous.encoding import base64_decode, base64_encode

from scheduler.access import Link, Purpose
from scheduler.ids import LinkId
from scheduler.secret import Secret

#: Longer ones are not looked at: no ticket of ours comes near.
MOST_CHARACTERS = 400


class SignedLinks:
    """Signs the opaque id and the tenant; scope, expiry and revocation are the row's.

    `keys` are newest first: the first signs, every one of them is believed. The
    address is `PUBLIC_URL/p/PURPOSE/TICKET`; the ticket holds no name and no date, so
    that a letter which is written twice holds the same link.
    """

    def __init__(self, public_url: str, keys: Sequence[Secret]) -> None:
        self._public_url = public_url.rstrip("/")
        oldest_first = [key.reveal for key in reversed(keys)]
        self._signers = {
            purpose: URLSafeSerializer(
                oldest_first,
                salt=f"troth.link.{purpose.value}",
                signer_kwargs={"digest_method": hashlib.sha256},
            )
            for purpose in Purpose
        }

    def address(self, link: Link) -> str:
        """The address to put into a letter."""
        ticket = self._signers[link.purpose].dumps([link.id, link.programme])
        return f"{self._public_url}/p/{link.purpose.value}/{ticket}"

    def read(self, ticket: str, purpose: Purpose) -> LinkId | None:
        """The id behind a ticket, or None."""
        if len(ticket) > MOST_CHARACTERS or not ticket.isascii():
            return None
        try:
            if not _is_canonical(ticket):
                return None
            link, _programme = self._signers[purpose].loads(ticket)
        except BadData:
            return None
        return LinkId(link)


def _is_canonical(ticket: str) -> bool:
    """Whether each part is written the one way base64 writes it.

    The last character of a part has spare bits: without this, some altered tickets
    would still be read.
    """
    parts = ticket.lstrip(".").split(".")
    return all(base64_encode(base64_decode(part)).decode() == part for part in parts)
