"""Keys and apps from an identity service: a real gRPC server that does as it is told."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import grpc
import pytest

from event_service.auth.access import EVENT_READ, WEBHOOK_READ
from event_service.auth.apps import APP_LIFETIMES, App, AppGrant
from event_service.auth.identity import GET_PUBLIC_KEY, IdentityService
from event_service.auth.tokens import TokenAuthenticator
from event_service.auth.verification import TokenVerifier
from event_service.caller import Scope
from event_service.errors import AuthenticateFailure, PermissionDenied, Unavailable
from event_service.grpc_endpoint import open_channel
from event_service.lane import Lane
from event_service.loading_cache import LoadingCache
from event_service.remote_method import RemoteMethod
from event_service.stubs.event_service.identity.calls_pb2 import PublicKeyAnswer, PublicKeyQuestion
from tests.auth.identity_server import IdentityServer
from tests.auth.issuer import DOMAIN, WORKSPACE, Issuer, rsa_key
from tests.eventually import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator

    from structlog.typing import EventDict

    from tests.clock import Clock

OURS = "the-system-token-of-this-service"
CANNOT_TELL = [
    grpc.StatusCode.UNAVAILABLE,
    grpc.StatusCode.INTERNAL,
    grpc.StatusCode.UNKNOWN,
    grpc.StatusCode.UNAUTHENTICATED,
    grpc.StatusCode.UNIMPLEMENTED,
    grpc.StatusCode.RESOURCE_EXHAUSTED,
]


@pytest.fixture
def server(issuer: Issuer) -> Iterator[IdentityServer]:
    with IdentityServer(OURS, {DOMAIN: issuer}) as server:
        yield server


@pytest.fixture
def identity(server: IdentityServer) -> Iterator[IdentityService]:
    service = IdentityService(server.endpoint, OURS)
    yield service
    service.close()


@pytest.fixture
def authenticator(identity: IdentityService, clock: Clock) -> TokenAuthenticator:
    return TokenAuthenticator(
        TokenVerifier(LoadingCache(identity.public_keys, clock=clock)),
        LoadingCache(identity.app, APP_LIFETIMES, clock).get,
    )


def scope(
    authenticator: TokenAuthenticator, token: str, access: str = "Event", **metadata: str
) -> Scope:
    asked = EVENT_READ if access == "Event" else WEBHOOK_READ
    return authenticator.caller({"token": token, **metadata}, asked).scope


def test_a_token_of_a_spaceone_domain(
    authenticator: TokenAuthenticator, server: IdentityServer, issuer: Issuer
) -> None:
    for _ in range(3):
        assert scope(authenticator, issuer.token()) == Scope(DOMAIN)
    assert server.asked == [DOMAIN]


def test_an_unknown_domain(
    authenticator: TokenAuthenticator, server: IdentityServer, issuer: Issuer
) -> None:
    for _ in range(3):
        with pytest.raises(AuthenticateFailure):
            scope(authenticator, issuer.token(did="domain-b"))
    assert server.asked == ["domain-b"]


@pytest.mark.parametrize("kid", ["key-2", None])
def test_a_rotated_key(
    authenticator: TokenAuthenticator,
    server: IdentityServer,
    issuer: Issuer,
    clock: Clock,
    kid: str | None,
) -> None:
    old = issuer.token()
    scope(authenticator, old)
    rotated = server.issuers[DOMAIN] = Issuer(rsa_key("rotated"), kid=kid)
    clock.advance(10)
    assert scope(authenticator, rotated.token()) == Scope(DOMAIN)
    with pytest.raises(AuthenticateFailure):
        scope(authenticator, old)


@pytest.mark.parametrize("status", CANNOT_TELL)
def test_an_identity_service_that_cannot_tell(
    authenticator: TokenAuthenticator,
    server: IdentityServer,
    issuer: Issuer,
    log: list[EventDict],
    status: grpc.StatusCode,
) -> None:
    server.refusal = status
    token = issuer.token()
    with pytest.raises(Unavailable):
        scope(authenticator, token)
    (line,) = log
    assert line["status"] == status.name
    for secret in (OURS, token, "caller's words"):
        assert secret not in str(line)


def test_one_that_recovers(
    authenticator: TokenAuthenticator, server: IdentityServer, issuer: Issuer, clock: Clock
) -> None:
    server.refusal = grpc.StatusCode.UNAVAILABLE
    with pytest.raises(Unavailable):
        scope(authenticator, issuer.token())
    server.refusal = None
    clock.advance(2)
    assert scope(authenticator, issuer.token()) == Scope(DOMAIN)


@pytest.mark.parametrize("text", ["", "{", "{}", "not a key", '{"kty": "oct", "k": "c2VjcmV0"}'])
def test_an_answer_that_is_no_key(
    authenticator: TokenAuthenticator, server: IdentityServer, issuer: Issuer, text: str
) -> None:
    server.public_key = text
    with pytest.raises(Unavailable if text else AuthenticateFailure):
        scope(authenticator, issuer.token())


def test_an_answer_that_is_no_message_is_told_in_a_line(
    authenticator: TokenAuthenticator,
    server: IdentityServer,
    issuer: Issuer,
    log: list[EventDict],
    caplog: pytest.LogCaptureFixture,
) -> None:
    server.garbage = b"\xff\xff\xff\xff no message"
    with pytest.raises(Unavailable):
        scope(authenticator, issuer.token())
    (line,) = log
    assert (line["event"], line["status"]) == ("not answered", "OK, with what is no answer")
    # grpc has a log of its own, and would add a traceback.
    assert caplog.records == []


def test_one_that_is_down(
    authenticator: TokenAuthenticator, server: IdentityServer, issuer: Issuer
) -> None:
    server.stop()
    with pytest.raises(Unavailable):
        scope(authenticator, issuer.token())


def test_one_that_goes_down_later(
    authenticator: TokenAuthenticator, server: IdentityServer, issuer: Issuer, clock: Clock
) -> None:
    scope(authenticator, issuer.token())
    server.stop()
    clock.advance(700)
    assert scope(authenticator, issuer.token()) == Scope(DOMAIN)
    clock.advance(3000)
    with pytest.raises(Unavailable):
        scope(authenticator, issuer.token())


def test_one_that_hangs(server: IdentityServer, issuer: Issuer) -> None:
    server.hangs = True
    # So long that it is asked, also on a machine that stands still for a while.
    impatient = IdentityService(server.endpoint, OURS, seconds=3)
    with pytest.raises(Unavailable):
        TokenVerifier(LoadingCache(impatient.public_keys)).claims(issuer.token())
    assert server.asked == [DOMAIN]
    impatient.close()


def test_a_wrong_system_token_is_not_the_callers_fault(
    server: IdentityServer, issuer: Issuer
) -> None:
    wrong = IdentityService(server.endpoint, "not-ours")
    with pytest.raises(Unavailable):
        TokenVerifier(LoadingCache(wrong.public_keys)).claims(issuer.token())
    wrong.close()


def app_token(issuer: Issuer, client_id: str = "client-1") -> str:
    return issuer.token(
        typ="CLIENT_SECRET",
        own="APP",
        jti=client_id,
        rol="WORKSPACE_MEMBER",
        wid=WORKSPACE,
    )


def test_an_app(
    authenticator: TokenAuthenticator, server: IdentityServer, issuer: Issuer, clock: Clock
) -> None:
    server.apps[DOMAIN, "client-1"] = (["monitoring:Event"], ["project-a"])
    token = app_token(issuer)
    expected = Scope(DOMAIN, WORKSPACE, frozenset({"project-a"}))
    assert scope(authenticator, token) == expected
    with pytest.raises(PermissionDenied):
        scope(authenticator, token, "Webhook")
    assert server.asked == [DOMAIN, "client-1"]
    del server.apps[DOMAIN, "client-1"]
    clock.advance(60)
    with pytest.raises(PermissionDenied):
        scope(authenticator, token)


def test_an_app_of_another_domain(
    authenticator: TokenAuthenticator, server: IdentityServer, issuer: Issuer
) -> None:
    server.apps["domain-b", "client-1"] = ([], ["project-a"])
    with pytest.raises(PermissionDenied):
        scope(authenticator, app_token(issuer))


@pytest.mark.parametrize("status", CANNOT_TELL)
def test_an_app_that_cannot_be_asked_about(
    authenticator: TokenAuthenticator,
    server: IdentityServer,
    issuer: Issuer,
    status: grpc.StatusCode,
) -> None:
    scope(authenticator, issuer.token())
    server.refusal = status
    with pytest.raises(Unavailable):
        scope(authenticator, app_token(issuer))


@pytest.mark.parametrize("status", ["NOT_FOUND", "INVALID_ARGUMENT", "PERMISSION_DENIED"])
def test_an_app_that_is_not_there(
    identity: IdentityService, server: IdentityServer, status: str
) -> None:
    server.refusal = grpc.StatusCode[status]
    assert identity.app(App(DOMAIN, "client-1")) is None


def test_an_app_with_every_permission(identity: IdentityService, server: IdentityServer) -> None:
    server.apps[DOMAIN, "client-1"] = ([], [])
    assert identity.app(App(DOMAIN, "client-1")) == AppGrant((), frozenset())


@pytest.mark.parametrize(
    "endpoint",
    ["", "127.0.0.1:50051", "http://127.0.0.1:50051", "grpc://", "grpc://host", "grpc+tls://a:1"],
)
def test_endpoints_that_are_refused(endpoint: str) -> None:
    with pytest.raises(ValueError, match="endpoint"):
        IdentityService(endpoint, OURS)


def test_a_server_without_tls_is_not_talked_to_in_clear(server: IdentityServer) -> None:
    endpoint = server.endpoint.replace("grpc://", "grpc+ssl://")
    service = IdentityService(endpoint, OURS, seconds=2)
    with pytest.raises(Unavailable):
        service.public_keys(DOMAIN)
    assert server.asked == []
    service.close()


def test_what_is_slow_holds_few_threads(
    server: IdentityServer, clock: Clock, log: list[EventDict]
) -> None:
    server.hangs = True
    with open_channel(server.endpoint, ()) as channel, ThreadPoolExecutor() as threads:
        method = RemoteMethod(
            channel, "identity", GET_PUBLIC_KEY, PublicKeyAnswer, 60, Lane(1, clock=clock)
        )

        def ask(domain_id: str) -> PublicKeyAnswer | None:
            return method.ask(PublicKeyQuestion(domain_id=domain_id), (("token", OURS),))

        threads.submit(ask, DOMAIN)
        eventually(lambda: server.asked)
        clock.advance(1.1)
        with pytest.raises(Unavailable, match="identity service can't be asked now"):
            ask("domain-b")
        assert server.asked == [DOMAIN]
        (line,) = log
        assert (line["event"], line["status"]) == (
            "not answered",
            "none: it is slow, and was not asked",
        )
        server.stop()
