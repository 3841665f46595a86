"""Access keys that Cloudforet stored in clear, and how they are made digests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from event_service.manager.access_key import credential_of
from event_service.manager.webhook_document import key_update

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.collection import Collection

    from event_service.manager.key_vault import KeyVault

_MAYBE_IN_CLEAR: Final = {"access_key": {"$type": "string"}}
"""Some more webhooks than have it there: ``credential_of`` says of each whether it is so."""


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
