"""Take in a promise that somebody wrote in a line, inside one transaction."""

from __future__ import annotations

from scheduler.heard import Writer
from scheduler.ports.store import UnitOfWork
from scheduler.promises import Promise
from scheduler.usecases.note_promise import note_promise


async def hear_promise(uow: UnitOfWork, writer: Writer, line: str) -> Promise | None:
    """The promise a line makes or moves; None when it is not understood.

    `line` is without its `promise:`. Heard twice, it is one promise.
    """
    known = await uow.promises.of_pair(writer.pair)
    promise = writer.promise(known, line)
    if promise and promise not in known:
        await note_promise(uow, promise, writer.now)
    return promise
