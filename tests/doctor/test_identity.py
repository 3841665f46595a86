"""What the doctor says of the keys that tokens are checked with."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import pytest

from event_service.auth.local import LocalKeyPair, key_file
from event_service.doctor.finding import Finding, Mark
from event_service.doctor.identity import check_identity
from event_service.settings import Settings
from tests.auth.identity_server import IdentityServer
from tests.auth.issuer import Issuer, rsa_key

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TOKEN = "a system token"  # noqa: S105 - of a server that lives for one test

pytestmark = pytest.mark.usefixtures("no_event_variables")


def look(tmp_path: Path, **choices: Any) -> Finding:
    settings = Settings.model_validate({"data_dir": tmp_path / "data", **choices})
    (found,) = check_identity(settings, 2.0)
    assert TOKEN not in str(found)
    return found


@pytest.fixture
def identity() -> Iterator[IdentityServer]:
    with IdentityServer(TOKEN, {"domain-root": Issuer(rsa_key("root"))}) as server:
        yield server


def test_the_own_key_pair_is_its_owners_alone(tmp_path: Path) -> None:
    assert "when it starts" in look(tmp_path).found
    path = key_file(tmp_path / "data")
    assert not path.exists(), "looking makes nothing"
    LocalKeyPair(tmp_path / "data")
    assert look(tmp_path).mark is Mark.OK
    path.chmod(0o644)
    open_to_others = look(tmp_path)
    assert (open_to_others.mark, "mode 644" in open_to_others.found) == (Mark.FAILURE, True)
    assert open_to_others.advice == f"chmod 600 {path}"
    path.write_text("no key")
    assert "holds no RSA key" in look(tmp_path).found


def test_a_file_of_public_keys(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    missing = look(tmp_path, auth_jwks=str(path))
    assert (missing.mark, "No such file" in missing.found) == (Mark.FAILURE, True)
    assert "EVENT_AUTH_JWKS" in missing.advice
    os.mkfifo(pipe := tmp_path / "pipe")
    for odd in pipe, tmp_path:
        found = look(tmp_path, auth_jwks=str(odd))
        assert (found.mark, "not a regular file" in found.found) == (Mark.FAILURE, True)
        assert found.advice == missing.advice
    path.write_text("[]")
    assert look(tmp_path, auth_jwks=str(path)).mark is Mark.FAILURE
    jwk = Issuer(rsa_key("a")).jwk()
    path.write_text(json.dumps({"domain-a": jwk}))
    assert look(tmp_path, auth_jwks=str(path)).mark is Mark.OK
    path.write_text(json.dumps({"domain-a": jwk, "domain-b": {"kty": "none"}}))
    half = look(tmp_path, auth_jwks=str(path))
    assert (half.mark, "1 domains have usable keys, 1 don't" in half.found) == (Mark.WARNING, True)


def test_a_file_larger_than_memory(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    path.touch()
    os.truncate(path, 1 << 40)
    found = look(tmp_path, auth_jwks=str(path))
    assert (found.mark, "more than" in found.found) == (Mark.FAILURE, True)


def test_an_address_of_public_keys_where_nobody_is(tmp_path: Path) -> None:
    found = look(tmp_path, auth_jwks="http://127.0.0.1:1/keys?password=hunter2")
    assert (found.mark, "curl" in found.advice) == (Mark.FAILURE, True)
    assert "hunter2" not in str(found)


def test_an_address_that_public_keys_are_not_taken_from(tmp_path: Path) -> None:
    for url in ("http://keys.example/?password=hunter2", "https://user:hunter2@keys.example/"):
        found = look(tmp_path, auth_jwks=url)
        assert (found.mark, "https://" in found.advice) == (Mark.FAILURE, True)
        assert "hunter2" not in str(found)


def test_the_identity_service(tmp_path: Path, identity: IdentityServer) -> None:
    given = {"identity_endpoint": identity.endpoint, "system_token": TOKEN}
    assert look(tmp_path, **given).mark is Mark.OK
    stranger = look(tmp_path, **given, auth_system_domains=["domain-x"])
    assert (stranger.mark, "domain-x" in stranger.found) == (Mark.WARNING, True)
    assert look(tmp_path, identity_endpoint=identity.endpoint).advice == "Set EVENT_SYSTEM_TOKEN."
    wrong = look(tmp_path, **(given | {"system_token": "another"}))
    assert (wrong.mark, "EVENT_SYSTEM_TOKEN" in wrong.advice) == (Mark.FAILURE, True)
    identity.stop()
    assert look(tmp_path, **given).mark is Mark.FAILURE


@pytest.mark.parametrize(
    ("choices", "mark"),
    [
        ({}, Mark.OK),
        ({"host": "0.0.0.0"}, Mark.FAILURE),  # noqa: S104 - nothing is bound here
        ({"host": "0.0.0.0", "no_auth_on_any_address": True}, Mark.WARNING),  # noqa: S104
        ({"auth_jwks": "/keys"}, Mark.FAILURE),
    ],
)
def test_no_tokens(tmp_path: Path, choices: dict[str, Any], mark: Mark) -> None:
    assert look(tmp_path, no_auth=True, **choices).mark is mark
