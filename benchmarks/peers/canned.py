"""A site that answers every request alike and does no more: only callers are measured.

`python -m benchmarks.peers.canned` prints its port, and serves until it is ended. To a
list it answers with one changed event, zipped as Google does; to a token with a token.
"""

import asyncio
import gzip
import json

EVENT = {
    "id": "7cbh8rpc10lrc0ckih9tafss99",
    "iCalUID": "7cbh8rpc10lrc0ckih9tafss99@google.com",
    "status": "confirmed",
    "etag": '"3181161784712000"',
    "updated": "2026-03-02T08:00:00.000Z",
    "start": {"dateTime": "2026-03-03T10:00:00+01:00", "timeZone": "Europe/Berlin"},
    "end": {"dateTime": "2026-03-03T11:00:00+01:00", "timeZone": "Europe/Berlin"},
    "sequence": 1,
    "eventType": "default",
}
DELTA = {
    "timeZone": "Europe/Berlin",
    "nextSyncToken": "CPDAlvWDx70CEPDAlvWDx70CGAU=",
    "items": [EVENT],
}
TOKEN = {"access_token": "ya29.canned", "expires_in": 3599, "token_type": "Bearer"}
_END = b"\r\n\r\n"


def _answer(told: object) -> bytes:
    body = gzip.compress(json.dumps(told).encode())
    lines = (
        "HTTP/1.1 200 OK",
        "Content-Type: application/json; charset=UTF-8",
        "Content-Encoding: gzip",
        f"Content-Length: {len(body)}",
    )
    return "\r\n".join(lines).encode() + _END + body


class Canned(asyncio.Protocol):
    """One connection: a request without a body, or a short one that comes with it."""

    def __init__(self, delta: bytes, token: bytes) -> None:
        self._delta, self._token = delta, token
        self._transport: asyncio.WriteTransport | None = None
        self._head = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Somebody calls."""
        assert isinstance(transport, asyncio.WriteTransport)  # noqa: S101 - TCP
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that is whole."""
        self._head += data
        if self._transport is None or _END not in self._head:
            return
        is_token = self._head.startswith(b"POST")
        if is_token and self._head.endswith(_END):
            return  # its body is still to come
        self._head = b""
        self._transport.write(self._token if is_token else self._delta)


async def main() -> None:
    """Say where, and serve."""
    answers = _answer(DELTA), _answer(TOKEN)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Canned(*answers), "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
