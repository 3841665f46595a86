"""Access keys that can be read again, for consoles that show them (EVENT_WEBHOOK_SHOW_KEYS)."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import Final

import structlog
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_log = structlog.get_logger(__name__)

_PURPOSE: Final = b"event-service webhook access key"
_NONCE_BYTES: Final = 12


class KeyVault:
    """Encrypts keys with AES-256-GCM under a key derived from a secret (HKDF-SHA256).

    A sealed key is bound to its webhook: put into another's document, it can't be opened.
    """

    def __init__(self, secret: str) -> None:
        """``secret`` has to be hard to guess; it is not kept."""
        derivation = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE)
        self._cipher = AESGCM(derivation.derive(secret.encode()))

    def seal(self, webhook_id: str, key: str) -> str:
        """The key as it may be stored."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, key.encode(), webhook_id.encode())
        return urlsafe_b64encode(nonce + sealed).decode("ascii")

    def open(self, webhook_id: object, sealed: object) -> str | None:
        """The key, or None (and a line in the log) when it was sealed with another secret.

        None also where another program has left an id or a sealed key that is no text.
        """
        if not isinstance(webhook_id, str) or not isinstance(sealed, str):
            return None
        try:
            content = urlsafe_b64decode(sealed)
            opened = self._cipher.decrypt(
                content[:_NONCE_BYTES], content[_NONCE_BYTES:], webhook_id.encode()
            )
            return opened.decode()
        except (InvalidTag, ValueError):
            _log.warning("kept key not opened: another EVENT_SECRET_KEY", webhook_id=webhook_id)
            return None


def vault_for(secret: str | None, *, keys_are_shown: bool) -> KeyVault | None:
    """The vault, if keys are to be shown."""
    return KeyVault(secret) if keys_are_shown and secret else None
