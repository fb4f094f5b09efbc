"""What the DNS says of a domain that mail comes from."""

from __future__ import annotations

import dns.asyncresolver
import dns.exception
import dns.resolver

from scheduler.errors import Unavailable

PATIENCE = 5.0


async def texts(name: str, *, nameserver: str = "", port: int = 53) -> tuple[str, ...]:
    """The TXT records of a name; none when there is no such name.

    `Unavailable` when no name server answers. `nameserver` is an address to ask
    instead of this machine's own.
    """
    resolver = dns.asyncresolver.Resolver(configure=not nameserver)
    if nameserver:
        resolver.nameservers, resolver.port = [nameserver], port
    try:
        answer = await resolver.resolve(name, "TXT", lifetime=PATIENCE)
    except (dns.resolver.NXDOMAIN, dns.resolver.NoAnswer):
        return ()
    except (dns.exception.DNSException, OSError):
        raise Unavailable("no name server answers") from None
    return tuple(b"".join(row.strings).decode("utf-8", "replace") for row in answer)
