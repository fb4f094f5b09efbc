"""Secrets as they lie in the database: encrypted, each bound to its own row.

Fernet has no associated data, so the row's place is written inside what is encrypted
(promises.md S9): a secret copied to another row does not open there.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from scheduler.errors import Rejected

#: Keeps these keys apart from those that links are signed with, made from the same.
_USE = b"troth: secrets in the store"


class Seals:
    """Closes and opens secrets. `keys` are the newest first; the first one closes."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or not all(keys):
            raise ValueError("a store needs a key, and none may be empty")
        self._fernet = MultiFernet([_fernet(key) for key in keys])

    def close(self, place: Sequence[str], secrets: Sequence[str]) -> str:
        """Encrypt secrets that belong in this place: table, owner, row."""
        inside = json.dumps([list(place), list(secrets)])
        return self._fernet.encrypt(inside.encode()).decode("ascii")

    def open(self, place: Sequence[str], sealed: str) -> tuple[str, ...]:
        """The secrets again.

        `Rejected` when they belong elsewhere, or were closed with a key that is not
        here any more.
        """
        try:
            inside = json.loads(self._fernet.decrypt(sealed.encode()))
        except (InvalidToken, UnicodeEncodeError):
            raise Rejected("a secret does not open with the keys given") from None
        if inside[0] != list(place):
            raise Rejected("a secret lies in a row that it does not belong to")
        return tuple(inside[1])

    def renew(self, sealed: str) -> str:
        """Close it again with the newest key; its time stays what it was."""
        return self._fernet.rotate(sealed.encode()).decode("ascii")


def _fernet(key: str) -> Fernet:
    derived = HKDF(SHA256(), length=32, salt=None, info=_USE).derive(key.encode())
    return Fernet(base64.urlsafe_b64encode(derived))
