"""How keys are made, kept and compared."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

import pytest

from event_service.manager.access_key import (
    Credential,
    credential_of,
    digest_of,
    matches,
    new_key,
)


def test_a_key_is_32_random_bytes() -> None:
    keys = {new_key() for _ in range(100)}
    assert len(keys) == 100
    assert {len(base64.urlsafe_b64decode(key + "=")) for key in keys} == {32}


def test_the_digest_is_sha256() -> None:
    assert digest_of("kéy") == hashlib.sha256("kéy".encode()).digest()


def test_only_the_key_itself_matches() -> None:
    key = new_key()
    credential = Credential(digest_of(key))
    assert matches(credential, key)
    assert not matches(credential, key + "x")
    assert not matches(credential, "")
    assert not matches(credential, credential.digest.hex())


def test_nothing_matches_an_unknown_webhook() -> None:
    assert not matches(None, new_key())
    assert not matches(None, "")


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"access_key": None},
        {"access_key": ""},
        {"access_key": 5},
        {"access_key_hash": "not hex", "access_key": "k"},
    ],
)
def test_a_webhook_without_a_key_has_no_credential(document: dict[str, Any]) -> None:
    assert credential_of(document) is None


def test_a_digest_wins_over_a_key_in_clear() -> None:
    credential = credential_of({"access_key_hash": digest_of("new").hex(), "access_key": "old"})
    assert credential is not None
    assert not credential.in_clear
    assert matches(credential, "new")
    assert not matches(credential, "old")


def test_a_key_in_clear_is_recognised() -> None:
    credential = credential_of({"access_key": "old"})
    assert credential is not None
    assert credential.in_clear
    assert matches(credential, "old")


def test_a_credential_prints_nothing() -> None:
    credential = Credential(digest_of("k"))
    for text in (repr(credential), str(credential), f"{credential!r:s}"):
        assert text == "Credential(...)"
