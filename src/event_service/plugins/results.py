"""A plugin's answer as raw results, in the shape that every parser gives (CONTRACT 3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from event_service.errors import InvalidParameter, TooLarge
from event_service.wire.struct import struct_to_dict

if TYPE_CHECKING:
    from google.protobuf.struct_pb2 import Struct

    from event_service.stubs.spaceone.api.monitoring.plugin.event_pb2 import EventInfo

_TEXTS = (
    "event_key",
    "event_type",
    "title",
    "description",
    "rule",
    "occurred_at",
    "image_url",
    "provider",
    "account",
)


def raw_result(info: EventInfo) -> dict[str, Any]:
    """What a parser of our own would give for it.

    A severity without a name, and an object that JSON can't hold or with too many members, are
    handed on as what ``normalise`` refuses, so that this result is refused alone (CONTRACT 3.4).
    """
    result: dict[str, Any] = {field: getattr(info, field) for field in _TEXTS}
    result["severity"] = int(info.severity)
    result["resources"] = list(info.resources)
    for field in ("resource", "additional_info"):
        if info.HasField(field):
            result[field] = _object(getattr(info, field))
    return result


def _object(struct: Struct) -> dict[str, Any] | str:
    try:
        return struct_to_dict(struct)
    except (InvalidParameter, TooLarge):
        return "no JSON object"
