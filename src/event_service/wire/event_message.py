"""Event documents as messages of the published API (CONTRACT 1.7 and 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bson.raw_bson import RawBSONDocument

from event_service.bodies.fields import sized_field
from event_service.document_decoding import top_decoded, wholly_decoded
from event_service.stubs.spaceone.api.monitoring.v1.event_pb2 import EventInfo
from event_service.wire.foreign import plain_value
from event_service.wire.struct import encoded_struct

if TYPE_CHECKING:
    from collections.abc import Mapping

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
_STRUCTS = {
    "additional_info": EventInfo.ADDITIONAL_INFO_FIELD_NUMBER,
    "raw_data": EventInfo.RAW_DATA_FIELD_NUMBER,
}
_INSTANTS = ("created_at", "occurred_at")


def encoded_event(raw: bytes) -> bytes:
    """The EventInfo of a document, or of what a projection left of it: absent fields stay unset."""
    document = top_decoded(raw)
    encoded = EventInfo(**_flat_fields(document)).SerializeToString()
    for field, number in _STRUCTS.items():
        if isinstance(value := document.get(field), RawBSONDocument):
            encoded += sized_field(number, encoded_struct(bytes(value.raw)))
    return encoded


def _flat_fields(document: Mapping[str, Any]) -> dict[str, Any]:
    fields: dict[str, Any] = {
        field: _text(value) for field in _TEXTS if (value := document.get(field)) is not None
    }
    for field in _INSTANTS:
        if (value := document.get(field)) is not None:
            # Another program may keep a text.
            fields[field] = _text(plain_value(wholly_decoded(value)))
    resources = document.get("resources")
    if isinstance(resources, list):
        fields["resources"] = [_text(one) for one in resources if one is not None]
    elif isinstance(resources, str):  # unwound
        fields["resources"] = [resources]
    return fields


def _text(value: Any) -> str:
    return value if type(value) is str else str(wholly_decoded(value))
