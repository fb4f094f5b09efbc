"""A real server as a child process; its log is shown when it fails."""

import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self


def answers(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), 1).close()
    except OSError:
        return False
    return True


class Server:
    def __init__(
        self,
        words: Sequence[str | Path],
        ready: Callable[[], bool],
        log: Path,
        *,
        stop_with: signal.Signals = signal.SIGTERM,
        **popen: Any,
    ) -> None:
        self.words, self.ready, self.log, self.stop_with, self.popen = (
            list(words),
            ready,
            log,
            stop_with,
            popen,
        )
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, patience: float = 30.0) -> Self:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.words,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **self.popen,
            )
        end = time.monotonic() + patience
        while not self.ready():
            if self.process.poll() is not None or time.monotonic() > end:
                self.stop()
                end_of_log = self.log.read_text(errors="replace")[-2000:]
                raise RuntimeError(f"{self.words[0]} did not start:\n{end_of_log}")
            time.sleep(0.01)
        return self

    def kill(self) -> None:
        if self.process:
            self.process.kill()
            self.process.wait()

    def stop(self, patience: float = 10.0) -> None:
        process, self.process = self.process, None
        if process is None or process.poll() is not None:
            return
        process.send_signal(self.stop_with)
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()
