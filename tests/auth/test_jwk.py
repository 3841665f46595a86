"""Which JWKs check signatures."""

from __future__ import annotations

import json
from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519

from event_service.auth.jwk import UnusableKeyError, read_json_keys, read_keys
from tests.auth.issuer import Issuer, rsa_key

P256 = Issuer(ec.generate_private_key(ec.SECP256R1()), "ES256")
P384 = Issuer(ec.generate_private_key(ec.SECP384R1()), "ES384")
ED25519 = Issuer(ed25519.Ed25519PrivateKey.generate(), "EdDSA")


def ed448_jwk() -> dict[str, Any]:
    public = ed448.Ed448PrivateKey.generate().public_key()
    return dict(jwt.algorithms.OKPAlgorithm.to_jwk(public, as_dict=True))


def private_jwk(issuer: Issuer) -> dict[str, Any]:
    return dict(jwt.get_algorithm_by_name(issuer.algorithm).to_jwk(issuer.key, as_dict=True))


@pytest.mark.parametrize("members", [{}, {"use": "sig"}, {"key_ops": ["verify"]}, {"kid": "k"}])
def test_usable_keys(issuer: Issuer, members: dict[str, Any]) -> None:
    for owner in (issuer, P256, ED25519):
        for alg in (None, owner.algorithm):
            (key,) = read_keys(owner.jwk(alg=alg, **members))
            assert key.algorithm == owner.algorithm
            assert key.kid == members.get("kid", owner.kid)
            assert key.key == owner.key.public_key()


@pytest.mark.parametrize(
    "members",
    [
        {"kty": "oct", "k": "c2VjcmV0"},
        {"kty": "oct", "k": "c2VjcmV0", "alg": "RS256"},
        {"alg": "HS256"},
        {"alg": "none"},
        {"alg": "PS256"},
        {"alg": "RS512"},
        {"use": "enc"},
        {"key_ops": ["sign"]},
        {"key_ops": "verify"},
        {"kty": None},
        {"kty": ["RSA"]},
        {"kty": {}},
        {"kty": "EC", "crv": "P-256"},
        {"kty": "EC", "crv": []},
        {"n": None},
        {"n": 7},
        {"n": "!"},
        {"n": ""},
        {"e": "AA"},
        {"kid": 7},
    ],
)
def test_unusable_keys(issuer: Issuer, members: dict[str, Any]) -> None:
    with pytest.raises(UnusableKeyError):
        read_keys(issuer.jwk(**members))


def test_keys_of_other_sizes_and_curves() -> None:
    short = Issuer(rsa_key("short", 1024))
    for jwk in (short.jwk(), P384.jwk(), ed448_jwk()):
        with pytest.raises(UnusableKeyError):
            read_keys(jwk)


def test_a_private_key_is_refused_and_not_shown(issuer: Issuer) -> None:
    for owner in (issuer, P256, ED25519):
        jwk = private_jwk(owner)
        with pytest.raises(UnusableKeyError) as caught:
            read_keys(jwk)
        assert jwk["d"] not in str(caught.value)


def test_a_set_keeps_what_is_usable(issuer: Issuer) -> None:
    found = read_keys({"keys": [issuer.jwk(), issuer.jwk(use="enc"), "x", P256.jwk(kid="p")]})
    assert [key.kid for key in found] == ["key-1", "p"]


@pytest.mark.parametrize("document", [None, [], "x", {}, {"keys": None}, {"keys": []}])
def test_documents_without_a_key(document: object) -> None:
    with pytest.raises(UnusableKeyError):
        read_keys(document)


def test_json(issuer: Issuer) -> None:
    assert read_json_keys(json.dumps(issuer.jwk())) == read_keys(issuer.jwk())
    for text in ("", "{", str(issuer.jwk()), "[" * 100_000, b"\xff"):
        with pytest.raises(UnusableKeyError):
            read_json_keys(text)
