"""Webhook documents as messages of the published API, without their secrets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from event_service.stubs.spaceone.api.monitoring.v1.webhook_pb2 import (
    WebhookInfo,
    WebhookPluginInfo,
    WebhookRequests,
)
from event_service.wire.foreign import count_of, plain_value
from event_service.wire.struct import dict_to_struct

_TEXTS = ("webhook_id", "name", "domain_id", "workspace_id", "project_id")
_STRUCTS = ("capability", "tags")
_STATES = {"ENABLED": WebhookInfo.ENABLED, "DISABLED": WebhookInfo.DISABLED}
_UPGRADE_MODES = {"MANUAL": WebhookPluginInfo.MANUAL, "AUTO": WebhookPluginInfo.AUTO}


def webhook_info(
    document: Mapping[str, Any], access_key: str | None = None, url_prefix: str = ""
) -> WebhookInfo:
    """The message of a document, or of what a projection left of it: absent fields stay unset.

    The key comes from ``access_key`` alone. What a document holds of one is never shown.
    """
    info = WebhookInfo()
    for field in _TEXTS:
        if (value := document.get(field)) is not None:
            setattr(info, field, str(value))
    if (state := _STATES.get(str(document.get("state")))) is not None:
        info.state = state
    for field in _STRUCTS:
        if isinstance(value := document.get(field), Mapping):
            getattr(info, field).CopyFrom(dict_to_struct(value))
    if isinstance(plugin := document.get("plugin_info"), Mapping):
        info.plugin_info.CopyFrom(_plugin_info(plugin))
    if isinstance(requests := document.get("requests"), Mapping):
        info.requests.CopyFrom(_requests(requests))
    if (value := document.get("created_at")) is not None:
        info.created_at = str(plain_value(value))
    if access_key is not None and info.webhook_id:
        info.access_key = access_key
        info.webhook_url = webhook_url(url_prefix, info.webhook_id, access_key)
    return info


def webhook_url(prefix: str, webhook_id: str, access_key: str) -> str:
    """Where a monitoring tool has to post; without a prefix, the path of it."""
    return f"{prefix}/monitoring/v1/webhook/{webhook_id}/{access_key}/events"


def _plugin_info(plugin: Mapping[str, Any]) -> WebhookPluginInfo:
    info = WebhookPluginInfo()
    for field in ("plugin_id", "version"):
        if (value := plugin.get(field)) is not None:
            setattr(info, field, str(value))
    for field in ("options", "metadata"):
        if isinstance(value := plugin.get(field), Mapping):
            getattr(info, field).CopyFrom(dict_to_struct(value))
    if (mode := _UPGRADE_MODES.get(str(plugin.get("upgrade_mode")))) is not None:
        info.upgrade_mode = mode
    return info


def _requests(requests: Mapping[str, Any]) -> WebhookRequests:
    return WebhookRequests(
        total=count_of(requests.get("total")), error=count_of(requests.get("error"))
    )
