"""``spaceone.api.monitoring.v1.Webhook``: message in, message out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from google.protobuf.empty_pb2 import Empty

from event_service.auth.access import WEBHOOK_READ, WEBHOOK_WRITE
from event_service.errors import InvalidParameter
from event_service.manager.tenant_webhooks import NewWebhook, PluginChange, TenantWebhooks
from event_service.manager.webhook_input import optional
from event_service.plugins.plugin import PluginInfo, UpgradeMode
from event_service.servicer.method import Method
from event_service.stubs.spaceone.api.monitoring.v1 import webhook_pb2
from event_service.wire.statistic_message import statistic_struct
from event_service.wire.struct import struct_to_dict
from event_service.wire.webhook_message import webhook_info

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from google.protobuf.message import Message
    from google.protobuf.struct_pb2 import Struct

    from event_service.manager.tenant_webhooks import ShownWebhook
    from event_service.servicer.call import Call
    from event_service.wire.encoded import Encoded

SERVICE = webhook_pb2.DESCRIPTOR.services_by_name["Webhook"].full_name

_PARAMETERS = ("webhook_id", "name", "workspace_id", "project_id")
_STATES = webhook_pb2.WebhookQuery.WebhookState


class WebhookServicer:
    """The ten methods, on TenantWebhooks. ``url_prefix`` is what webhooks' paths are behind."""

    def __init__(self, webhooks: TenantWebhooks, url_prefix: str) -> None:
        self._webhooks = webhooks
        self._url_prefix = url_prefix

    def methods(self) -> Iterable[Method]:
        """What is to be hosted."""
        one = webhook_pb2.WebhookRequest
        return (
            _write("create", webhook_pb2.CreateWebhookRequest, self.create),
            _write("update", webhook_pb2.UpdateWebhookRequest, self.update),
            _write("update_plugin", webhook_pb2.UpdateWebhookPluginRequest, self.update_plugin),
            _write("verify_plugin", one, self.verify_plugin),
            _write("enable", one, self.enable),
            _write("disable", one, self.disable),
            _write("delete", one, self.delete),
            _read("get", one, self.get),
            _read("list", webhook_pb2.WebhookQuery, self.list),
            _read("stat", webhook_pb2.WebhookStatQuery, self.stat),
        )

    def create(
        self, request: webhook_pb2.CreateWebhookRequest, call: Call
    ) -> webhook_pb2.WebhookInfo:
        """A new webhook; its key is in this answer, and in no other unless keys are shown."""
        new = NewWebhook(
            name=request.name,
            project_id=request.project_id,
            workspace_id=call.metadata.get("x_workspace_id", ""),
            plugin=_plugin(request.plugin_info),
            tags=struct_to_dict(request.tags, name="tags"),
        )
        return self._info(self._webhooks.create(call.known_caller, new))

    def update(
        self, request: webhook_pb2.UpdateWebhookRequest, call: Call
    ) -> webhook_pb2.WebhookInfo:
        """Another name, other tags; what is absent stays."""
        tags = _object(request, "tags")
        caller = call.known_caller
        return self._info(
            self._webhooks.update(caller, request.webhook_id, request.name or None, tags)
        )

    def update_plugin(
        self, request: webhook_pb2.UpdateWebhookPluginRequest, call: Call
    ) -> webhook_pb2.WebhookInfo:
        """Another version, options or upgrade mode of its plugin; what is absent stays."""
        change = PluginChange(
            version=optional("version", request.version) or None,
            options=_object(request, "options"),
            upgrade_mode=_upgrade_mode("upgrade_mode", request.upgrade_mode),
        )
        caller = call.known_caller
        return self._info(self._webhooks.update_plugin(caller, request.webhook_id, change))

    def verify_plugin(self, request: webhook_pb2.WebhookRequest, call: Call) -> Empty:
        """Whether its plugin's options work."""
        self._webhooks.verify_plugin(call.known_caller, request.webhook_id)
        return Empty()

    def enable(self, request: webhook_pb2.WebhookRequest, call: Call) -> webhook_pb2.WebhookInfo:
        """Let deliveries in again."""
        return self._info(self._webhooks.enable(call.known_caller, request.webhook_id))

    def disable(self, request: webhook_pb2.WebhookRequest, call: Call) -> webhook_pb2.WebhookInfo:
        """Refuse deliveries."""
        return self._info(self._webhooks.disable(call.known_caller, request.webhook_id))

    def delete(self, request: webhook_pb2.WebhookRequest, call: Call) -> Empty:
        """Delete it; its events stay."""
        self._webhooks.delete(call.known_caller, request.webhook_id)
        return Empty()

    def get(self, request: webhook_pb2.WebhookRequest, call: Call) -> webhook_pb2.WebhookInfo:
        """One webhook."""
        return self._info(self._webhooks.get(call.known_caller, request.webhook_id))

    def list(self, request: webhook_pb2.WebhookQuery, call: Call) -> webhook_pb2.WebhooksInfo:
        """Webhooks that match. Nobody may ask whose a key is, so access_key is refused."""
        if request.access_key:
            raise InvalidParameter("access_key", "webhooks are not looked for by their keys")
        parameters = {key: value for key in _PARAMETERS if (value := getattr(request, key))}
        if request.state:
            parameters["state"] = _state(request.state)
        page = self._webhooks.list(
            call.known_caller,
            request.query,
            parameters,
            call.time_remaining(),
        )
        return webhook_pb2.WebhooksInfo(
            results=[self._info(shown) for shown in page.webhooks], total_count=page.total_count
        )

    def stat(self, request: webhook_pb2.WebhookStatQuery, call: Call) -> Encoded[Struct]:
        """Statistics over webhooks."""
        statistic = self._webhooks.stat(
            call.known_caller,
            request.query if request.HasField("query") else None,
            call.time_remaining(),
        )
        return statistic_struct(statistic.results, statistic.total_count)

    def _info(self, shown: ShownWebhook) -> webhook_pb2.WebhookInfo:
        return webhook_info(shown.document, shown.access_key, self._url_prefix)


def _write(name: str, request: Any, run: Any) -> Method:
    return Method(SERVICE, name, request, WEBHOOK_WRITE, run)


def _read(name: str, request: Any, run: Any) -> Method:
    return Method(SERVICE, name, request, WEBHOOK_READ, run)


def _plugin(info: webhook_pb2.WebhookPluginInfo) -> PluginInfo:
    return PluginInfo(
        plugin_id=optional("plugin_info.plugin_id", info.plugin_id),
        version=optional("plugin_info.version", info.version),
        options=struct_to_dict(info.options, name="plugin_info.options"),
        metadata=struct_to_dict(info.metadata, name="plugin_info.metadata"),
        upgrade_mode=_upgrade_mode("plugin_info.upgrade_mode", info.upgrade_mode)
        or UpgradeMode.AUTO,
    )


def _upgrade_mode(key: str, number: int) -> UpgradeMode | None:
    """None for what is absent, which NONE can't be told from (CONTRACT 1.7)."""
    if not number:
        return None
    try:
        return UpgradeMode(webhook_pb2.WebhookPluginInfo.UpgradeMode.Name(number))
    except ValueError:
        raise InvalidParameter(key, f"none of {', '.join(UpgradeMode)}") from None


def _state(number: int) -> str:
    try:
        return _STATES.Name(number)
    except ValueError:
        raise InvalidParameter("state", f"none of {', '.join(_STATES.keys())}") from None


def _object(request: Message, field: str) -> Mapping[str, Any] | None:
    """The object in a field, None for an absent one."""
    return struct_to_dict(getattr(request, field), name=field) if request.HasField(field) else None
