"""Tokens whose signature was checked, so that it is not checked for every call of theirs."""

from __future__ import annotations

import hashlib
import threading
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

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
    kid: str | None
    key: VerificationKey = field(repr=False)


class ProvenTokens:
    """A bounded, least recently used memory by the digest of a token. Safe for many threads."""

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._tokens: OrderedDict[bytes, ProvenToken] = OrderedDict()

    def get(self, token: str) -> ProvenToken | None:
        """What is known of the token."""
        digest = _digest(token)
        with self._lock:
            found = self._tokens.get(digest)
            if found is not None:
                self._tokens.move_to_end(digest)
            return found

    def put(self, token: str, proven: ProvenToken) -> None:
        """The token is proven."""
        with self._lock:
            self._tokens[_digest(token)] = proven
            if len(self._tokens) > self._most:
                self._tokens.popitem(last=False)


def _digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("ascii")).digest()
