"""The life of webhooks, and who may send events through one (CONTRACT 3.1, 3.2)."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pymongo
import structlog
from pymongo.errors import DuplicateKeyError, PyMongoError

from event_service.errors import InvalidParameter, NotFound, PermissionDenied, WebhookDisabled
from event_service.ids import new_id
from event_service.instants import utc_now
from event_service.manager.access_key import credential_of, matches, new_key
from event_service.manager.guarded import guarded, value
from event_service.manager.webhook import Webhook, WebhookState, webhook_of
from event_service.manager.webhook_cache import KnownWebhook
from event_service.manager.webhook_changes import publish_change
from event_service.manager.webhook_document import (
    forget_clear_key,
    key_fields,
    key_update,
    plugin_document,
)
from event_service.manager.webhook_input import required
from event_service.manager.webhook_names import WantedName, WebhookNames
from event_service.manager.webhook_reads import WebhookReads
from event_service.plugins.plugin import NO_PLUGIN, PluginInfo
from event_service.stored_keys import to_stored

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pymongo.database import Database

    from event_service.manager.key_vault import KeyVault
    from event_service.manager.webhook_cache import WebhookCache
    from event_service.policies import RecordingPolicy, RecoveryMode
    from event_service.store_clients import RedisClient

_COLLECTION = "webhook"
_NEWEST_FIRST = [("created_at", -1), ("webhook_id", -1)]
_MOST_IDS_TRIED = 3

_log = structlog.get_logger(__name__)


class WebhookManager:
    """Creates, changes, finds and checks webhooks.

    Faults of the stores (``pymongo.errors.PyMongoError``) pass through. A Redis that is down
    stops nothing here.
    """

    def __init__(
        self,
        database: Database[dict[str, Any]],
        redis: RedisClient,
        cache: WebhookCache,
        vault: KeyVault | None = None,
        store_seconds: float = 5.0,
    ) -> None:
        """The cache stays unused until its ``WebhookChanges`` hears of changes.

        With a ``vault`` keys are kept so that they can be read again. ``store_seconds`` is how long
        the database may take where it has to be asked about a key.
        """
        self._webhooks = database[_COLLECTION]
        self._names = WebhookNames(database)
        self._redis = redis
        self._cache = cache
        self._vault = vault
        self._store_seconds = store_seconds
        self._reads = WebhookReads(self._webhooks, store_seconds)

    @property
    def waiting(self) -> int:
        """How many callers wait right now for the database to be asked about their keys."""
        return self._reads.waiting

    def authorise(self, webhook_id: str, access_key: str) -> Webhook:
        """The webhook, if the key is its own and it takes events (CONTRACT 3.1).

        Raises NotFound, then PermissionDenied, then WebhookDisabled. Only a yes is ever answered
        from the cache. A no always comes from the database: so a key is valid from the moment of
        its rotation, and a wrong key takes the same path as an unknown webhook.
        """
        known = self._cache.get(webhook_id)
        if known is not None and matches(known.credential, access_key):
            return known.webhook
        return self._authorise(webhook_id, access_key)

    def create(
        self,
        name: str,
        domain_id: str,
        workspace_id: str,
        project_id: str,
        *,
        plugin: PluginInfo = NO_PLUGIN,
        recovery_mode: RecoveryMode | None = None,
        recording_policy: RecordingPolicy | None = None,
        tags: Mapping[str, Any] | None = None,
    ) -> tuple[Webhook, str]:
        """A new, enabled webhook and its access key, which can't be read again without a vault.

        Raises RequiredParameter or InvalidParameter, also when the project has a webhook of that
        name.
        """
        wanted = WantedName(
            name=required("name", name),
            domain_id=required("domain_id", domain_id),
            workspace_id=required("workspace_id", workspace_id),
            project_id=required("project_id", project_id),
        )
        key = new_key()
        document: dict[str, Any] = {
            **asdict(wanted),
            "state": WebhookState.ENABLED.value,
            "plugin_info": plugin_document(plugin),
            "tags": to_stored(tags or {}),
            "requests": {"total": 0, "error": 0},
        }
        if recovery_mode is not None:
            document["recovery_mode"] = recovery_mode.value
        if recording_policy is not None:
            document["recording_policy"] = recording_policy.value
        with self._names.held(wanted):
            webhook = self._insert(document, key)
        self._announce(webhook.webhook_id)
        return webhook, key

    def get(self, webhook_id: str) -> Webhook:
        """The webhook as the database has it now. Raises NotFound."""
        webhook = self.find(webhook_id)
        if webhook is None:
            raise NotFound("webhook_id", webhook_id)
        return webhook

    def find(self, webhook_id: str) -> Webhook | None:
        """The webhook as the database has it now, if there is one."""
        document = self._webhooks.find_one({"webhook_id": webhook_id})
        return None if document is None else webhook_of(document)

    def list(
        self,
        *,
        domain_id: str | None = None,
        workspace_id: str | None = None,
        project_id: str | None = None,
    ) -> tuple[Webhook, ...]:
        """All webhooks, or those of a domain, workspace or project; the newest first."""
        asked = {"domain_id": domain_id, "workspace_id": workspace_id, "project_id": project_id}
        where = {key: value for key, value in asked.items() if value is not None}
        return tuple(webhook_of(found) for found in self._webhooks.find(where).sort(_NEWEST_FIRST))

    def rotate_key(self, webhook_id: str) -> tuple[Webhook, str]:
        """Give the webhook a new key and return both; the old key is void. Raises NotFound."""
        key = new_key()
        return self._change(webhook_id, key_update(webhook_id, key, self._vault)), key

    def update(
        self, webhook_id: str, name: str | None = None, tags: Mapping[str, Any] | None = None
    ) -> Webhook:
        """Give it another name or other tags; None leaves what is there.

        Raises NotFound, RequiredParameter for a name of spaces alone, and InvalidParameter for one
        that is taken in the project or can't be one.
        """
        changes: dict[str, Any] = {} if tags is None else {"tags": to_stored(tags)}
        webhook = self.get(webhook_id)
        wanted = webhook.name if name is None else required("name", name)
        if wanted == webhook.name:
            return self._change(webhook_id, {"$set": changes}) if changes else webhook
        name_wanted = WantedName(
            webhook.domain_id, webhook.workspace_id, webhook.project_id, wanted
        )
        with self._names.held(name_wanted, for_webhook=webhook_id):
            return self._change(webhook_id, {"$set": {"name": wanted, **changes}})

    def set_plugin(self, webhook_id: str, plugin: PluginInfo, before: object) -> bool:
        """Put the plugin in the place of ``before``, the ``plugin_info`` that was read.

        False, and nothing is changed, if the webhook has another one by now. Raises NotFound.
        """
        as_read = {"$eq": [{"$ifNull": ["$plugin_info", None]}, value(before)]}
        update = guarded(as_read, {"plugin_info": value(plugin_document(plugin))})
        changed = self._update(webhook_id, update)
        # What it has already is not modified either.
        return changed or self.get(webhook_id).plugin == plugin

    def enable(self, webhook_id: str) -> Webhook:
        """Let it take events again. Raises NotFound."""
        return self._change(webhook_id, {"$set": {"state": WebhookState.ENABLED.value}})

    def disable(self, webhook_id: str) -> Webhook:
        """Let it take no events. Raises NotFound."""
        return self._change(webhook_id, {"$set": {"state": WebhookState.DISABLED.value}})

    def delete(self, webhook_id: str) -> None:
        """Delete it; its events stay. Raises NotFound."""
        if self._webhooks.delete_one({"webhook_id": webhook_id}).deleted_count == 0:
            raise NotFound("webhook_id", webhook_id)
        self._announce(webhook_id)

    def _authorise(self, webhook_id: str, access_key: str) -> Webhook:
        ticket = self._cache.ticket()
        document = self._reads.find(webhook_id)
        credential = None if document is None else credential_of(document)
        key_is_right = matches(credential, access_key)
        if document is None:
            raise NotFound("webhook_id", webhook_id)
        if credential is None or not key_is_right:
            raise PermissionDenied(f"Access key is wrong. (webhook_id = {webhook_id})")
        if credential.in_clear:
            self._forget_clear_key(webhook_id, access_key)
        webhook = webhook_of(document)
        if not webhook.enabled:
            raise WebhookDisabled(webhook_id)
        self._cache.put(KnownWebhook(webhook, credential), ticket)
        return webhook

    def _insert(self, document: dict[str, Any], key: str) -> Webhook:
        for _ in range(_MOST_IDS_TRIED):
            webhook_id = new_id("webhook")
            secret = key_fields(webhook_id, key, self._vault)
            made = {"webhook_id": webhook_id, **document, **secret, "created_at": utc_now()}
            try:
                self._webhooks.insert_one(made)
            except DuplicateKeyError as fault:
                if "webhook_id" not in ((fault.details or {}).get("keyPattern") or {}):
                    # A database that was taken over may have indexes of its own.
                    raise InvalidParameter("name", "it is taken") from fault
            else:
                return webhook_of(made)
        raise RuntimeError("every random id was taken: the source of randomness is broken")

    def _change(self, webhook_id: str, update: Mapping[str, Any]) -> Webhook:
        self._update(webhook_id, update)
        return self.get(webhook_id)

    def _update(
        self, webhook_id: str, update: Mapping[str, Any] | Sequence[Mapping[str, Any]]
    ) -> bool:
        """Whether it changed anything. Raises NotFound."""
        updated = self._webhooks.update_one({"webhook_id": webhook_id}, update)
        if updated.matched_count == 0:
            raise NotFound("webhook_id", webhook_id)
        self._announce(webhook_id)
        return updated.modified_count == 1

    def _announce(self, webhook_id: str) -> None:
        self._cache.forget(webhook_id)
        publish_change(self._redis, webhook_id)

    def _forget_clear_key(self, webhook_id: str, access_key: str) -> None:
        """Keep only the digest of a key that Cloudforet stored in clear, also within the URL."""
        try:
            with pymongo.timeout(self._store_seconds):
                forget_clear_key(self._webhooks, webhook_id, access_key, self._vault)
        except PyMongoError as fault:
            _log.warning(
                "key stays in clear until it is used again",
                webhook_id=webhook_id,
                fault=type(fault).__name__,
            )
