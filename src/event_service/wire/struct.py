"""google.protobuf.Struct as plain dictionaries and back.

Written by hand: json_format is slower, and knows neither our refusals nor the stored keys.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any

from google.protobuf.struct_pb2 import NULL_VALUE, ListValue, Struct, Value

from event_service.bodies.struct_reader import StructReader
from event_service.stored_keys import RESERVED, from_stored, original_key
from event_service.wire.foreign import plain_value
from event_service.wire.members import MEMBER_BYTES, check_members


@dataclass(frozen=True, slots=True)
class StructLimits:
    """How deep objects and lists may be nested; the outermost one is level 1.

    ``members`` is how many members all of them may have together: what is read costs by the member,
    not by the byte, and an empty one is only two bytes of a message.
    """

    depth: int = 100
    members: int = 200_000


DEFAULT_LIMITS = StructLimits()

# Protobuf parsers (Python's, Java's) refuse more than 100 messages inside one another, and with
# them the whole answer. An object takes three (Struct, its entry, Value), a list two (ListValue,
# Value); the answer that the Struct stands in takes the rest.
_READABLE_MESSAGES = 96
_OBJECT_MESSAGES = 3
_LIST_MESSAGES = 2


def struct_to_dict(
    struct: Struct, limits: StructLimits = DEFAULT_LIMITS, name: str = "data"
) -> dict[str, Any]:
    """The object that ``struct`` is; its numbers stay doubles, a Value without a kind is null.

    ``name`` is the request's parameter. Raises InvalidParameter, naming the path below it, for
    NaN and infinities (as JSON nobody could read them back), for NUL in a key (BSON ends the key
    there) and for nesting over the limit. (By default protobuf itself refuses a request with
    more than some 33 objects or 50 lists inside one another before this sees it.) Raises TooLarge
    for more members than the limit.
    """
    encoded = struct.SerializeToString()
    read = StructReader(encoded).read_object((None, name), limits.depth)
    if len(encoded) > limits.members * MEMBER_BYTES:
        check_members(read, limits.members, name)
    return read


def list_to_list(
    values: ListValue, limits: StructLimits = DEFAULT_LIMITS, name: str = "data"
) -> list[Any]:
    """The list that ``values`` is, under the rules of ``struct_to_dict``."""
    return StructReader(values.SerializeToString()).read_list((None, name), limits.depth)


def value_to_plain(value: Value, limits: StructLimits = DEFAULT_LIMITS, name: str = "value") -> Any:
    """What JSON value ``value`` is, under the rules of ``struct_to_dict``."""
    return StructReader(value.SerializeToString()).read_value(None, name, limits.depth)


def dict_to_struct(document: Mapping[str, Any]) -> Struct:
    """The Struct of an object as the database gives it back, the sender's keys restored.

    Never refuses, since one odd event must not make a list of events unreadable: a BSON type
    without a JSON counterpart becomes a string or its document (``wire.foreign``), and what is
    nested deeper than protobuf's parsers read (some 32 objects, 48 lists) its JSON text.
    """
    struct = Struct()
    fill_struct(struct, document)
    return struct


def fill_struct(struct: Struct, document: Mapping[str, Any]) -> None:
    """``dict_to_struct`` into an empty Struct of another message, which it is then a part of."""
    _write_object(struct, document, _READABLE_MESSAGES - 2)


def list_to_values(members: Iterable[Any]) -> ListValue:
    """The ListValue of a list as the database gives it back."""
    values = ListValue()
    _write_list(values, members, _READABLE_MESSAGES - 1)
    return values


def plain_to_value(plain: Any) -> Value:
    """The Value of whatever the database gives back."""
    value = Value()
    _write_value(value, plain, _READABLE_MESSAGES)
    return value


def _write_object(struct: Struct, document: Mapping[str, Any], room: int) -> None:
    if not document:
        struct.SetInParent()  # without members, it is there only once it is said to be
    fields = struct.fields
    for key, plain in document.items():
        value = fields[original_key(key) if RESERVED in key else key]
        if type(plain) is str:  # most are, and a call takes longer than the text
            value.string_value = plain
        else:
            _write_value(value, plain, room)


def _write_list(values: ListValue, members: Iterable[Any], room: int) -> None:
    add = values.values.add
    for member in members:
        _write_value(add(), member, room)


def _write_value(value: Value, plain: Any, room: int) -> None:
    """``room`` is how many messages may still be inside ``value``."""
    kind = type(plain)
    if kind is str:
        value.string_value = plain
    elif kind is int or (kind is float and isfinite(plain)):
        value.number_value = plain
    elif kind is dict or kind is list:
        _write_container(value, plain, room)
    elif kind is bool:
        value.bool_value = plain
    elif plain is None:
        value.null_value = NULL_VALUE
    else:
        _write_value(value, plain_value(plain), room)


def _write_container(value: Value, plain: dict[str, Any] | list[Any], room: int) -> None:
    if room < _OBJECT_MESSAGES:
        shown = from_stored({"": plain})[""]
        value.string_value = json.dumps(shown, ensure_ascii=False, default=plain_value)
    elif isinstance(plain, dict):
        _write_object(value.struct_value, plain, room - _OBJECT_MESSAGES)
    else:
        value.list_value.SetInParent()
        _write_list(value.list_value, plain, room - _LIST_MESSAGES)
