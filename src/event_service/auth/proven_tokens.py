"""Tokens whose signature was checked, so that it is not checked for every call of theirs."""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from event_service.lru_dict import LruDict

if TYPE_CHECKING:
    from event_service.auth.claims import Claims
    from event_service.auth.jwk import VerificationKey

_MOST: Final = 4_096


@dataclass(frozen=True, slots=True)
class ProvenToken:
    """What a token says, and the key that proves it.

    It holds no longer than its claims do, and than its domain has that key.
    """

    claims: Claims
    key: VerificationKey = field(repr=False)


class ProvenTokens:
    """A bounded, least recently used memory by the digest of a token. Safe for many threads."""

    def __init__(self, most: int = _MOST) -> None:
        self._lock = threading.Lock()
        self._tokens: LruDict[bytes, ProvenToken] = LruDict(most)

    def get(self, token: str) -> ProvenToken | None:
        """What is known of the token."""
        digest = _digest(token)
        with self._lock:
            return self._tokens.use(digest)

    def put(self, token: str, proven: ProvenToken) -> None:
        """The token is proven."""
        with self._lock:
            self._tokens[_digest(token)] = proven


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii")).digest()
