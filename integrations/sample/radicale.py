"""A Radicale of our own, a process beside Troth, that holds the sample's calendars."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from scheduler.errors import Refused
from scheduler.secret import Secret

HOST = "127.0.0.1"

#: Each sees their own calendars; what lies below `feeds` is published to everybody.
_RIGHTS = """\
[publisher]
user: feeds
collection: feeds(/.*)?
permissions: RrWw

[feeds]
user: .*
collection: feeds(/.*)?
permissions: rR

[own]
user: .+
collection: {user}(/.*)?
permissions: RrWw
"""

#: Radicale's own program, which ends with whoever started it, however that ends.
_PROGRAM = """\
import os, sys, threading
def watch():
    sys.stdin.read()
    os._exit(0)
threading.Thread(target=watch, daemon=True).start()
from radicale.__main__ import run
run()
"""


class SampleServer:
    """Starts, answers, stops; accounts and calendars stay in `folder`."""

    def __init__(self, folder: Path, port: int) -> None:
        self.address = f"http://{HOST}:{port}"
        self._folder, self._port = folder, port
        self._process: asyncio.subprocess.Process | None = None

    def write_accounts(
        self, users: Iterable[str], token: Callable[[], str]
    ) -> dict[str, Secret]:
        """Give every user a password, once; those that have one keep it."""
        self._folder.mkdir(parents=True, exist_ok=True)
        file = self._folder / "users"
        known = dict(
            line.split(":", 1)
            for line in (file.read_text().splitlines() if file.exists() else ())
        )
        for user in users:
            known.setdefault(user, token())
        file.touch(mode=0o600)
        file.write_text("".join(f"{user}:{word}\n" for user, word in known.items()))
        (self._folder / "rights").write_text(_RIGHTS)
        return {user: Secret(word) for user, word in known.items()}

    async def start(self, patience: float = 15.0) -> None:
        """Start and wait for its first answer; `Refused` E_SAMPLE when it ends."""
        options = {
            "--config": "",
            "--hosts": f"{HOST}:{self._port}",
            "--storage-filesystem-folder": str(self._folder / "collections"),
            "--auth-type": "htpasswd",
            "--auth-htpasswd-filename": str(self._folder / "users"),
            "--auth-htpasswd-encryption": "plain",
            "--auth-delay": "0",
            "--rights-type": "from_file",
            "--rights-file": str(self._folder / "rights"),
            "--logging-level": "warning",
        }
        words = [word for pair in options.items() for word in pair]
        with (self._folder / "log").open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-c", _PROGRAM, *words),
                stdin=asyncio.subprocess.PIPE,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        async with asyncio.timeout(patience):
            while not await self._answers():
                if self._process.returncode is not None:
                    raise Refused(
                        "E_SAMPLE",
                        f"Radicale ended at once; see {self._folder / 'log'}.",
                    )
                await asyncio.sleep(0.02)

    async def stop(self, patience: float = 5.0) -> None:
        """Stop, by force after `patience` seconds."""
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        process.terminate()
        try:
            await asyncio.wait_for(process.wait(), patience)
        except TimeoutError:
            process.kill()
            await process.wait()

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(HOST, self._port)
        except OSError:
            return False
        writer.close()
        return True
