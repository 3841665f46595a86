"""From a token to claims that are proven."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

import jwt

from event_service.auth.claims import check_time, read_claims
from event_service.auth.jwk import ALGORITHMS
from event_service.auth.proven_tokens import ProvenToken, ProvenTokens
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
        self._proven = ProvenTokens()

    def claims(self, token: str) -> Claims:
        """The claims of a token whose signature, time and form are right.

        Raises AuthenticateFailure, and Unavailable when the keys can't be had now. An unknown
        domain and a wrong signature look the same.
        """
        if len(token) > MAX_TOKEN_BYTES or not token.isascii():
            raise AuthenticateFailure(_UNPROVEN)
        proven = self._proven.get(token)
        if proven is not None and self._still_holds(proven):
            return proven.claims
        header, payload = _unproven_parts(token)
        algorithm = header.get("alg")
        if not isinstance(algorithm, str) or algorithm not in ALGORITHMS:
            raise AuthenticateFailure(_UNPROVEN)
        # Read before the signature is looked at, so that no key is fetched for a token that is
        # worth nothing anyway; believed only after.
        claims = read_claims(payload, self._clock())
        key = self._prove(token, claims.did, header.get("kid"), algorithm)
        self._proven.put(token, ProvenToken(claims, key))
        return claims

    def _still_holds(self, proven: ProvenToken) -> bool:
        """Whether the key is still one of the domain's, and the claims still in their time.

        Raises AuthenticateFailure for claims whose time is over.
        """
        check_time(proven.claims, self._clock())
        return proven.key in (self._keys.get(proven.claims.did) or ())

    def _prove(
        self, token: str, domain_id: str, kid: str | None, algorithm: str
    ) -> VerificationKey:
        keys = self._keys.get(domain_id) or ()
        key = _signer(token, kid, algorithm, keys)
        if key is None:
            newer = self._keys.renew(domain_id) or ()
            key = _signer(token, kid, algorithm, (one for one in newer if one not in keys))
        if key is None:
            raise AuthenticateFailure(_UNPROVEN)
        return key


def _unproven_parts(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    try:
        parts = jwt.decode_complete(token, options={"verify_signature": False})
    except jwt.PyJWTError:
        raise AuthenticateFailure(_UNPROVEN) from None
    return parts["header"], parts["payload"]


def _signer(
    token: str, kid: str | None, algorithm: str, keys: Iterable[VerificationKey]
) -> VerificationKey | None:
    # A token without an id fits every key, and a key without one every token: SpaceONE names
    # neither.
    fitting = (key for key in keys if kid is None or key.kid is None or key.kid == kid)
    mine = (key for key in fitting if key.algorithm == algorithm and _signed_by(token, key))
    return next(mine, None)


def _signed_by(token: str, key: VerificationKey) -> bool:
    try:
        jwt.decode(token, key.key, algorithms=[key.algorithm], options=_SIGNATURE_ONLY)
    except jwt.PyJWTError:
        return False
    return True
