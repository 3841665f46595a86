"""Public keys that check signatures, read from JWKs (RFC 7517)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

import jwt
import structlog
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePublicKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

_log = structlog.get_logger(__name__)

PublicKey = RSAPublicKey | EllipticCurvePublicKey | Ed25519PublicKey

MIN_RSA_BITS: Final = 2048

# The key alone decides how it is used: a token can't talk its way into another algorithm.
_ALGORITHMS: Final = {
    ("RSA", None): "RS256",
    ("EC", "P-256"): "ES256",
    ("OKP", "Ed25519"): "EdDSA",
}

ALGORITHMS: Final = frozenset(_ALGORITHMS.values())


class UnusableKeyError(ValueError):
    """A JWK that can't check a token's signature; the message says why and never shows the key."""


@dataclass(frozen=True, slots=True)
class VerificationKey:
    """A public key, its id if it has one, and the one JWS algorithm it is used with."""

    kid: str | None
    algorithm: str
    key: PublicKey


def read_json_keys(text: str | bytes) -> tuple[VerificationKey, ...]:
    """The keys of a JWK or a JWK set given as JSON. Raises UnusableKeyError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise UnusableKeyError("not JSON") from None
    return read_keys(document)


def read_keys(document: object) -> tuple[VerificationKey, ...]:
    """The keys of a JWK, or the usable ones of ``{"keys": [...]}``.

    Raises UnusableKeyError when there is none. What a set has besides (RFC 7517 section 5: other
    uses, other types) is left out.
    """
    if not isinstance(document, dict):
        raise UnusableKeyError("a JWK is an object")
    if "keys" not in document:
        return (_read_key(document),)
    members = document["keys"]
    if not isinstance(members, list):
        raise UnusableKeyError("keys is not a list")
    usable = []
    for number, member in enumerate(members):
        try:
            usable.append(_read_key(member))
        except UnusableKeyError as reason:
            _log.warning("key of a JWK set left out", number=number, reason=str(reason))
    if not usable:
        raise UnusableKeyError("no usable key in the set")
    return tuple(usable)


def _read_key(jwk: object) -> VerificationKey:
    if not isinstance(jwk, dict):
        raise UnusableKeyError("a JWK is an object")
    kind = jwk.get("kty")
    curve = None if kind == "RSA" else jwk.get("crv")
    algorithm = next((name for of, name in _ALGORITHMS.items() if of == (kind, curve)), None)
    if algorithm is None:
        raise UnusableKeyError("not an RSA, P-256 or Ed25519 key")
    if jwk.get("alg", algorithm) != algorithm:
        raise UnusableKeyError(f"meant for another algorithm than {algorithm}")
    if "d" in jwk:
        raise UnusableKeyError("a private key, where only the public one belongs")
    if jwk.get("use", "sig") != "sig" or "verify" not in _operations(jwk):
        raise UnusableKeyError("not meant for signatures")
    kid = jwk.get("kid")
    if kid is not None and not isinstance(kid, str):
        raise UnusableKeyError("kid is not a string")
    return VerificationKey(kid, algorithm, _public_key(jwk, algorithm))


def _operations(jwk: dict[str, Any]) -> list[object]:
    operations = jwk.get("key_ops", ["verify"])
    return operations if isinstance(operations, list) else []


def _public_key(jwk: dict[str, Any], algorithm: str) -> PublicKey:
    try:
        key = jwt.PyJWK(jwk, algorithm).key
    except (jwt.PyJWTError, ValueError, TypeError, KeyError, AttributeError):
        raise UnusableKeyError("its numbers make no key") from None
    if not isinstance(key, PublicKey):
        raise UnusableKeyError("not a public key")
    if isinstance(key, RSAPublicKey) and key.key_size < MIN_RSA_BITS:
        raise UnusableKeyError(f"RSA with less than {MIN_RSA_BITS} bits")
    return key
