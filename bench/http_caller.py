"""Posts ready bytes to one HTTP path over connections that are kept."""

from __future__ import annotations

import asyncio
import contextlib

_CALL_SECONDS = 60.0
_HEAD_END = b"\r\n\r\n"
_LENGTH = b"content-length:"
_OK = b"200"


class HttpCaller:
    """A connection for each client, opened at its first call."""

    def __init__(
        self, address: str, path: str, headers: tuple[tuple[str, str], ...], clients: int
    ) -> None:
        self._host, _, port = address.rpartition(":")
        self._port = int(port)
        lines = [f"POST {path} HTTP/1.1", f"Host: {address}", "Content-Type: application/json"]
        lines += [f"{name}: {value}" for name, value in headers]
        self._head = ("\r\n".join(lines) + "\r\nContent-Length: ").encode()
        self._streams: list[tuple[asyncio.StreamReader, asyncio.StreamWriter] | None]
        self._streams = [None] * clients

    async def call(self, client: int, body: bytes) -> str:
        """Make one call; ``OK`` or the number of its status."""
        stream = self._streams[client]
        if stream is None:
            stream = await asyncio.open_connection(self._host, self._port)
            self._streams[client] = stream
        reader, writer = stream
        writer.write(b"%s%d%s%s" % (self._head, len(body), _HEAD_END, body))
        head = await asyncio.wait_for(reader.readuntil(_HEAD_END), _CALL_SECONDS)
        await reader.readexactly(_length(head))
        status = head.split(b" ", 2)[1]
        return "OK" if status == _OK else status.decode()

    async def close(self) -> None:
        """Close the connections."""
        for stream in self._streams:
            if stream is not None:
                stream[1].close()
                with contextlib.suppress(OSError):
                    await stream[1].wait_closed()


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(_LENGTH):
            return int(line[len(_LENGTH) :])
    return 0
