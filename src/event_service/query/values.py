"""Values of a request as Python values."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from event_service.errors import RequiredParameter
from event_service.instants import parse_iso
from event_service.query.fields import Field, FieldKind

if TYPE_CHECKING:
    from datetime import datetime

    from google.protobuf import struct_pb2

    from event_service.stubs.spaceone.api.core.v2 import query_pb2

Scalar: TypeAlias = bool | float | str | None
Json: TypeAlias = "Scalar | list[Json] | dict[str, Json]"


def given_value(part: query_pb2.Filter | query_pb2.AggregateSubCondition) -> Json:
    """The value of a filter or a condition; without one it is null (CONTRACT 1.7)."""
    alias = part.WhichOneof("value_alias")
    return None if alias is None else python_value(getattr(part, alias))


def python_value(value: struct_pb2.Value) -> Json:
    """The value in Python's types; one that says nothing is null."""
    kind = value.WhichOneof("kind")
    if kind is None or kind == "null_value":
        return None
    if kind == "list_value":
        return [python_value(member) for member in value.list_value.values]
    if kind == "struct_value":
        return {key: python_value(inner) for key, inner in value.struct_value.fields.items()}
    scalar: Scalar = getattr(value, kind)
    return scalar


def required(place: str, text: str) -> str:
    """The text. Raises RequiredParameter, naming the parameter ``place``, when it is empty."""
    if not text:
        raise RequiredParameter(place)
    return text


def is_scalar(value: Json) -> bool:
    """Whether it is null, a boolean, a number or a string."""
    return not isinstance(value, list | dict)


def as_stored(field: Field, value: Json) -> Json | datetime:
    """The value as the field stores it: an ISO 8601 text is an instant in a field of instants.

    Another text stays what it is, and so equals no instant and is neither before nor after one.
    """
    if field.kind is FieldKind.DATETIME and isinstance(value, str):
        try:
            return parse_iso(value)
        except ValueError:
            return value
    return value
