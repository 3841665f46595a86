"""JSON schemas of messages, as the JSON mapping of proto3 has them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from google.protobuf.descriptor import FieldDescriptor

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.descriptor import Descriptor, EnumDescriptor

Schema = dict[str, Any]

_WELL_KNOWN: Final[Mapping[str, Schema]] = {
    "google.protobuf.Struct": {"type": "object"},
    "google.protobuf.Value": {},
    "google.protobuf.ListValue": {"type": "array", "items": {}},
    "google.protobuf.Empty": {"type": "object", "additionalProperties": False},
    "google.protobuf.Timestamp": {"type": "string", "format": "date-time"},
    "google.protobuf.Duration": {"type": "string"},
}
_INTEGER: Final[Schema] = {"type": "integer", "format": "int32"}
_NATURAL: Final[Schema] = {"type": "integer", "format": "uint32", "minimum": 0}
# A double holds no more than 53 bits, so JSON has these as strings.
_LONG: Final[Schema] = {"type": "string", "format": "int64"}

_SCALARS: Final[Mapping[int, Schema]] = {
    FieldDescriptor.CPPTYPE_STRING: {"type": "string"},
    FieldDescriptor.CPPTYPE_BOOL: {"type": "boolean"},
    FieldDescriptor.CPPTYPE_DOUBLE: {"type": "number"},
    FieldDescriptor.CPPTYPE_FLOAT: {"type": "number"},
    FieldDescriptor.CPPTYPE_INT64: _LONG,
    FieldDescriptor.CPPTYPE_UINT64: _LONG,
    FieldDescriptor.CPPTYPE_UINT32: _NATURAL,
}

_REQUIRED: Final = "Required."


class Schemas:
    """Gives schemas and gathers the components that they refer to."""

    def __init__(self, comments: Mapping[str, str]) -> None:
        self._comments = comments
        self.components: dict[str, Schema] = {}

    def message(self, kind: Descriptor) -> Schema:
        """The schema of a message, by reference where it is a component."""
        if (known := _WELL_KNOWN.get(kind.full_name)) is not None:
            return dict(known)
        if kind.full_name not in self.components:
            self.components[kind.full_name] = {}  # a message may hold itself
            self.components[kind.full_name] = self._component(kind)
        return {"$ref": f"#/components/schemas/{kind.full_name}"}

    def _component(self, kind: Descriptor) -> Schema:
        properties = {field.name: self._field(field) for field in kind.fields}
        required = [field.name for field in kind.fields if self._is_required(field)]
        schema: Schema = {"type": "object", "properties": properties}
        if required:
            schema["required"] = required
        return self._described(kind.full_name, schema)

    def _field(self, field: FieldDescriptor) -> Schema:
        schema = self._single(field)
        if field.is_repeated:
            schema = {"type": "array", "items": schema}
        return self._described(field.full_name, schema)

    def _single(self, field: FieldDescriptor) -> Schema:
        if field.message_type is not None:
            return self.message(field.message_type)
        if field.enum_type is not None:
            return self._enum(field.enum_type)
        if field.type == field.TYPE_BYTES:
            return {"type": "string", "format": "byte"}
        return dict(_SCALARS.get(field.cpp_type, _INTEGER))

    def _enum(self, kind: EnumDescriptor) -> Schema:
        names = [value.name for value in kind.values]
        return self._described(kind.full_name, {"type": "string", "enum": names})

    def _described(self, name: str, schema: Schema) -> Schema:
        if name in self._comments:
            return {**schema, "description": self._comments[name]}
        return schema

    def _is_required(self, field: FieldDescriptor) -> bool:
        return self._comments.get(field.full_name, "").startswith(_REQUIRED)
