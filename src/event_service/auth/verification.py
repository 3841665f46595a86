"""From a token to claims that are proven."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import jwt

from event_service.auth.claims import read_claims
from event_service.auth.jwk import ALGORITHMS
from event_service.errors import AuthenticateFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from jwt.types import Options

    from event_service.auth.claims import Claims
    from event_service.auth.jwk import VerificationKey
    from event_service.auth.keys import KeySource

MAX_TOKEN_BYTES: Final = 16 * 1024

_UNPROVEN: Final = "Token is not valid."

# The claims are read_claims' part: it has no leeway for an expiry, and a clock of its own.
_SIGNATURE_ONLY: Final[Options] = {
    "verify_signature": True,
    "verify_aud": False,
    "verify_exp": False,
    "verify_iat": False,
    "verify_iss": False,
    "verify_jti": False,
    "verify_nbf": False,
    "verify_sub": False,
}


class TokenVerifier:
    """Checks tokens against the keys of the domain that they name.

    ``clock`` gives seconds since 1970.
    """

    def __init__(self, keys: KeySource, clock: Callable[[], float] = time.time) -> None:
        self._keys = keys
        self._clock = clock

    def claims(self, token: str) -> Claims:
        """The claims of a token whose signature, time and form are right.

        Raises AuthenticateFailure, and Unavailable when the keys can't be had now. An unknown
        domain and a wrong signature look the same.
        """
        if len(token) > MAX_TOKEN_BYTES or not token.isascii():
            raise AuthenticateFailure(_UNPROVEN)
        header, payload = _unproven_parts(token)
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise AuthenticateFailure(_UNPROVEN)
        # Read before the signature is looked at, so that no key is fetched for a token that is
        # worth nothing anyway; believed only after.
        claims = read_claims(payload, self._clock())
        self._prove(token, claims.did, header.get("kid"), algorithm)
        return claims

    def _prove(self, token: str, domain_id: str, kid: str | None, algorithm: str) -> None:
        keys = self._keys.keys(domain_id, kid)
        if _signed_by_one(token, algorithm, keys):
            return
        newer = self._keys.renewed(domain_id, kid)
        if not _signed_by_one(token, algorithm, (key for key in newer if key not in keys)):
            raise AuthenticateFailure(_UNPROVEN)


def _unproven_parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        parts = jwt.decode_complete(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise AuthenticateFailure(_UNPROVEN) from None
    return parts["header"], parts["payload"]


def _signed_by_one(token: str, algorithm: str, keys: Iterable[VerificationKey]) -> bool:
    return any(key.algorithm == algorithm and _signed_by(token, key) for key in keys)


def _signed_by(token: str, key: VerificationKey) -> bool:
    try:
        jwt.decode(token, key.key, algorithms=[key.algorithm], options=_SIGNATURE_ONLY)
    except jwt.PyJWTError:
        return False
    return True
