"""Whoever signs tokens in these tests: a domain's identity service, or somebody who pretends."""

from __future__ import annotations

import base64
import json
import time
from dataclasses import dataclass
from functools import cache
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey

DOMAIN = "domain-a"
WORKSPACE = "workspace-a"


@cache
def rsa_key(name: str, bits: int = 2048) -> rsa.RSAPrivateKey:
    """One key per name, made once: that takes a while."""
    assert name
    return rsa.generate_private_key(public_exponent=65537, key_size=bits)


@dataclass(frozen=True)
class Issuer:
    """A private key, the algorithm it signs with, and its id."""

    key: PrivateKey
    algorithm: str = "RS256"
    kid: str | None = None

    def jwk(self, **changes: object) -> dict[str, Any]:
        """The public key; a change to None leaves a member out."""
        kind = jwt.get_algorithm_by_name(self.algorithm)
        members: dict[str, Any] = dict(kind.to_jwk(self.key.public_key(), as_dict=True))
        members.pop("key_ops", None)
        return given(members | {"kid": self.kid} | changes)

    def token(self, **changes: object) -> str:
        """A token of DOMAIN_ADMIN with the changes; a change to None leaves a claim out."""
        headers = {"kid": self.kid} if self.kid else None
        return jwt.encode(claims(**changes), self.key, self.algorithm, headers)


def claims(**changes: object) -> dict[str, Any]:
    """What SpaceONE's identity service puts into an access token."""
    now = int(time.time())
    usual = {
        "iss": "spaceone.identity",
        "typ": "ACCESS_TOKEN",
        "own": "USER",
        "rol": "DOMAIN_ADMIN",
        "did": DOMAIN,
        "aud": "user@example.com",
        "iat": now,
        "exp": now + 600,
        "jti": "token-1",
        "ver": "2.0",
    }
    return given(usual | changes)


def given(members: dict[str, Any]) -> dict[str, Any]:
    """Without those that are None."""
    return {name: value for name, value in members.items() if value is not None}


def segment(content: object) -> str:
    """One part of a token put together by hand."""
    text = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(text).rstrip(b"=").decode()
