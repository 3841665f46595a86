"""What is written into a webhook's document, and the keys that Cloudforet wrote there in clear."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from event_service.manager.access_key import credential_of, digest_of
from event_service.stored_keys import to_stored

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pymongo.collection import Collection

    from event_service.manager.key_vault import KeyVault
    from event_service.plugins.plugin import PluginInfo

SEALED_KEY = "access_key_sealed"
"""The field of a key that can be read again; see ``KeyVault``."""

_KEY_IN_CLEAR = ("access_key", "webhook_url")
"""Where Cloudforet has the key; the second contains it."""

_MAYBE_IN_CLEAR: Final = {"access_key": {"$type": "string"}}
"""Some more webhooks than have it there: ``credential_of`` says of each whether it is so."""


def key_fields(webhook_id: str, key: str, vault: KeyVault | None) -> dict[str, Any]:
    """What is kept of a key."""
    fields = {"access_key_hash": digest_of(key).hex()}
    if vault is not None:
        fields[SEALED_KEY] = vault.seal(webhook_id, key)
    return fields


def key_update(webhook_id: str, key: str, vault: KeyVault | None) -> dict[str, Any]:
    """The update that puts a key in the place of whatever was there."""
    kept = key_fields(webhook_id, key, vault)
    gone = [field for field in (*_KEY_IN_CLEAR, SEALED_KEY) if field not in kept]
    return {"$set": kept, "$unset": dict.fromkeys(gone, "")}


def key_shown(document: Mapping[str, Any], vault: KeyVault | None) -> str | None:
    """The key of a document, if keys are shown and this one can be."""
    if vault is None:
        return None
    credential = credential_of(document)
    if credential is not None and credential.in_clear:
        return str(document["access_key"])
    return vault.open(document["webhook_id"], document.get(SEALED_KEY))


def keys_in_clear(webhooks: Collection[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    """webhook_id and access key of each webhook that has its key in clear.

    One whose webhook_id is no text is left alone.
    """
    for document in webhooks.find(_MAYBE_IN_CLEAR):
        webhook_id, credential = document.get("webhook_id"), credential_of(document)
        if isinstance(webhook_id, str) and credential is not None and credential.in_clear:
            yield webhook_id, document["access_key"]


def forget_clear_key(
    webhooks: Collection[dict[str, Any]], webhook_id: str, access_key: str, vault: KeyVault | None
) -> None:
    """Keep only the digest of a key that is stored in clear, also within the URL.

    With a ``vault`` it can be read again. Raises pymongo.errors.PyMongoError.
    """
    # The key in the filter: one that was rotated meanwhile stays as it is.
    webhooks.update_one(
        {"webhook_id": webhook_id, "access_key": access_key},
        key_update(webhook_id, access_key, vault),
    )


def plugin_document(plugin: PluginInfo) -> dict[str, Any] | None:
    """``plugin_info`` as Cloudforet stores it; None where no plugin is named."""
    if not plugin.is_set:
        return None
    return {
        "plugin_id": plugin.plugin_id or None,
        "version": plugin.version or None,
        "options": to_stored(plugin.options),
        "metadata": to_stored(plugin.metadata),
        "upgrade_mode": plugin.upgrade_mode.value,
    }
