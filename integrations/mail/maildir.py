"""Mail kept in a folder: for a first look at Troth, and for hosts without a server."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

from integrations.mail.message import compose
from scheduler.effects import Address, Message
from scheduler.errors import Unavailable
from scheduler.ports.system import Clock


def file_name(message_id: str) -> str:
    """What the mail with this id is called in every folder."""
    return f"{hashlib.sha256(message_id.encode()).hexdigest()[:40]}.troth"


class MaildirOut:
    """`MailOut` into a maildir. A Message-ID is one file, however often it is sent."""

    def __init__(self, folder: Path, sender: Address, clock: Clock) -> None:
        self._folder, self._sender, self._clock = folder, sender, clock

    async def send(self, message: Message, message_id: str) -> None:
        """Keep one message; see `MailOut`."""
        octets = compose(message, message_id, self._sender, self._clock.now())
        try:
            await asyncio.to_thread(self._keep, message_id, octets)
        except OSError as error:
            raise Unavailable(f"maildir: {error.strerror}") from error

    def _keep(self, message_id: str, octets: bytes) -> None:
        for name in ("tmp", "new", "cur"):
            (self._folder / name).mkdir(mode=0o700, parents=True, exist_ok=True)
        name = file_name(message_id)
        if (self._folder / "new" / name).exists():
            return
        if any((self._folder / "cur").glob(f"{name}:*")):
            return  # somebody has read it
        draft = self._folder / "tmp" / f"{name}.{os.getpid()}"
        with draft.open("wb") as file:
            file.write(octets)
            file.flush()
            os.fsync(file.fileno())
        draft.replace(self._folder / "new" / name)
