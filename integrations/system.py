"""The clock, names and chance: the only module that reads the real ones."""

import secrets
from datetime import UTC, datetime

from scheduler.ids import Uid

#: Crockford's base 32: digits and letters in the order of their code points, without
#: I, L, O and U.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CHANCE_BITS = 80


def written(number: int) -> str:
    """A number of at most 130 bits in 26 characters that sort as the numbers do."""
    return "".join(ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))


def chance() -> float:
    """A number from 0 to 1, 1 left out: for pauses that are not to coincide."""
    return secrets.randbits(53) / (1 << 53)


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, in UTC."""
        return datetime.now(UTC)


class SystemIds:
    """Names that are never given twice.

    A row's name is a ULID: 48 bits of milliseconds, 80 of chance. Within one
    millisecond each is the one before plus one, so that what one process made first
    sorts first: a chain of the outbox relies on it.
    """

    def __init__(self) -> None:
        self._last = 0

    def new(self) -> str:
        """A name for a row: 26 characters, sortable by the time it was made."""
        moment = int(datetime.now(UTC).timestamp() * 1000)
        drawn = moment << _CHANCE_BITS | secrets.randbits(_CHANCE_BITS)
        # A clock that is set back, or asked twice in a millisecond, goes on counting.
        if drawn >> _CHANCE_BITS <= self._last >> _CHANCE_BITS:
            drawn = self._last + 1
        self._last = drawn
        return written(drawn)

    def uid(self, domain: str) -> Uid:
        """An iCalendar UID with 128 random bits."""
        return Uid(f"{secrets.token_hex(16)}@{domain}")

    def token(self) -> str:
        """256 random bits, safe in an address."""
        return secrets.token_urlsafe(32)
