"""Addresses that people give: read once, then judged; nothing here asks the network.

An address is normalised as a browser would (WHATWG URL), so that what is judged is
what would be called: `http://0177.1/`, `http://2130706433` and `http://%6cocalhost` are
all this machine. docs/decisions/egress.md says why each rule is there.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import quote, unquote_to_bytes, urljoin

from publicsuffixlist import PublicSuffixList
from yarl import URL

from scheduler.errors import Refused

IP = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MOST_CHARACTERS = 4096
_DEFAULT_PORTS = {"http": 80, "https": 443}
_SCHEMES = {"http": "http", "https": "https", "webcal": "https", "webcals": "https"}
#: Ports of other protocols, which must not be spoken to in HTTP (promises.md 4, 42).
_FOREIGN_PORTS = frozenset((21, 22, 23, 25, 53, 110, 143, 389, 465, 587)) | frozenset(
    (993, 995, 3306, 5432, 6379, 11211, 27017)
)
_SCHEME = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]*):(?!\d+(?:[/?#]|$))")
_EDGES = "".join(map(chr, range(0x21)))
_FORBIDDEN_IN_HOST = re.compile(r"[\x00-\x20#%/:<>?@\[\\\]^|\x7f]")
_LEFT_ALONE = "%/?:@!$&'()*+,;=-._~[]"

#: IANA's registries of special addresses, written out: what `ipaddress` calls global
#: differs between versions of Python.
_SPECIAL_4 = tuple(
    ip_network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    )
)
_GLOBAL_6 = ip_network("2000::/3")
#: Inside it: protocol assignments with Teredo, documentation, 6to4 (both tunnels
#: hold an IPv4 address of the caller's choice).
_SPECIAL_6 = tuple(
    ip_network(text)
    for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)


@dataclass(frozen=True, slots=True)
class Address:
    """An http or https address in its one form.

    `host` is lower-case ASCII without a dot at its end, or an IP literal without
    brackets; `target` is path and query, percent-encoded. The target of a published
    feed is a key: neither `repr` nor `str` shows it.
    """

    scheme: str
    host: str
    port: int
    target: str = field(repr=False)

    @property
    def url(self) -> str:
        """The address as it is called; without the port where it goes without."""
        return f"{self.origin}{self.target}"

    @property
    def origin(self) -> str:
        """Scheme, host and port."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        if self.port == _DEFAULT_PORTS[self.scheme]:
            return f"{self.scheme}://{host}"
        return f"{self.scheme}://{host}:{self.port}"

    @property
    def ip(self) -> IP | None:
        """The address that the host is, if it is no name."""
        return _ip(self.host)

    def __str__(self) -> str:
        return self.origin


def unreadable() -> Refused:
    """What is said of something that is no address."""
    return Refused(
        "E_URL_UNREADABLE",
        "This is no address; it should look like https://calendar.example/feed.ics.",
        field="url",
    )


def private() -> Refused:
    """What is said of every address inside, whatever answers there."""
    return Refused(
        "E_URL_PRIVATE",
        "This address is not on the public internet; use one that is, or ask the"
        " operator to allow its network (ALLOW_PRIVATE_ADDRESSES).",
        field="url",
    )


def read_address(text: str, *, base: Address | None = None) -> Address:
    """Normalise an address; `base` is what a relative one stands in.

    An address without a scheme is https. Raises `Refused` with E_URL_SCHEME,
    E_URL_CREDENTIALS or E_URL_UNREADABLE.
    """
    plain = _cleaned(text)
    if base is not None:
        plain = urljoin(base.url, plain)
    scheme, rest = _scheme(plain)
    authority = re.split(r"[/?#]", rest, maxsplit=1)[0]
    tail = rest[len(authority) :].partition("#")[0]
    if "@" in authority:
        raise Refused(
            "E_URL_CREDENTIALS",
            "Leave name and password out of the address; use the fields for them.",
            field="url",
        )
    host, port = _host_and_port(authority)
    target = quote(tail if tail.startswith("/") else f"/{tail}", safe=_LEFT_ALONE)
    return Address(scheme, host, port or _DEFAULT_PORTS[scheme], target)


def _cleaned(text: str) -> str:
    """Without what a browser drops, and with its slashes (WHATWG URL section 4.4)."""
    plain = re.sub(r"[\t\r\n]", "", text.strip(_EDGES))
    if not plain or len(plain) > MOST_CHARACTERS:
        raise unreadable()
    head, mark, query = plain.partition("?")
    return head.replace("\\", "/") + mark + query


def _scheme(plain: str) -> tuple[str, str]:
    """The scheme that is spoken, and the rest without slashes at its front."""
    found = _SCHEME.match(plain)
    if found is None:
        return "https", plain.lstrip("/")
    scheme = _SCHEMES.get(found[1].lower())
    if scheme is None:
        raise Refused(
            "E_URL_SCHEME",
            "Only addresses that begin with https, http or webcal are read.",
            field="url",
        )
    return scheme, plain[found.end() :].lstrip("/")


def _host_and_port(authority: str) -> tuple[str, int | None]:
    bracketed = re.fullmatch(r"\[([^\]]*)\](?::(\d{0,5}))?", authority)
    if bracketed:
        return _literal_6(bracketed[1]), _port(bracketed[2])
    host, _, port = authority.partition(":")
    return _host(host), _port(port)


def _port(text: str | None) -> int | None:
    if not text:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", text) or not 0 < int(text) < 65536:
        raise unreadable()
    return int(text)


def _literal_6(text: str) -> str:
    try:
        return str(IPv6Address(text))
    except ValueError:
        raise unreadable() from None


def _host(text: str) -> str:
    """A name in ASCII (IDNA 2008 with the mapping of UTS 46), or a literal."""
    try:
        plain = unquote_to_bytes(text).decode()
        if plain and not plain.isascii():
            plain = URL.build(scheme="https", host=plain).raw_host or ""
    except ValueError:
        raise unreadable() from None
    plain = plain.lower().removesuffix(".")
    if not plain or len(plain) > 253 or _FORBIDDEN_IN_HOST.search(plain):
        raise unreadable()
    if not all(0 < len(label) < 64 for label in plain.split(".")):
        raise unreadable()
    return _literal_4(plain) if _ends_in_number(plain) else plain


def _ends_in_number(host: str) -> bool:
    last = host.rpartition(".")[2]
    return last.isdigit() or re.fullmatch(r"0x[0-9a-f]*", last) is not None


def _literal_4(host: str) -> str:
    """An IPv4 address in any of the ways that browsers and `inet_aton` read."""
    parts = host.split(".")
    try:
        numbers = [_number(part) for part in parts]
        *front, last = numbers
        if len(parts) > 4 or any(n > 255 for n in front):
            raise unreadable()
        if last >= 256 ** (4 - len(front)):
            raise unreadable()
    except ValueError:
        raise unreadable() from None
    value = last + sum(n << (8 * (3 - place)) for place, n in enumerate(front))
    return str(IPv4Address(value))


def _number(part: str) -> int:
    if not re.fullmatch(r"0x[0-9a-f]*|[0-9]+", part):
        raise unreadable()
    if part.startswith("0x"):
        return int(part[2:] or "0", 16)
    if len(part) > 1 and part.startswith("0"):
        return int(part, 8)
    return int(part, 10)


def _ip(text: str) -> IP | None:
    try:
        return plain_ip(ip_address(text))
    except ValueError:
        return None


def plain_ip(ip: IP) -> IP:
    """The IPv4 address inside an IPv4-mapped one; any other as it is."""
    return getattr(ip, "ipv4_mapped", None) or ip


def is_public(ip: IP) -> bool:
    """Whether it is an address on the public internet, for one host alone."""
    ip = plain_ip(ip)
    if isinstance(ip, IPv4Address):
        return not any(ip in network for network in _SPECIAL_4)
    if ip.scope_id is not None or ip not in _GLOBAL_6:
        return False
    return not any(ip in network for network in _SPECIAL_6)


def is_inside(ip: IP, allowed: Sequence[Network]) -> bool:
    """Whether it lies in a network that the operator has allowed."""
    ip = plain_ip(ip)
    return any(ip in network for network in allowed)


def judge(
    address: Address, answers: Sequence[IP], allowed: Sequence[Network], *, secret: bool
) -> None:
    """Whether these answers for the address may be called; `Refused` if not.

    Every answer must be public or inside what is allowed. Foreign ports, and plain
    http where a password goes along (`secret`), are for allowed networks alone.
    """
    inside = [is_inside(ip, allowed) for ip in answers]
    if not answers or not all(
        within or is_public(ip) for within, ip in zip(inside, answers, strict=True)
    ):
        raise private()
    if all(inside):
        return
    if address.port in _FOREIGN_PORTS:
        raise Refused(
            "E_URL_PORT",
            f"Port {address.port} is not one that calendars are served from.",
            field="url",
        )
    if secret and address.scheme != "https":
        raise Refused(
            "E_URL_SCHEME",
            "A password is only sent over https; use an address that begins with it.",
            field="url",
        )


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()


def same_site(one: Address, other: Address) -> bool:
    """Whether both hosts belong to whoever registered one domain (example.co.uk)."""
    if one.host == other.host:
        return True
    if one.ip or other.ip:
        return False
    mine = _suffixes().privatesuffix(one.host)
    return mine is not None and mine == _suffixes().privatesuffix(other.host)
