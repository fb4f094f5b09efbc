"""Ports that no other test run takes.

They lie in a block whose first port we hold for as long as we live, and below the
range from which the system gives ports to outgoing connections (32768 on Linux, 49152
on macOS). Those of servers that have ended are given again, the longest unused first.
"""

import socket
from collections.abc import Iterator
from itertools import cycle, islice

BLOCKS = range(20_000, 30_000, 100)


class Ports:
    def __init__(self) -> None:
        for first in BLOCKS:
            self._held = socket.socket()
            try:
                self._held.bind(("127.0.0.1", first))
                self._held.listen(1)
            except OSError:
                self._held.close()
                continue
            self._left: Iterator[int] = cycle(range(first + 1, first + BLOCKS.step))
            return
        raise RuntimeError("no block of ports is free")

    def take(self) -> int:
        for port in islice(self._left, BLOCKS.step - 1):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:  # some other program sits there
                    continue
            return port
        raise RuntimeError("this block has no port left")

    def close(self) -> None:
        self._held.close()
