"""What is written into a webhook's document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from event_service.manager.access_key import credential_of, digest_of
from event_service.stored_keys import to_stored

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.manager.key_vault import KeyVault
    from event_service.plugins.plugin import PluginInfo

SEALED_KEY = "access_key_sealed"
"""The field of a key that can be read again; see ``KeyVault``."""

_KEY_IN_CLEAR = ("access_key", "webhook_url")
"""Where Cloudforet has the key; the second contains it."""


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
