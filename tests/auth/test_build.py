"""Which authentication the settings ask for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from event_service.auth.access import EVENT_READ
from event_service.auth.build import build_authenticator
from event_service.auth.local import LocalKeyPair
from event_service.auth.open_access import NoAuth
from event_service.caller import Scope
from event_service.errors import AuthenticateFailure, PermissionDenied, Unavailable
from event_service.settings import Settings
from tests.auth.identity_server import IdentityServer
from tests.auth.issuer import DOMAIN, Issuer, rsa_key

if TYPE_CHECKING:
    from pathlib import Path

    from event_service.auth.authenticator import Authenticator

HOST = "127.0.0.1"


def scope(authenticator: Authenticator, token: str, **metadata: str) -> Scope:
    return authenticator.caller({"token": token, **metadata}, EVENT_READ).scope


@pytest.fixture
def jwks(tmp_path: Path, issuer: Issuer) -> str:
    path = tmp_path / "jwks.json"
    path.write_text(json.dumps({DOMAIN: issuer.jwk(), "domain-b": issuer.jwk()}))
    return str(path)


def built(**given: Any) -> Authenticator:
    return build_authenticator(Settings(**given))


def system_token(issuer: Issuer, domain: str) -> str:
    return issuer.token(typ="SYSTEM_TOKEN", own="SYSTEM", rol=None, did=domain)


def test_its_own_key_pair(tmp_path: Path, issuer: Issuer) -> None:
    authenticator = built(host="0.0.0.0", data_dir=tmp_path)  # noqa: S104
    pair = LocalKeyPair(tmp_path)
    assert scope(authenticator, pair.issue("DOMAIN_ADMIN", "domain-x")) == Scope("domain-x")
    system = pair.issue("SYSTEM_TOKEN", "domain-x")
    assert scope(authenticator, system, x_domain_id="domain-y") == Scope("domain-y")
    with pytest.raises(AuthenticateFailure):
        scope(authenticator, issuer.token())
    authenticator.close()


def test_a_file_of_keys_and_then_not_its_own(tmp_path: Path, jwks: str, issuer: Issuer) -> None:
    authenticator = built(
        host=HOST, data_dir=tmp_path, auth_jwks=jwks, auth_system_domains={"domain-b"}
    )
    assert scope(authenticator, issuer.token()) == Scope(DOMAIN)
    token = system_token(issuer, "domain-b")
    assert scope(authenticator, token, x_domain_id="domain-y") == Scope("domain-y")
    with pytest.raises(PermissionDenied):
        scope(authenticator, system_token(issuer, DOMAIN), x_domain_id="domain-y")
    with pytest.raises(AuthenticateFailure):
        scope(authenticator, LocalKeyPair(tmp_path).issue("DOMAIN_ADMIN", DOMAIN))


def test_an_address_of_keys(tmp_path: Path, issuer: Issuer) -> None:
    authenticator = built(host=HOST, data_dir=tmp_path, auth_jwks="http://127.0.0.1:1/keys.json")
    with pytest.raises(Unavailable):
        scope(authenticator, issuer.token())
    assert not (tmp_path / "auth").exists()


def test_an_identity_service_and_a_file(tmp_path: Path, jwks: str, issuer: Issuer) -> None:
    other = Issuer(rsa_key("domain-b"))
    app = {"typ": "CLIENT_SECRET", "own": "APP", "jti": "client-1"}
    with IdentityServer("ours", {DOMAIN: other}) as server:
        server.apps[DOMAIN, "client-1"] = ([], [])
        both = built(
            host=HOST,
            data_dir=tmp_path,
            auth_jwks=jwks,
            identity_endpoint=server.endpoint,
            system_token="ours",  # noqa: S106
        )
        assert scope(both, issuer.token(**app)) == Scope(DOMAIN)
        assert server.asked == ["client-1"]
        both.close()
        alone = built(
            host=HOST,
            data_dir=tmp_path,
            identity_endpoint=server.endpoint,
            system_token="ours",  # noqa: S106
        )
        assert scope(alone, other.token()) == Scope(DOMAIN)
        alone.close()


def test_none_at_all(tmp_path: Path) -> None:
    assert isinstance(built(host=HOST, data_dir=tmp_path, no_auth=True), NoAuth)
    with pytest.raises(ValueError, match="loopback"):
        built(host="10.0.0.1", data_dir=tmp_path, no_auth=True)
    anywhere = built(host="10.0.0.1", data_dir=tmp_path, no_auth=True, no_auth_on_any_address=True)
    assert isinstance(anywhere, NoAuth)


def test_settings_that_do_not_fit_together(tmp_path: Path, jwks: str) -> None:
    with pytest.raises(ValueError, match="no-auth"):
        built(host=HOST, data_dir=tmp_path, auth_jwks=jwks, no_auth=True)
    with pytest.raises(ValueError, match="system token"):
        built(host=HOST, data_dir=tmp_path, identity_endpoint="grpc://127.0.0.1:1")
    with pytest.raises(ValueError, match="https://"):
        built(host=HOST, data_dir=tmp_path, auth_jwks="http://keys.example/keys.json")


def test_what_can_not_be_used_is_named_by_its_variable(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ValueError, match="EVENT_DATA_DIR"):
        built(host=HOST, data_dir=tmp_path / "file")
    with pytest.raises(ValueError, match="EVENT_AUTH_JWKS"):
        built(host=HOST, data_dir=tmp_path, auth_jwks=str(tmp_path / "nowhere"))
    with pytest.raises(ValueError, match="EVENT_AUTH_JWKS"):
        built(host=HOST, data_dir=tmp_path, auth_jwks=str(tmp_path / "file"))
    with pytest.raises(ValueError, match="EVENT_IDENTITY_ENDPOINT"):
        built(
            host=HOST,
            data_dir=tmp_path,
            identity_endpoint="host",
            system_token="t",  # noqa: S106 - of nobody
        )
