"""A client of HTTP/2 that lets no byte of an answer's body come: its window is 0 for good."""

from __future__ import annotations

import re
import socket
import struct
from collections import Counter
from typing import TYPE_CHECKING, Final, NamedTuple

from grpc_health.v1 import health_pb2

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import TracebackType

WATCH: Final = "/grpc.health.v1.Health/Watch"

_PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
_DATA, HEADERS, RST_STREAM, _SETTINGS, PING, GOAWAY = 0, 1, 3, 4, 6, 7
_ACK, _END_STREAM, _END_HEADERS = 1, 1, 4
_HEADER_TABLE_SIZE, _INITIAL_WINDOW_SIZE = 1, 4
# Places in the static table of RFC 7541: ":method: POST", ":scheme: http" and two names.
_POST, _HTTP, _AUTHORITY, _PATH = b"\x83", b"\x86", b"\x01", b"\x04"
_NEW_NAME: Final = b"\x00"
_STATUS: Final = re.compile(rb"grpc-status[\x01\x02](\d+)")


class _Frame(NamedTuple):
    kind: int
    flags: int
    stream: int
    body: bytes

    def __bytes__(self) -> bytes:
        size = len(self.body)
        head = struct.pack("!BHBBI", size >> 16, size & 0xFFFF, self.kind, self.flags, self.stream)
        return head + self.body


class Windowless:
    """One connection, and calls on it of which only the headers of an answer can come."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        self._last_stream = -1
        self._answers = True
        # Without a table the server writes out the names and values of its headers.
        none = struct.pack("!HIHI", _HEADER_TABLE_SIZE, 0, _INITIAL_WINDOW_SIZE, 0)
        self._socket.sendall(_PREFACE)
        self._send(_Frame(_SETTINGS, 0, 0, none))

    def __enter__(self) -> Windowless:
        return self

    def __exit__(
        self, _: type[BaseException] | None, __: BaseException | None, ___: TracebackType | None
    ) -> None:
        self._socket.close()

    def watch(self) -> int:
        """Watch the health of the whole, until the server is about to say it; the stream."""
        return self.ask(WATCH, health_pb2.HealthCheckRequest().SerializeToString())

    def ask(self, path: str, message: bytes, metadata: Sequence[tuple[str, bytes]] = ()) -> int:
        """Call a method, until the server is about to answer; the stream.

        A value of ``metadata`` may be any 126 bytes, also such as no library would send.
        """
        self._socket.sendall(self._call(path, message, metadata))
        self.wait_for(HEADERS, self._last_stream)
        return self._last_stream

    def statuses(self, path: str, calls: int) -> Counter[int]:
        """Call a method so often in one write, with empty messages; how often it ended how.

        None of the calls may be answered with a message.
        """
        self._socket.sendall(b"".join(self._call(path, b"") for _ in range(calls)))
        ended: Counter[int] = Counter()
        while ended.total() < calls and (frame := self._read()) is not None:
            if status := _STATUS.search(frame.body) if frame.kind == HEADERS else None:
                ended[int(status[1])] += 1
        return ended

    def ping(self, times: int) -> None:
        """Ask whether the server is there, again and again, until it has answered each."""
        for _ in range(times):
            self._send(_Frame(PING, 0, 0, bytes(8)))
        for _ in range(times):
            self.wait_for(PING, 0)

    def fall_silent(self) -> None:
        """From now on read, and answer nothing: as a machine that the network has lost."""
        self._answers = False

    def wait_for(self, kind: int, stream: int) -> None:
        """Read until a frame of that kind comes for the stream (0: for the connection)."""
        while (frame := self._read()) is not None:
            if (frame.kind, frame.stream) == (kind, stream):
                return
        raise AssertionError(f"the connection ended before frame {kind} of stream {stream}")

    def read_to_the_end(self) -> None:
        """Read until the server closes the connection."""
        while self._read() is not None:
            continue

    def _call(self, path: str, message: bytes, metadata: Sequence[tuple[str, bytes]] = ()) -> bytes:
        self._last_stream += 2
        framed = struct.pack("!BI", 0, len(message)) + message
        return bytes(
            _Frame(HEADERS, _END_HEADERS, self._last_stream, _headers(path, metadata))
        ) + bytes(_Frame(_DATA, _END_STREAM, self._last_stream, framed))

    def _read(self) -> _Frame | None:
        head = self._exactly(9)
        if head is None:
            return None
        high, low, kind, flags, stream = struct.unpack("!BHBBI", head)
        body = self._exactly(high << 16 | low)
        if body is None:
            return None
        frame = _Frame(kind, flags, stream, body)
        if self._answers and kind in (_SETTINGS, PING) and not flags & _ACK:
            self._send(_Frame(kind, _ACK, 0, body if kind == PING else b""))
        return frame

    def _exactly(self, count: int) -> bytes | None:
        read = b""
        while len(read) < count:
            try:
                more = self._socket.recv(count - len(read))
            except ConnectionResetError:
                return None
            if not more:
                return None
            read += more
        return read

    def _send(self, frame: _Frame) -> None:
        self._socket.sendall(bytes(frame))


def _headers(path: str, metadata: Sequence[tuple[str, bytes]]) -> bytes:
    """Those of a call of gRPC, none of them compressed."""
    named = ((_AUTHORITY, b"localhost"), (_PATH, path.encode()))
    new = (("te", b"trailers"), ("content-type", b"application/grpc"), *metadata)
    block = _POST + _HTTP
    for place, value in named:
        block += place + _sized(value)
    for name, value in new:
        block += _NEW_NAME + _sized(name.encode()) + _sized(value)
    return block


def _sized(text: bytes) -> bytes:
    return bytes([len(text)]) + text
