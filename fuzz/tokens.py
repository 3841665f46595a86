"""Targets of what proves a caller: tokens, and the keys that they are checked with."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from event_service.auth.jwk import UnusableKeyError, VerificationKey, read_json_keys
from event_service.auth.verification import TokenVerifier
from event_service.errors import AuthenticateFailure
from fuzz.refusals import check_refusal

if TYPE_CHECKING:
    from event_service.auth.claims import Claims

_NOW = 1_700_000_000.0
_SECRET = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
_KEY = VerificationKey("kid-1", "EdDSA", _SECRET.public_key())


class _Keys:
    """One key, which is every domain's."""

    def get(self, _: str) -> tuple[VerificationKey, ...]:
        return (_KEY,)

    renew = get


_VERIFIER = TokenVerifier(_Keys(), lambda: _NOW)


def token_text(data: bytes) -> None:
    """A token as it comes: never believed, as nobody signed it."""
    assert _claims(data.decode("utf-8", "replace")) is None


def token_parts(data: bytes) -> None:
    """Header and payload, a line each, then a signature or nothing: nothing is signed with our key.

    What is signed so is believed just when it names our algorithm, and its claims are right.
    """
    header, _, rest = data.partition(b"\n")
    payload, _, signature = rest.partition(b"\n")
    signed = b".".join(map(_base64, (header, payload)))
    if signature:
        forged = b".".join((signed, _base64(signature)))
        assert _claims(forged.decode("ascii")) is None
        return
    proven = b".".join((signed, _base64(_SECRET.sign(signed))))
    claims = _claims(proven.decode("ascii"))
    if claims is not None:
        assert jwt.get_unverified_header(proven)["alg"] == "EdDSA"
        assert claims.did
        assert claims.is_system or (claims.exp or 0) > _NOW


def key_text(data: bytes) -> None:
    """A JWK or a set of them: UnusableKeyError, or keys of an algorithm that is taken."""
    try:
        keys = read_json_keys(data)
    except UnusableKeyError:
        return
    assert keys
    assert all(key.algorithm in {"RS256", "ES256", "EdDSA"} for key in keys)


def _claims(token: str) -> Claims | None:
    try:
        return _VERIFIER.claims(token)
    except AuthenticateFailure as error:
        check_refusal(error)
        return None


def _base64(part: bytes) -> bytes:
    return base64.urlsafe_b64encode(part).rstrip(b"=")
