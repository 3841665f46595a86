"""google.protobuf.Struct as plain dictionaries and back.

Written by hand because json_format takes several times as long, and this runs for every event.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

from event_service.errors import InvalidParameter
from event_service.stored_keys import original_key
from event_service.wire.foreign import plain_value
from event_service.wire.path import Path, path_text


@dataclass(frozen=True, slots=True)
class StructLimits:
    """How deep objects and lists may be nested; the outermost one is level 1."""

    depth: int = 100


DEFAULT_LIMITS = StructLimits()


def struct_to_dict(
    struct: Struct, limits: StructLimits = DEFAULT_LIMITS, name: str = "data"
) -> dict[str, Any]:
    """The object that ``struct`` is; its numbers stay doubles, a Value without a kind is null.

    ``name`` is the request's parameter. Raises InvalidParameter, naming the path below it, for
    NaN and infinities (as JSON nobody could read them back), for NUL in a key (BSON ends the key
    there) and for nesting over the limit.
    """
    return _read_object(struct, (None, name), limits.depth)


def list_to_list(
    values: ListValue, limits: StructLimits = DEFAULT_LIMITS, name: str = "data"
) -> list[Any]:
    """The list that ``values`` is, under the rules of ``struct_to_dict``."""
    return _read_list(values.values, (None, name), limits.depth)


def value_to_plain(value: Value, limits: StructLimits = DEFAULT_LIMITS, name: str = "value") -> Any:
    """What JSON value ``value`` is, under the rules of ``struct_to_dict``."""
    return _read_value(value, None, name, limits.depth)


def dict_to_struct(document: Mapping[str, Any]) -> Struct:
    """The Struct of an object as the database gives it back, the sender's keys restored.

    Never refuses: a BSON type without a JSON counterpart becomes a string or its document
    (``wire.foreign``), since one odd event must not make a list of events unreadable.
    """
    struct = Struct()
    _write_object(struct, document)
    return struct


def list_to_values(members: Iterable[Any]) -> ListValue:
    """The ListValue of a list as the database gives it back."""
    values = ListValue()
    _write_list(values, members)
    return values


def plain_to_value(plain: Any) -> Value:
    """The Value of whatever the database gives back."""
    value = Value()
    _write_value(value, plain)
    return value


def _read_object(struct: Struct, path: Path, room: int) -> dict[str, Any]:
    if room <= 0:
        raise InvalidParameter(path_text(path), "nested too deep")
    read: dict[str, Any] = {}
    for key, value in struct.fields.items():
        if "\0" in key:
            raise InvalidParameter(path_text((path, key)), "a key must not hold NUL")
        read[key] = _read_value(value, path, key, room - 1)
    return read


def _read_list(values: Iterable[Value], path: Path, room: int) -> list[Any]:
    if room <= 0:
        raise InvalidParameter(path_text(path), "nested too deep")
    return [_read_value(value, path, index, room - 1) for index, value in enumerate(values)]


def _read_value(value: Value, parent: Path, step: str | int, room: int) -> Any:
    match value.WhichOneof("kind"):
        case "string_value":
            return value.string_value
        case "number_value":
            number = value.number_value
            if not isfinite(number):
                raise InvalidParameter(path_text((parent, step)), "NaN and Infinity are not JSON")
            return number
        case "struct_value":
            return _read_object(value.struct_value, (parent, step), room)
        case "list_value":
            return _read_list(value.list_value.values, (parent, step), room)
        case "bool_value":
            return value.bool_value
        case _:
            return None


def _write_object(struct: Struct, document: Mapping[str, Any]) -> None:
    fields = struct.fields
    for key, plain in document.items():
        _write_value(fields[original_key(key)], plain)


def _write_list(values: ListValue, members: Iterable[Any]) -> None:
    add = values.values.add
    for member in members:
        _write_value(add(), member)


def _write_value(value: Value, plain: Any) -> None:
    kind = type(plain)
    if kind is str:
        value.string_value = plain
    elif kind is dict:
        # An empty object is one only once its field is set.
        value.struct_value.SetInParent()
        _write_object(value.struct_value, plain)
    elif kind is list:
        value.list_value.SetInParent()
        _write_list(value.list_value, plain)
    elif kind is bool:
        value.bool_value = plain
    elif kind is int or (kind is float and isfinite(plain)):
        value.number_value = plain
    elif plain is None:
        value.null_value = NULL_VALUE
    else:
        _write_value(value, plain_value(plain))
