"""Asks FakeGoogle for documents, without a socket."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from integrations.google.calendar import Ask
from integrations.google.failures import Operation, error
from integrations.google.fake.service import FakeGoogle
from integrations.google.protocol import Request
from tests.integrations.google.asking import Asking, Refusal


def asks(
    google: FakeGoogle,
    email: str,
    trouble: Callable[[], Exception | None] = lambda: None,
    *scopes: str,
) -> Ask:
    """As one user; `trouble` is raised instead of an answer."""

    async def ask(request: Request, operation: Operation) -> Mapping[str, Any]:
        if found := trouble():
            raise found
        # A token of its own for each call: it lives for an hour only.
        asking = Asking(google, email, *(scopes or ("drive.file",)))
        try:
            return asking(request)
        except Refusal as refusal:
            told = error(refusal.failure, operation)
        if told is None:
            return {}
        raise told

    return ask
