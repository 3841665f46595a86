"""The service's own key pair."""

from __future__ import annotations

from pathlib import Path

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from event_service.auth.access import EVENT_READ
from event_service.auth.local import LocalKeyPair
from event_service.auth.tokens import TokenAuthenticator
from event_service.auth.verification import MAX_TOKEN_BYTES, TokenVerifier
from event_service.caller import Caller, Scope
from event_service.errors import AuthenticateFailure
from tests.auth.issuer import rsa_key

PROJECTS = frozenset({"project-a", "project-b"})


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def pair(data_dir: Path) -> LocalKeyPair:
    return LocalKeyPair(data_dir)


def caller(pair: LocalKeyPair, token: str, **metadata: str) -> Caller:
    authenticator = TokenAuthenticator(TokenVerifier(pair), system_domains=None)
    return authenticator.caller({"token": token, **metadata}, EVENT_READ)


def test_every_role_of_every_domain(pair: LocalKeyPair) -> None:
    for domain in ("domain-local", "domain-b"):
        admin = pair.issue("DOMAIN_ADMIN", domain)
        assert caller(pair, admin) == Caller("DOMAIN_ADMIN", Scope(domain))
        owner = pair.issue("WORKSPACE_OWNER", domain, workspace="workspace-a")
        assert caller(pair, owner).scope == Scope(domain, "workspace-a")
        member = pair.issue(
            "WORKSPACE_MEMBER", domain, workspace="workspace-a", projects=sorted(PROJECTS)
        )
        assert caller(pair, member).scope == Scope(domain, "workspace-a", PROJECTS)
        system = pair.issue("SYSTEM_TOKEN", domain)
        found = caller(pair, system, x_domain_id="domain-c", x_workspace_id="workspace-c")
        assert found == Caller("SYSTEM_TOKEN", Scope("domain-c", "workspace-c"))


def test_a_new_data_directory_is_this_users_alone(tmp_path: Path) -> None:
    LocalKeyPair(tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b").stat().st_mode & 0o777 == 0o700


def test_the_key_is_made_once_and_for_the_owner_alone(pair: LocalKeyPair, data_dir: Path) -> None:
    path = data_dir / "auth" / "key.pem"
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert [entry.name for entry in path.parent.iterdir()] == ["key.pem"]
    again = LocalKeyPair(data_dir)
    assert again.get("domain-a") == pair.get("domain-a")
    assert caller(again, pair.issue("DOMAIN_ADMIN", "domain-a")).role == "DOMAIN_ADMIN"


def test_another_services_key_is_another(pair: LocalKeyPair, tmp_path: Path) -> None:
    with pytest.raises(AuthenticateFailure):
        caller(LocalKeyPair(tmp_path), pair.issue("DOMAIN_ADMIN", "domain-a"))


def test_a_key_that_another_process_made_meanwhile_is_kept(
    pair: LocalKeyPair, data_dir: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # It wasn't there yet when this process looked.
    monkeypatch.setattr(Path, "exists", lambda _: False)
    late = LocalKeyPair(data_dir)
    assert late.get("domain-a") == pair.get("domain-a")
    assert [entry.name for entry in (data_dir / "auth").iterdir()] == ["key.pem"]


def test_what_a_token_says(data_dir: Path) -> None:
    pair = LocalKeyPair(data_dir, clock=lambda: 5000.7)
    token = pair.issue("DOMAIN_ADMIN", "domain-a", permissions=["monitoring:Event"], ttl=60)
    claims = jwt.decode(token, options={"verify_signature": False})
    assert claims.pop("jti") != jwt.decode(
        pair.issue("DOMAIN_ADMIN", "domain-a"), options={"verify_signature": False}
    ).pop("jti")
    assert claims == {
        "iss": "event-service",
        "typ": "ACCESS_TOKEN",
        "own": "USER",
        "rol": "DOMAIN_ADMIN",
        "did": "domain-a",
        "aud": "event-service-cli",
        "iat": 5000,
        "exp": 5060,
        "ver": "2.0",
        "permissions": ["monitoring:Event"],
    }


@pytest.mark.parametrize(
    ("role", "options"),
    [
        ("USER", {}),
        ("WORKSPACE_OWNER", {}),
        ("WORKSPACE_OWNER", {"workspace": ""}),
        ("WORKSPACE_MEMBER", {}),
        ("DOMAIN_ADMIN", {"workspace": "workspace-a"}),
        ("SYSTEM_TOKEN", {"workspace": "workspace-a"}),
        ("WORKSPACE_OWNER", {"workspace": "workspace-a", "projects": ["project-a"]}),
        ("DOMAIN_ADMIN", {"ttl": 0}),
        ("DOMAIN_ADMIN", {"permissions": ["p" * MAX_TOKEN_BYTES]}),
    ],
)
def test_tokens_that_nobody_could_use(
    pair: LocalKeyPair, role: str, options: dict[str, object]
) -> None:
    with pytest.raises(ValueError, match=r"role|workspace|projects|expired"):
        pair.issue(role, "domain-a", **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("domain", ["", "domain a", "d" * 257])
def test_domains_that_nobody_would_believe(pair: LocalKeyPair, domain: str) -> None:
    with pytest.raises(ValueError, match="did"):
        pair.issue("DOMAIN_ADMIN", domain)


def test_a_file_that_holds_no_key(tmp_path: Path) -> None:
    path = tmp_path / "auth" / "key.pem"
    path.parent.mkdir()
    other = ed25519.Ed25519PrivateKey.generate()
    pem = other.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    locked = rsa_key("locked").private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"password")
    )
    for content in (b"", b"no key", pem, locked):
        path.write_bytes(content)
        with pytest.raises(ValueError, match="no RSA key"):
            LocalKeyPair(tmp_path)
        assert path.read_bytes() == content


def test_a_data_directory_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "auth").write_text("in the way")
    with pytest.raises(OSError, match="auth"):
        LocalKeyPair(tmp_path)
