"""google.protobuf.Struct member by member, by protobuf's own objects.

This says what a Struct means here and what is refused of it. ``bodies`` does the same in a fraction
of the time, for all but what has to be changed, named in an error or is no JSON.
"""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any

from event_service.bodies.bson_struct import LIST_MESSAGES, OBJECT_MESSAGES, STRUCT_MESSAGES
from event_service.errors import InvalidParameter, TooLarge
from event_service.stored_keys import from_stored, original_key
from event_service.wire.foreign import plain_value
from event_service.wire.path import path_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from google.protobuf.struct_pb2 import ListValue, Struct, Value

    from event_service.wire.path import Path


class StructReader:
    """Reads the object that a Struct is; its numbers stay doubles (CONTRACT 1.7).

    A Value without a kind is null.
    """

    def __init__(self, name: str, depth: int, members: int) -> None:
        """``name`` is the request's parameter; the limits are those of ``struct.StructLimits``."""
        self._name = name
        self._depth = depth
        self._members = members
        self._read = 0

    def read(self, struct: Struct) -> dict[str, Any]:
        """The object. Raises TooLarge for more members than the limit, and InvalidParameter, which
        names the place, for nesting over the limit, NaN and infinities (as JSON nobody could read
        them back) and for NUL in a key (BSON ends the key there).
        """
        return self._object(struct, (None, self._name), self._depth)

    def _object(self, struct: Struct, path: Path, room: int) -> dict[str, Any]:
        self._check_room(path, room)
        read = {}
        for key in sorted(struct.fields):  # protobuf has them in another order each time
            if "\0" in key:
                raise InvalidParameter(path_text((path, key)), "a key must not hold NUL")
            read[key] = self._value(struct.fields[key], (path, key), room - 1)
        return read

    def _list(self, values: ListValue, path: Path, room: int) -> list[Any]:
        self._check_room(path, room)
        return [
            self._value(value, (path, index), room - 1) for index, value in enumerate(values.values)
        ]

    def _value(self, value: Value, path: Path, room: int) -> Any:
        self._read += 1
        if self._read > self._members:
            raise TooLarge(f"members of {self._name}", self._members)
        match value.WhichOneof("kind"):
            case "string_value":
                return value.string_value
            case "number_value":
                if not isfinite(value.number_value):
                    raise InvalidParameter(path_text(path), "NaN and Infinity are not JSON")
                return value.number_value
            case "bool_value":
                return value.bool_value
            case "struct_value":
                return self._object(value.struct_value, path, room)
            case "list_value":
                return self._list(value.list_value, path, room)
            case _:
                return None

    def _check_room(self, path: Path, room: int) -> None:
        if room <= 0:
            raise InvalidParameter(path_text(path), "nested too deep")


def fill_struct(struct: Struct, document: Mapping[str, Any]) -> None:
    """Make it the object as the database gives it back, the sender's keys restored.

    Never refuses, since one odd event must not make a list of events unreadable: a BSON type
    without a JSON counterpart becomes a string or its document (``wire.foreign``), and what is
    nested deeper than protobuf's parsers read (some 32 objects, 48 lists) its JSON text.
    """
    _fill_object(struct, document, STRUCT_MESSAGES)


def _fill_object(struct: Struct, document: Mapping[str, Any], room: int) -> None:
    for key, plain in document.items():
        _fill_value(struct.fields[original_key(key)], plain, room)


def _fill_list(values: ListValue, members: Iterable[Any], room: int) -> None:
    for plain in members:
        _fill_value(values.values.add(), plain, room)


def _fill_value(value: Value, plain: Any, room: int) -> None:
    kind = type(plain)
    if plain is None:
        value.null_value = 0  # type: ignore[assignment]
    elif kind is bool:
        value.bool_value = plain
    elif kind is str:
        value.string_value = plain
    elif kind is int or (kind is float and isfinite(plain)):
        value.number_value = plain
    elif kind is not dict and kind is not list:
        _fill_value(value, plain_value(plain), room)
    elif room < OBJECT_MESSAGES:
        value.string_value = json.dumps(_as_json(from_stored({"": plain})[""]), ensure_ascii=False)
    elif kind is dict:
        value.struct_value.SetInParent()
        _fill_object(value.struct_value, plain, room - OBJECT_MESSAGES)
    else:
        value.list_value.SetInParent()
        _fill_list(value.list_value, plain, room - LIST_MESSAGES)


def _as_json(value: Any) -> Any:
    """The value with nothing in it that JSON lacks, NaN and infinities among that."""
    kind = type(value)
    if kind is dict:
        return {key: _as_json(member) for key, member in value.items()}
    if kind is list:
        return [_as_json(member) for member in value]
    if value is None or kind is str or kind is bool or kind is int:
        return value
    if kind is float and isfinite(value):
        return value
    return _as_json(plain_value(value))
