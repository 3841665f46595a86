"""Asks a service over HTTP, with nothing but sockets."""

from __future__ import annotations

import json
import socket
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.service.running import Running, Webhook


@dataclass(frozen=True, slots=True)
class HttpAnswer:
    """An answer; header names are lower case."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def body(self) -> Any:
        """The content, which must be JSON and say so."""
        assert self.headers["content-type"] == "application/json"
        return json.loads(self.content)

    @property
    def code(self) -> str:
        """The error code of a fault, which must have the one form that faults have."""
        assert list(self.body) == ["detail"]
        assert list(self.body["detail"]) == ["code", "message"]
        return str(self.body["detail"]["code"])

    @property
    def message(self) -> str:
        """What the fault says."""
        return str(self.body["detail"]["message"])


class Asking:
    """A client of one service; ``token`` is the header that it calls methods with."""

    def __init__(self, address: str, token: str = "") -> None:
        self.address = address
        self.token: dict[str, str] = {"Authorization": f"Bearer {token}"} if token else {}

    def send(
        self,
        verb: str,
        path: str,
        body: Any = None,
        headers: Mapping[str, str] | None = None,
    ) -> HttpAnswer:
        """One request on a connection of its own; a body that is no bytes is made JSON."""
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        connection = HTTPConnection(self.address, timeout=60)
        try:
            connection.request(verb, path, content, dict(headers or {}))
            response = connection.getresponse()
            got = response.read()
            named = {name.lower(): value for name, value in response.getheaders()}
            return HttpAnswer(response.status, named, got)
        finally:
            connection.close()

    def call(
        self, method: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> HttpAnswer:
        """Call a method of the Event service with the token."""
        path = f"/monitoring/v1/event/{method}"
        return self.send("POST", path, body, self.token if headers is None else headers)

    def deliver(
        self, webhook: Webhook, body: Any, headers: Mapping[str, str] | None = None
    ) -> HttpAnswer:
        """Deliver a body, the key in a header."""
        path = f"/monitoring/v1/webhook/{webhook.webhook_id}/events"
        return self.send("POST", path, body, {"X-Access-Key": webhook.key} | dict(headers or {}))


def asking(running: Running) -> Asking:
    """A client of a running service, with the token of its gRPC client."""
    assert running.service.http_address is not None
    return Asking(running.service.http_address, dict(running.client.metadata).get("token", ""))


def delivery_head(webhook: Webhook, *lines: str) -> bytes:
    """The head of a delivery, with further header lines."""
    return "\r\n".join(
        [
            f"POST /monitoring/v1/webhook/{webhook.webhook_id}/events HTTP/1.1",
            "Host: test",
            f"X-Access-Key: {webhook.key}",
            *lines,
            "",
            "",
        ]
    ).encode()


def connected(address: str) -> socket.socket:
    """A bare connection."""
    host, _, port = address.rpartition(":")
    return socket.create_connection((host, int(port)), timeout=60)


def rest_of(connection: socket.socket) -> bytes:
    """Everything until the other side closes."""
    received = bytearray()
    while chunk := connection.recv(65536):
        received += chunk
    return bytes(received)


def said(raw: bytes) -> tuple[int, Any]:
    """Status and body of an answer that came over a bare connection."""
    head, _, content = raw.partition(b"\r\n\r\n")
    assert b"content-type: application/json" in head.lower()
    return int(head.split()[1]), json.loads(content)


def served(connection: socket.socket) -> None:
    """Ask on a connection that stays open."""
    connection.sendall(b"GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n")
    received = b""
    while not received.endswith(b'"ok"}'):
        chunk = connection.recv(65536)
        assert chunk
        received += chunk
    assert received.startswith(b"HTTP/1.1 200")
