"""Public keys from a web server: a real one, on loopback."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Event, Thread
from typing import TYPE_CHECKING

import pytest

from event_service.auth.jwks import MAX_DOCUMENT_BYTES
from event_service.auth.jwks_url import JwksUrl
from event_service.auth.verification import TokenVerifier
from event_service.errors import AuthenticateFailure, Unavailable
from tests.auth.issuer import DOMAIN, Issuer, rsa_key
from tests.eventually import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from structlog.typing import EventDict

    from tests.clock import Clock


class WebServer(ThreadingHTTPServer):
    """Answers every path with what ``document`` holds, or as the path says."""

    daemon_threads = True

    def __init__(self, document: object) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.document = document
        self.asked: list[str] = []
        self.released = Event()
        self.headers_sent = False

    def url(self, path: str = "/") -> str:
        return f"http://127.0.0.1:{self.server_address[1]}{path}"


class Handler(BaseHTTPRequestHandler):
    server: WebServer

    def do_GET(self) -> None:
        self.server.asked.append(self.path)
        if self.path.startswith("/to/"):
            self.send_response(302)
            self.send_header("Location", self.path.removeprefix("/to/"))
            self.end_headers()
        elif self.path == "/to-keys-endless":
            self._pour(b" " * 65536, 302, "/keys")
        elif self.path == "/gone":
            self.send_error(404)
        elif self.path == "/endless":
            self._pour(b" " * 65536)
        elif self.path == "/slow":
            self._pour(b" ")
        elif self.path == "/slow-headers":
            self._drip()
        elif self.path == "/silent":
            self.server.released.wait(60)
        else:
            self.wfile.write(self._answer())

    def _answer(self) -> bytes:
        text = json.dumps(self.server.document).encode()
        return b"HTTP/1.0 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(text), text)

    def _drip(self) -> None:
        """A good answer, of which each byte comes in time for itself."""
        head, _, rest = self._answer().partition(b"\r\n\r\n")
        with suppress(OSError):
            for byte in head + b"\r\nX-Long: " + 200 * b"x":
                self.wfile.write(bytes([byte]))
                self.server.released.wait(0.05)
            self.server.headers_sent = True
            self.wfile.write(b"\r\n\r\n" + rest)

    def _pour(self, drop: bytes, status: int = 200, location: str = "") -> None:
        self.send_response(status)
        self.send_header("Location", location)
        self.end_headers()
        with suppress(OSError):
            while not self.server.released.wait(0.0005):
                self.wfile.write(drop)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Be quiet."""


@pytest.fixture
def server(issuer: Issuer) -> Iterator[WebServer]:
    with WebServer({DOMAIN: issuer.jwk()}) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield server
        server.released.set()
        server.shutdown()
        thread.join()


def test_one_fetch_serves_every_domain(server: WebServer, issuer: Issuer, clock: Clock) -> None:
    server.document = {DOMAIN: issuer.jwk(), "domain-b": issuer.jwk()}
    source = JwksUrl(server.url("/keys.json"), clock=clock)
    verifier = TokenVerifier(source)
    for domain in (DOMAIN, "domain-b", DOMAIN):
        assert verifier.claims(issuer.token(did=domain)).did == domain
    assert server.asked == ["/keys.json"]
    clock.advance(600)
    verifier.claims(issuer.token())
    assert len(server.asked) == 2
    assert source.get(DOMAIN) == source.renew(DOMAIN)


@pytest.mark.usefixtures("a_proxy_is_set")
def test_no_proxy_gets_to_put_in_keys_of_this_machine(server: WebServer, issuer: Issuer) -> None:
    assert TokenVerifier(JwksUrl(server.url())).claims(issuer.token()).did == DOMAIN


def test_a_new_key_and_a_new_domain_are_fetched(
    server: WebServer, issuer: Issuer, clock: Clock
) -> None:
    verifier = TokenVerifier(JwksUrl(server.url(), clock=clock))
    verifier.claims(issuer.token())
    rotated = Issuer(rsa_key("rotated"), kid="key-2")
    server.document = {DOMAIN: rotated.jwk(), "domain-b": rotated.jwk()}
    with pytest.raises(AuthenticateFailure):
        verifier.claims(rotated.token())
    clock.advance(10)
    assert verifier.claims(rotated.token()).did == DOMAIN
    assert verifier.claims(rotated.token(did="domain-b")).did == "domain-b"
    for number in range(5):
        with pytest.raises(AuthenticateFailure):
            verifier.claims(rotated.token(did=f"domain-made-up-{number}"))
    assert len(server.asked) == 2


@pytest.mark.parametrize("path", ["/gone", "/endless", "/slow", "/silent"])
def test_a_server_that_does_not_answer_well(
    server: WebServer, issuer: Issuer, path: str, log: list[EventDict]
) -> None:
    seconds = 0.2 if path in ("/slow", "/silent") else 30.0
    source = JwksUrl(server.url(path), seconds=seconds)
    token = issuer.token()
    with pytest.raises(Unavailable):
        TokenVerifier(source).claims(token)
    # What is sent in time may be read after it.
    eventually(lambda: server.asked)
    assert server.asked == [path]
    (line,) = log
    assert token not in str(line)
    if path == "/endless":
        assert str(MAX_DOCUMENT_BYTES) in line["reason"]


def test_headers_are_not_waited_for_longer_than_for_all(server: WebServer, issuer: Issuer) -> None:
    source = JwksUrl(server.url("/slow-headers"), seconds=0.2)
    with pytest.raises(Unavailable):
        TokenVerifier(source).claims(issuer.token())
    assert not server.headers_sent


@pytest.mark.parametrize("document", [[], None, {"keys": []}, "x"])
def test_an_answer_that_is_none(server: WebServer, issuer: Issuer, document: object) -> None:
    server.document = document
    with pytest.raises(Unavailable):
        TokenVerifier(JwksUrl(server.url())).claims(issuer.token())


def test_a_server_that_is_not_there(server: WebServer, issuer: Issuer) -> None:
    url = server.url()
    server.shutdown()
    server.server_close()
    with pytest.raises(Unavailable):
        TokenVerifier(JwksUrl(url)).claims(issuer.token())


def test_kept_keys_outlive_the_server(server: WebServer, issuer: Issuer, clock: Clock) -> None:
    verifier = TokenVerifier(JwksUrl(server.url(), clock=clock))
    verifier.claims(issuer.token())
    server.document = None
    clock.advance(700)
    assert verifier.claims(issuer.token()).did == DOMAIN
    assert len(server.asked) == 2


def test_a_redirect_within_the_scheme(server: WebServer, issuer: Issuer) -> None:
    source = JwksUrl(server.url(f"/to/{server.url('/keys')}"))
    assert TokenVerifier(source).claims(issuer.token()).did == DOMAIN
    assert server.asked[-1] == "/keys"


def test_the_body_of_a_redirect_is_not_read(server: WebServer, issuer: Issuer) -> None:
    source = JwksUrl(server.url("/to-keys-endless"), seconds=30.0)
    assert TokenVerifier(source).claims(issuer.token()).did == DOMAIN
    assert server.asked == ["/to-keys-endless", "/keys"]


def test_a_redirect_to_https_is_not_followed(server: WebServer, issuer: Issuer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as target:
        url = f"https://127.0.0.1:{target.getsockname()[1]}/"
        source = JwksUrl(server.url(f"/to/{url}"), seconds=30.0)
        with pytest.raises(Unavailable):
            TokenVerifier(source).claims(issuer.token())
        target.setblocking(False)  # noqa: FBT003
        with pytest.raises(BlockingIOError):
            target.accept()


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://x/y"])
def test_a_redirect_to_another_scheme(server: WebServer, issuer: Issuer, target: str) -> None:
    with pytest.raises(Unavailable):
        TokenVerifier(JwksUrl(server.url(f"/to/{target}"))).claims(issuer.token())
    assert len(server.asked) == 1


def test_a_redirect_away_from_this_machine_over_http(
    server: WebServer, issuer: Issuer, log: list[EventDict]
) -> None:
    source = JwksUrl(server.url("/to/http://192.0.2.1/keys"), seconds=30.0)
    with pytest.raises(Unavailable):
        TokenVerifier(source).claims(issuer.token())
    assert "redirected" in str(log)


@pytest.mark.parametrize("host", ["keys.example", "10.0.0.1", "localhost.example", "[2001:db8::1]"])
def test_keys_that_anybody_on_the_way_could_change_are_refused(host: str) -> None:
    with pytest.raises(ValueError, match="https://"):
        JwksUrl(f"http://{host}/keys.json")


@pytest.mark.parametrize(
    "url", ["https://keys.example/", "http://localhost:1/", "http://127.0.0.2/", "http://[::1]/"]
)
def test_addresses_that_are_taken(url: str) -> None:
    JwksUrl(url)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/hostname",
        "ftp://host/keys",
        "http://",
        "https:///keys",
        "keys.json",
        "https://:hunter2@host/k",
        "http://u:hunter2@host/k",
        "https://u:hunter2\uff20@host/k",  # which a compatible form makes an @
        "https://u:hunter2[@host/k",
        "https://host:65536/k",
        "https://host:hunter2/k",
    ],
)
def test_addresses_that_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="public keys") as caught:
        JwksUrl(url)
    assert "hunter2" not in str(caught.value)
