"""A server that speaks just enough of MongoDB's protocol to be asked what it is."""

from __future__ import annotations

import socketserver
import struct
import threading
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from bson import decode, encode

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HEADER = struct.Struct("<iiii")
_QUERY, _REPLY = 2004, 1


@contextmanager
def mongodb_server(version: str, **hello: Any) -> Iterator[str]:
    """Its address. It is a server of its own unless ``hello`` says otherwise."""
    told = {"version": version, "hello": hello}

    class Handler(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            while header := self._exactly(_HEADER.size):
                length, request, _, kind = _HEADER.unpack(header)
                self._answer(request, kind, self._exactly(length - _HEADER.size))

        def _answer(self, request: int, kind: int, body: bytes) -> None:
            if kind == _QUERY:
                # flags, the collection's name, skip and limit stand in front.
                command = decode(body[body.index(b"\0", 4) + 9 :])
                front = struct.pack("<iqii", 8, 0, 0, 1)
                answer, kind = front + encode(_said(command, told)), _REPLY
            else:
                (size,) = struct.unpack_from("<i", body, 5)
                answer = struct.pack("<ib", 0, 0) + encode(_said(decode(body[5 : 5 + size]), told))
            head = _HEADER.pack(_HEADER.size + len(answer), 1, request, kind)
            self.request.sendall(head + answer)

        def _exactly(self, count: int) -> bytes:
            got = b""
            while len(got) < count:
                more = self.request.recv(count - len(got))
                if not more:
                    return b""
                got += more
            return got

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"mongodb://127.0.0.1:{server.server_address[1]}/?directConnection=true"
        server.shutdown()


def _said(command: Mapping[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
    if {"hello", "ismaster", "isMaster"} & set(command):
        return {
            "isWritablePrimary": True,
            "ismaster": True,
            "helloOk": True,
            "maxBsonObjectSize": 16 * 1024**2,
            "maxMessageSizeBytes": 48_000_000,
            "maxWriteBatchSize": 100_000,
            "minWireVersion": 0,
            "maxWireVersion": 21,
            "localTime": datetime.now(UTC),
            "ok": 1.0,
            **told["hello"],
        }
    if "buildInfo" in command:
        return {"version": told["version"], "ok": 1.0}
    if "listCollections" in command:
        cursor = {"id": 0, "ns": "x.$cmd.listCollections", "firstBatch": []}
        return {"cursor": cursor, "ok": 1.0}
    if "insert" in command:
        return {"ok": 0.0, "code": 13, "errmsg": "not authorized", "codeName": "Unauthorized"}
    return {"ok": 1.0}
