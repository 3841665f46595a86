"""What the Webhook service does: webhooks on behalf of callers (CONTRACT 2).

A webhook is looked for within the caller's scope first, in the one place that turns a scope into
a query; only then is it changed, by its id. Nothing ever moves a webhook to another tenant.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from event_service.document_decoding import decoded, top_decoded
from event_service.errors import InvalidParameter, RequiredParameter, Unavailable
from event_service.manager.webhook import plugin_of
from event_service.manager.webhook_document import key_shown
from event_service.plugins.plugin import NO_PLUGIN, PluginInfo, UpgradeMode
from event_service.query.scope import narrow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from event_service.caller import Caller
    from event_service.manager.key_vault import KeyVault
    from event_service.manager.reads import Reader, StatResult
    from event_service.manager.webhooks import WebhookManager
    from event_service.plugins.plugins import Plugins
    from event_service.stubs.spaceone.api.core.v2.query_pb2 import Query, StatisticsQuery

_MOST_CHANGES_MEANWHILE: Final = 5


@dataclass(frozen=True, slots=True)
class NewWebhook:
    """What a webhook shall be.

    ``workspace_id`` counts only for a caller who is not confined to a workspace.
    """

    name: str
    project_id: str
    workspace_id: str = ""
    plugin: PluginInfo = NO_PLUGIN
    tags: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PluginChange:
    """What shall be different about a plugin; None stays as it is."""

    version: str | None = None
    options: Mapping[str, Any] | None = field(default=None, repr=False)
    upgrade_mode: UpgradeMode | None = None


@dataclass(frozen=True, slots=True)
class ShownWebhook:
    """A webhook's document, and its key where that may be shown."""

    document: Mapping[str, Any] = field(repr=False)
    access_key: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class WebhookPage:
    """Some of the webhooks that match, and how many do in all."""

    webhooks: Sequence[ShownWebhook]
    total_count: int


class TenantWebhooks:
    """Every method raises NotFound for a webhook that is not the caller's."""

    def __init__(
        self,
        webhooks: WebhookManager,
        plugins: Plugins,
        reader: Reader,
        vault: KeyVault | None,
    ) -> None:
        """With a ``vault`` keys are shown to whoever may read their webhook."""
        self._webhooks = webhooks
        self._plugins = plugins
        self._reader = reader
        self._vault = vault

    def create(self, caller: Caller, new: NewWebhook) -> ShownWebhook:
        """A new webhook in the caller's scope, and its key.

        Raises RequiredParameter, InvalidParameter (a name that is taken, a plugin that is
        unknown or refuses), PermissionDenied (a project that is not the caller's), Unavailable
        (a plugin that does not answer).
        """
        for key in ("name", "project_id"):
            if not getattr(new, key).strip():
                raise RequiredParameter(key)
        narrow(caller, {"project_id": new.project_id})
        workspace_id = caller.scope.workspace_id or new.workspace_id
        if not workspace_id:
            raise RequiredParameter("workspace_id")
        domain_id = caller.scope.domain_id
        webhook, key = self._webhooks.create(
            new.name,
            domain_id,
            workspace_id,
            new.project_id,
            plugin=self._introduced(new.plugin, domain_id),
            tags=new.tags,
        )
        return ShownWebhook(decoded(self._reader.get(caller, webhook.webhook_id)), key)

    def update(
        self, caller: Caller, webhook_id: str, name: str | None, tags: Mapping[str, Any] | None
    ) -> ShownWebhook:
        """Give it another name or other tags. Raises InvalidParameter for a name that is taken."""
        self._reader.get(caller, webhook_id)
        self._webhooks.update(webhook_id, name, tags)
        return self.get(caller, webhook_id)

    def update_plugin(self, caller: Caller, webhook_id: str, change: PluginChange) -> ShownWebhook:
        """Change its plugin, which is asked for its metadata again; raises as ``create``.

        What somebody else changes of it meanwhile stays, unless this changes it too.
        """
        for _ in range(_MOST_CHANGES_MEANWHILE):
            raw = self._reader.get(caller, webhook_id)
            document = decoded(raw)
            plugin = _named_plugin(document)
            changed = replace(
                plugin,
                version=plugin.version if change.version is None else change.version,
                options=plugin.options if change.options is None else change.options,
                upgrade_mode=change.upgrade_mode or plugin.upgrade_mode,
            )
            introduced = self._introduced(changed, document["domain_id"])
            if self._webhooks.set_plugin(webhook_id, introduced, top_decoded(raw)["plugin_info"]):
                return self.get(caller, webhook_id)
        raise Unavailable("Others change the webhook's plugin. Nothing was changed; try again.")

    def verify_plugin(self, caller: Caller, webhook_id: str) -> None:
        """Ask its plugin whether the options work; raises InvalidParameter or Unavailable."""
        document = decoded(self._reader.get(caller, webhook_id))
        self._plugins.verify(_named_plugin(document), document["domain_id"])

    def enable(self, caller: Caller, webhook_id: str) -> ShownWebhook:
        """Let it take events again."""
        self._reader.get(caller, webhook_id)
        self._webhooks.enable(webhook_id)
        return self.get(caller, webhook_id)

    def disable(self, caller: Caller, webhook_id: str) -> ShownWebhook:
        """Let it take no events."""
        self._reader.get(caller, webhook_id)
        self._webhooks.disable(webhook_id)
        return self.get(caller, webhook_id)

    def delete(self, caller: Caller, webhook_id: str) -> None:
        """Delete it; its events stay."""
        self._reader.get(caller, webhook_id)
        self._webhooks.delete(webhook_id)

    def get(self, caller: Caller, webhook_id: str) -> ShownWebhook:
        """One webhook."""
        return self._shown(decoded(self._reader.get(caller, webhook_id)))

    def list(
        self,
        caller: Caller,
        query: Query,
        parameters: Mapping[str, str],
        seconds_left: float | None,
    ) -> WebhookPage:
        """Webhooks that match."""
        page = self._reader.list(caller, query, parameters, seconds_left)
        shown = [self._shown(decoded(found)) for found in page.documents]
        return WebhookPage(shown, page.total_count)

    def stat(
        self, caller: Caller, query: StatisticsQuery | None, seconds_left: float | None
    ) -> StatResult:
        """Statistics over webhooks."""
        return self._reader.stat(caller, query, seconds_left)

    def _introduced(self, plugin: PluginInfo, domain_id: str) -> PluginInfo:
        if not plugin.is_set:
            return plugin
        if not plugin.plugin_id:
            raise RequiredParameter("plugin_info.plugin_id")
        if plugin.upgrade_mode is UpgradeMode.MANUAL and not plugin.version:
            raise RequiredParameter("plugin_info.version")
        return self._plugins.init(plugin, domain_id)

    def _shown(self, document: Mapping[str, Any]) -> ShownWebhook:
        # What is left by a projection may lack the id, and shows no key then.
        key = key_shown(document, self._vault) if "webhook_id" in document else None
        return ShownWebhook(document, key)


def _named_plugin(document: Mapping[str, Any]) -> PluginInfo:
    plugin = plugin_of(document)
    if not plugin.plugin_id:
        raise InvalidParameter("webhook_id", "the webhook has no plugin")
    return plugin
