"""Event documents as messages of the published API (CONTRACT 1.7 and 5)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from event_service.instants import format_instant
from event_service.stubs.spaceone.api.monitoring.v1.event_pb2 import EventInfo
from event_service.wire.struct import dict_to_struct

_TEXTS = (
    "event_id",
    "event_key",
    "event_type",
    "title",
    "description",
    "severity",
    "rule",
    "image_url",
    "provider",
    "account",
    "domain_id",
    "workspace_id",
    "project_id",
    "alert_id",
    "webhook_id",
)
_STRUCTS = ("additional_info", "raw_data")
_INSTANTS = ("created_at", "occurred_at")


def event_info(document: Mapping[str, Any]) -> EventInfo:
    """The message of a document, or of what a projection left of it: absent fields stay unset."""
    info = EventInfo()
    for field in _TEXTS:
        if (value := document.get(field)) is not None:
            setattr(info, field, str(value))
    for field in _INSTANTS:
        if (value := document.get(field)) is not None:
            setattr(info, field, format_instant(value))
    for field in _STRUCTS:
        if isinstance(value := document.get(field), Mapping):
            getattr(info, field).CopyFrom(dict_to_struct(value))
    resources = document.get("resources")
    if isinstance(resources, list):
        info.resources.extend(str(one) for one in resources if one is not None)
    elif isinstance(resources, str):  # unwound
        info.resources.append(resources)
    return info
