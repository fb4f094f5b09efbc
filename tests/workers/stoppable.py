"""A Redis that is flushed, stopped and started while others rely on it."""

from __future__ import annotations

import random
import subprocess
from pathlib import Path

import redis

from workers.valkey import find_program


class Redis:
    """One server on a socket; `suffer` does something bad to it now and then."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "redis"
        self.url = f"unix://{self._socket}"
        self._process: subprocess.Popen[bytes] | None = None
        self.flushed = self.stopped = 0
        self._start()

    def suffer(self, chance: random.Random) -> None:
        drawn = chance.random()
        if self._process is None:
            if drawn < 0.4:
                self._start()
        elif drawn < 0.15:
            with redis.Redis(unix_socket_path=str(self._socket)) as client:
                client.flushall()
            self.flushed += 1
        elif drawn < 0.22:
            self.stop()
            self.stopped += 1

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    def _start(self) -> None:
        self._socket.unlink(missing_ok=True)
        options = ["--port", "0", "--unixsocket", str(self._socket), "--save", ""]
        self._process = subprocess.Popen(
            [find_program(), *options, "--appendonly", "no", "--loglevel", "warning"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
        )
