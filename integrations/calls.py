"""What is asked of an address over HTTP, and what it answers: values, without I/O."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from integrations.addresses import Address
from scheduler.connections import Connection
from scheduler.errors import Refused
from scheduler.secret import Secret

MIB: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Credentials:
    """A name and a password, for the site they were given for."""

    username: str
    password: Secret
    #: The address its owner typed them for: they go to its site alone.
    given_for: Address

    @classmethod
    def of(cls, connection: Connection, given_for: Address) -> Credentials | None:
        """What its owner gave for a connection, if anything."""
        if not connection.username:
            return None
        return cls(connection.username, connection.password, given_for)

    @property
    def basic(self) -> str:
        """The value of an Authorization header (RFC 7617, UTF-8)."""
        pair = f"{self.username}:{self.password.reveal}"
        return f"Basic {b64encode(pair.encode()).decode()}"


@dataclass(frozen=True, slots=True)
class Call:
    """One request. More than `most_bytes` of decoded answer is refused as `too_big`."""

    method: str
    address: Address
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = field(default=b"", repr=False)
    most_bytes: int = 20 * MIB
    too_big: str = "E_ICS_TOO_BIG"

    def to(self, address: Address, status: int) -> Call:
        """The call to make after a redirect: 303 asks for a GET (RFC 9110 15.4.4)."""
        if status == 303 and self.method != "HEAD":
            return replace(self, address=address, method="GET", body=b"")
        return replace(self, address=address)

    def full(self) -> Refused:
        """What is said of an answer past the limit."""
        return Refused(
            self.too_big,
            f"What this address answers is larger than {self.most_bytes // MIB} MiB;"
            " use a calendar with fewer events.",
            field="url",
        )


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back, decoded; `address` is the one that answered at last.

    `headers` have lower-case names; of several with one name the last is kept.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    address: Address

    @property
    def retry_after(self) -> float | None:
        """Seconds to wait (RFC 9110 section 10.2.3), if it says so as a number."""
        text = self.headers.get("retry-after", "").strip()
        return float(text) if text.isascii() and text.isdigit() else None
