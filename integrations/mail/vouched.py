"""Whose mail it is, by the word of one's own mail exchanger (RFC 8601).

Anybody can write an Authentication-Results header; only the topmost one that carries
our exchanger's name was written by it, since each server adds its own above.
"""

from __future__ import annotations

import re
from email.message import Message
from functools import cache

from publicsuffixlist import PublicSuffixList

_COMMENT = re.compile(r"\([^()]*\)")
#: DKIM names the signing domain, DMARC that of From; SPF alone says too little.
_SAYS = {"dkim": "header.d", "dmarc": "header.from"}
_PAIR = re.compile(r"([a-z0-9_.-]+)\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_MOST_CHARACTERS = 8_000


def vouched_domains(mail: Message, authserv_id: str) -> frozenset[str]:
    """The registrable domains whose authority over this mail was confirmed."""
    for header in mail.get_all("Authentication-Results", []):
        text = _COMMENT.sub(" ", str(header)[:_MOST_CHARACTERS])
        name, *results = text.split(";")
        if name.split()[:1] and name.split()[0].lower() == authserv_id.lower():
            return frozenset(filter(None, map(_domain, results)))
    return frozenset()


def is_aligned(address: str, vouched: frozenset[str]) -> bool:
    """Whether one of these domains may speak for this address (RFC 7489, relaxed)."""
    domain = _registrable(address.rpartition("@")[2])
    return bool(domain) and domain in vouched


def _domain(result: str) -> str:
    """The domain that one result vouches for; empty if it did not pass."""
    pairs = {key.lower(): value for key, value in _PAIR.findall(result)}
    for method, names in _SAYS.items():
        if pairs.get(method, "").lower() == "pass":
            return _registrable(pairs.get(names, "").lstrip("@"))
    return ""


def _registrable(domain: str) -> str:
    found = _suffixes().privatesuffix(domain.strip().strip(".").lower())
    return str(found or "")


@cache
def _suffixes() -> PublicSuffixList:
    return PublicSuffixList()
