"""Stamps on texts that must not change: HMAC-SHA-256 with keys made from our own."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

#: Keeps these keys apart from all others that are made from the same.
_USE = b"troth: seals of the audit"


class Stamps:
    """`Stamp` with these keys, the newest first: it signs, all of them are believed."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or not all(keys):
            raise ValueError("a stamp needs a key, and none may be empty")
        self._keys = [
            HKDF(SHA256(), length=32, salt=None, info=_USE).derive(key.encode())
            for key in keys
        ]

    def make(self, text: str) -> str:
        """The stamp of a text, with the newest key."""
        return _stamp(self._keys[0], text)

    def is_good(self, text: str, stamp: str) -> bool:
        """Whether this is its stamp, with any of the keys."""
        given = stamp.encode()
        return any(
            hmac.compare_digest(_stamp(key, text).encode(), given) for key in self._keys
        )


def _stamp(key: bytes, text: str) -> str:
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
