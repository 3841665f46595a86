"""A document of public keys by domain (EVENT_AUTH_JWKS), and the one that is a file."""

from __future__ import annotations

import errno
import json
import os
import stat
from threading import Lock
from typing import TYPE_CHECKING, BinaryIO, Final

import structlog

from event_service.auth.jwk import UnusableKeyError, read_keys

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from event_service.auth.jwk import VerificationKey

_log = structlog.get_logger(__name__)

MAX_DOCUMENT_BYTES: Final = 16 * 1024 * 1024

KeysByDomain = dict[str, tuple["VerificationKey", ...]]

_Edition = tuple[int, int, int]
"""Tells one state of a file from another without reading it."""


def read_document(text: bytes) -> KeysByDomain:
    """The keys in ``{domain_id: JWK or {"keys": [JWK, ...]}}``.

    A domain whose keys are unusable is left out, so that it doesn't take the others with it; the
    log tells. Raises ValueError when the document as a whole is too long or not such an object.
    """
    if len(text) > MAX_DOCUMENT_BYTES:
        raise ValueError(f"more than {MAX_DOCUMENT_BYTES} bytes")
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        raise ValueError("not JSON") from None
    if not isinstance(document, dict) or "kty" in document or "keys" in document:
        raise ValueError("not an object of JWKs keyed by domain id")
    return _usable(document)


def open_document(path: Path) -> BinaryIO:
    """A document's file. Raises OSError, also for what is no regular file."""
    if not stat.S_ISREG(path.stat().st_mode):  # to open a pipe is to wait for who writes
        raise OSError(errno.EINVAL, "not a regular file", str(path))
    return path.open("rb")


def beginning(file: BinaryIO) -> bytes:
    """As much of a document's file as shows whether it is too long. Raises OSError."""
    return file.read(MAX_DOCUMENT_BYTES + 1)


def _usable(document: Mapping[str, object]) -> KeysByDomain:
    keys: KeysByDomain = {}
    for domain_id, entry in document.items():
        try:
            keys[domain_id] = read_keys(entry)
        except UnusableKeyError as reason:
            _log.error("keys of a domain left out", domain_id=domain_id, reason=str(reason))
    return keys


class JwksFile:
    """A KeySource over a JSON file, read again whenever it has changed.

    An edition that can't be read leaves the one before in force. Raises ValueError or OSError
    when the first one can't be.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = Lock()
        self._seen: _Edition | None
        self._seen, self._keys = self._read()

    def get(self, domain_id: str) -> tuple[VerificationKey, ...] | None:
        """See KeySource."""
        with self._lock:
            fault = self._reread_if_changed()
            known = self._keys.get(domain_id)
        if fault is not None:  # told without the lock, which every check of a token waits for
            _log.error("file of public keys used as it was before", reason=str(fault))
        return known

    renew = get

    def _read(self) -> tuple[_Edition, KeysByDomain]:
        with open_document(self._path) as file:
            edition = _edition(os.fstat(file.fileno()))
            return edition, read_document(beginning(file))

    def _reread_if_changed(self) -> Exception | None:
        """Why the file as it is now can't be used, if that is news."""
        before = self._seen
        try:
            self._seen = None
            self._seen = _edition(self._path.stat())
            if self._seen != before:
                self._seen, self._keys = self._read()
        except (OSError, ValueError) as fault:
            return None if self._seen == before else fault
        return None


def _edition(status: os.stat_result) -> _Edition:
    # Also what keeps size and time as they were changes this one: so does leave to read it.
    return status.st_ino, status.st_size, status.st_ctime_ns
