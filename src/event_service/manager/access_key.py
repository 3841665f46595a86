"""A webhook's access key: how it is made, what is kept of it, how it is checked.

Keys are random, 256 bits of them, so a single SHA-256 keeps them as safe as a slow hash would,
and a check costs a microsecond on the path of every event.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_KEY_BYTES = 32

# What an unknown webhook's key is compared with: nobody knows a key of this digest.
_NOBODYS_DIGEST = secrets.token_bytes(hashlib.sha256().digest_size)


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """What checks a webhook's key. Prints as nothing, so that no log shows it.

    ``in_clear`` says that the database still holds the key itself (a webhook of Cloudforet's).
    """

    digest: bytes
    in_clear: bool = False

    def __repr__(self) -> str:
        """The type's name and nothing of the key."""
        return "Credential(...)"


def new_key() -> str:
    """A new access key: 32 random bytes as 43 characters that are safe in a URL."""
    return secrets.token_urlsafe(_KEY_BYTES)


def digest_of(key: str) -> bytes:
    """The SHA-256 of a key's UTF-8 bytes."""
    return hashlib.sha256(key.encode()).digest()


def matches(credential: Credential | None, key: str) -> bool:
    """Whether the key is the right one, in a time that depends on neither.

    None, for an unknown webhook or one without a key, takes as long and is never matched.
    """
    expected = _NOBODYS_DIGEST if credential is None else credential.digest
    equal = hmac.compare_digest(expected, digest_of(key))
    return equal and credential is not None


def credential_of(document: Mapping[str, Any]) -> Credential | None:
    """The credential in a webhook's document, or None when it holds nothing that can be checked."""
    stored = document.get("access_key_hash")
    if isinstance(stored, str):
        try:
            return Credential(bytes.fromhex(stored))
        except ValueError:
            return None
    in_clear = document.get("access_key")
    if isinstance(in_clear, str) and in_clear:
        return Credential(digest_of(in_clear), in_clear=True)
    return None
