"""Where reading a collection stopped, as the text of a `Cursor`'s token."""

from __future__ import annotations

import json
from dataclasses import dataclass

from integrations.caldav.protocol import Etags
from scheduler.errors import CursorExpired
from scheduler.ids import Etag, RemoteId

#: Of a larger calendar the etags are not kept: it is read whole when it changed.
MOST_ETAGS = 2_000


@dataclass(frozen=True, slots=True)
class Synced:
    """The server's own token (RFC 6578)."""

    token: str

    def text(self) -> str:
        """As it is kept."""
        return json.dumps({"sync": self.token})


@dataclass(frozen=True, slots=True)
class Listed:
    """A server without sync: its ctag, and the etag of each object.

    `etags` None: there were too many to keep.
    """

    ctag: str
    etags: Etags | None

    def text(self) -> str:
        """As it is kept."""
        etags = self.etags
        if etags is not None and len(etags) > MOST_ETAGS:
            etags = None
        return json.dumps({"ctag": self.ctag, "etags": etags}, sort_keys=True)


def read_token(text: str) -> Synced | Listed:
    """What `text()` wrote; `CursorExpired` for anything else."""
    try:
        known = json.loads(text)
        if set(known) == {"sync"}:
            return Synced(str(known["sync"]))
        if set(known) == {"ctag", "etags"}:
            return Listed(str(known["ctag"]), _etags(known["etags"]))
    except (ValueError, TypeError, AttributeError):
        pass
    raise CursorExpired


def _etags(known: dict[str, str | None] | None) -> Etags | None:
    if known is None:
        return None
    return {RemoteId(n): Etag(e) if e else None for n, e in known.items()}
