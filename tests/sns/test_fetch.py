"""The one GET, over real TLS: no redirects, no end without bounds, no trust in strangers."""

from __future__ import annotations

import ipaddress
import ssl
import threading
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.x509.oid import NameOID

from event_service.bounded_get import Fetched
from event_service.sns.fetch import LimitedFetch, fetch_https
from tests.sns.signing import key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class _Handler(BaseHTTPRequestHandler):
    """Answers as the path says."""

    asked: list[str]
    stop: threading.Event

    def do_GET(self) -> None:
        self.asked.append(self.path)
        if self.path == "/away":
            self.send_response(302)
            self.send_header("Location", "/there")
            self.end_headers()
        elif self.path == "/endless":
            self.send_response(200)
            self.end_headers()
            while not self.stop.is_set():
                self.wfile.write(b"x" * 10_000)
        elif self.path == "/dripping":
            self.send_response(200)
            self.end_headers()
            while not self.stop.wait(0.05):
                self.wfile.write(b"x")
        elif self.path == "/slow-headers":
            for byte in b"HTTP/1.0 200 OK\r\nX-Header: slow\r\n\r\n":
                self.wfile.write(bytes([byte]))
                self.stop.wait(0.05)
        elif self.path == "/half":
            self.send_response(200)
            self.send_header("Content-Length", "14")
            self.end_headers()
            self.wfile.write(b"content")
        elif self.path == "/silent":
            self.stop.wait()
        else:
            self.send_response(404 if self.path == "/none" else 200)
            self.end_headers()
            self.wfile.write(b"content")

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base's name
        """Nothing: a client that hangs up is what is tested."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """Nothing, as above."""


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for 127.0.0.1, with its key, in one file."""
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    built = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key().public_key())
        .serial_number(2)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key(), hashes.SHA256())
    )
    private = key().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    place = tmp_path / "server.pem"
    place.write_bytes(built.public_bytes(serialization.Encoding.PEM) + private)
    return place


@pytest.fixture
def handler() -> type[_Handler]:
    return type("Handler", (_Handler,), {"asked": [], "stop": threading.Event()})


@pytest.fixture
def address(
    certificate: Path, handler: type[_Handler], monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    for name in ("https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"):
        monkeypatch.delenv(name, raising=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with ExitStack() as stack:
        server = stack.enter_context(_Server(("127.0.0.1", 0), handler))
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        stack.callback(thread.join)
        stack.callback(server.shutdown)
        stack.callback(handler.stop.set)
        yield f"https://127.0.0.1:{server.server_address[1]}"


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


@pytest.mark.usefixtures("trusted")
def test_content_and_status(address: str) -> None:
    assert fetch_https(f"{address}/a") == Fetched(200, b"content")
    assert fetch_https(f"{address}/none") == Fetched(404, b"content")


@pytest.mark.usefixtures("trusted")
def test_a_redirect_is_not_followed(address: str, handler: type[_Handler]) -> None:
    assert fetch_https(f"{address}/away").status == 302
    assert handler.asked == ["/away"]


@pytest.mark.usefixtures("trusted")
def test_no_answer_is_read_for_ever(address: str) -> None:
    with pytest.raises(OSError, match="longer than 1000 bytes"):
        fetch_https(f"{address}/endless", most_bytes=1000)
    for path in ("dripping", "slow-headers", "silent"):
        with pytest.raises(TimeoutError):
            fetch_https(f"{address}/{path}", seconds=0.3)


@pytest.mark.usefixtures("trusted")
def test_half_an_answer_is_none(address: str) -> None:
    with pytest.raises(OSError, match="7 bytes too short"):
        fetch_https(f"{address}/half")


def test_a_certificate_of_nobody(address: str, handler: type[_Handler]) -> None:
    with pytest.raises(OSError, match="CERTIFICATE_VERIFY_FAILED"):
        fetch_https(f"{address}/a")
    assert handler.asked == []


@pytest.mark.parametrize("url", ["http://127.0.0.1/", "file:///etc/passwd", "ftp://127.0.0.1/"])
def test_only_https(url: str) -> None:
    with pytest.raises(OSError, match="only https"):
        fetch_https(url)


def test_a_few_at_once() -> None:
    inside, leave = threading.Event(), threading.Event()

    def slow(url: str) -> Fetched:
        inside.set()
        assert leave.wait(30)
        return Fetched(200, url.encode())

    limited = LimitedFetch(slow, at_once=1)
    first = threading.Thread(target=limited, args=("a",))
    first.start()
    assert inside.wait(30)
    with pytest.raises(OSError, match="too many"):
        limited("b")
    leave.set()
    first.join()
    assert limited("c") == Fetched(200, b"c")
