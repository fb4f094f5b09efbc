"""Signed links: what stands in mail, and what it opens."""

from __future__ import annotations

from typing import Protocol

from scheduler.access import Link, Purpose
from scheduler.ids import LinkId


class Links(Protocol):
    """Makes and reads the addresses of personal links (promises.md S1)."""

    def address(self, link: Link) -> str:
        """The whole address to put into a letter; the same link, the same opening."""

    def read(self, ticket: str, purpose: Purpose) -> LinkId | None:
        """The id behind a ticket of this purpose; None for anything else at all."""
