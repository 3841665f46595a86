"""Keys that can be read again by who has the secret, and by nobody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from event_service.manager.access_key import digest_of
from event_service.manager.key_vault import KeyVault, vault_for
from event_service.manager.webhook_document import key_shown

if TYPE_CHECKING:
    from structlog.typing import EventDict

SECRET = "a secret of more than thirty-two characters"  # noqa: S105


def test_what_is_sealed_can_be_opened() -> None:
    vault = KeyVault(SECRET)
    sealed = vault.seal("webhook-1", "the-key")
    assert "the-key" not in sealed
    assert sealed != vault.seal("webhook-1", "the-key")
    assert KeyVault(SECRET).open("webhook-1", sealed) == "the-key"


def test_another_secret_or_webhook_opens_nothing(log: list[EventDict]) -> None:
    sealed = KeyVault(SECRET).seal("webhook-1", "the-key")
    assert KeyVault(SECRET + "!").open("webhook-1", sealed) is None
    assert KeyVault(SECRET).open("webhook-2", sealed) is None
    assert [line["webhook_id"] for line in log] == ["webhook-1", "webhook-2"]
    assert sealed not in str(log)


@pytest.mark.parametrize("sealed", [None, 7, "", "not base64 é", "YWJj", "A" * 40])
def test_what_was_never_sealed_opens_nothing(sealed: object) -> None:
    assert KeyVault(SECRET).open("webhook-1", sealed) is None


def test_there_is_a_vault_only_where_keys_are_shown() -> None:
    assert vault_for(SECRET, keys_are_shown=True) is not None
    assert vault_for(SECRET, keys_are_shown=False) is None
    assert vault_for(None, keys_are_shown=False) is None


@pytest.mark.parametrize(("digest", "shown"), [(digest_of("new").hex(), None), (None, "old")])
def test_a_key_in_clear_is_shown_as_long_as_it_is_valid(
    digest: str | None, shown: str | None
) -> None:
    document = {"webhook_id": "webhook-1", "access_key": "old", "access_key_hash": digest}
    assert key_shown(document, KeyVault(SECRET)) == shown
