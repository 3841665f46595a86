"""Messages as JSON and back (the JSON mapping of proto3), the way console clients write them."""

from __future__ import annotations

import json
import sys
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.json_format import MessageToDict, ParseDict, ParseError
from google.protobuf.struct_pb2 import Struct

from event_service.errors import InvalidArgument
from event_service.wire.encoded import messages_in
from event_service.wire.struct import StructLimits, struct_to_dict

if TYPE_CHECKING:
    from collections.abc import Mapping

    from google.protobuf.descriptor import Descriptor
    from google.protobuf.message import Message

    from event_service.wire.encoded import Answer

_LONGEST_REASON = 300
_WELL_KNOWN = "google.protobuf"
"""The package of Struct and its like, which have a JSON form of their own."""
_APART = {FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_MESSAGE}
"""The types of fields that protobuf's own mapping would be slow with."""
_UNBOUNDED = StructLimits(members=sys.maxsize)
_encoded = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode


def message_of(fields: Mapping[str, Any], kind: type[Message]) -> Message:
    """The message that a JSON object stands for; field names in snake_case or camelCase.

    Unknown fields are left out, since clients of other versions send them. An unknown name of an
    enum is none of those: left out, it would turn a filter into none. Raises InvalidArgument.
    """
    try:
        return ParseDict(_known(fields, cast("Descriptor", kind.DESCRIPTOR)), kind())
    except (ParseError, OverflowError, RecursionError, TypeError, ValueError) as error:
        reason = " ".join(str(error).split())[:_LONGEST_REASON]
        raise InvalidArgument(f"The request is no valid {kind.DESCRIPTOR.name}: {reason}") from None


def json_of(answer: Answer, *, emit_defaults: bool = False) -> bytes:
    """The answer as JSON: snake_case, times and enums as in gRPC, 64-bit integers as strings.

    What is not set is left out, unless ``emit_defaults``: then only messages that are not set are.
    A message is taken apart by it. Of what a list has one is in memory as an object at a time: as
    objects they are many times as large as they are as text.
    """
    lists: dict[str, list[bytes]] = {}
    others: dict[str, bytes] = {}
    for message in messages_in(answer):
        for name, value in _plain(message, emit_defaults=emit_defaults).items():
            if isinstance(value, list):
                lists.setdefault(name, []).extend(map(_text, value))
            else:
                others[name] = _text(value)
    members = [_text(name) + b":" + text for name, text in others.items()]
    for name, texts in lists.items():
        # What is between two of a list's is what is between two members: all are put together
        # once, as a list may be large.
        one, *more = texts or [b""]
        members += (_text(name) + b":[" + one, *more)
        members[-1] += b"]"
    if not members:
        return b"{}"
    members[0] = b"{" + members[0]
    members[-1] += b"}"
    return b",".join(members)


def _text(value: Any) -> bytes:
    return _encoded(value).encode()


def _plain(message: Message, *, emit_defaults: bool) -> Any:
    """The message as ``json`` takes it.

    ``MessageToDict`` asks Python's objects for each member of a Struct and each field: over HTTP
    that took nearly all the time of a list. It is left what is no text and no message.
    """
    if isinstance(message, Struct):
        return struct_to_dict(message, _UNBOUNDED)
    apart: dict[str, Any] = {}
    if message.DESCRIPTOR.file.package != _WELL_KNOWN:
        for field, value in message.ListFields():
            if field.type in _APART and not _is_map(field):
                one = partial(_plain, emit_defaults=emit_defaults) if field.message_type else str
                apart[field.name] = list(map(one, value)) if field.is_repeated else one(value)
        for name in apart:
            message.ClearField(name)
    rest = MessageToDict(
        message,
        preserving_proto_field_name=True,
        always_print_fields_with_no_presence=emit_defaults,
    )
    return rest | apart if apart else rest


def _is_map(field: FieldDescriptor) -> bool:
    kind = field.message_type
    return kind is not None and kind.GetOptions().map_entry


def _known(fields: Mapping[str, Any], descriptor: Descriptor) -> dict[str, Any]:
    known: dict[str, Any] = {}
    for name, value in fields.items():
        field = descriptor.fields_by_name.get(name) or descriptor.fields_by_camelcase_name.get(name)
        if field is not None:
            known[name] = _known_value(value, field)
    return known


def _known_value(value: Any, field: FieldDescriptor) -> Any:
    kind = field.message_type
    if field.enum_type is not None and _is_no_whole_number(value):
        # protobuf would cut it: half of 1 is 0, which is no filter.
        raise ParseError(f"{field.name} must be a name or a number of its enum")
    if kind is None or value is None or _is_map(field):
        return value
    if kind.file.package == _WELL_KNOWN:
        return value
    if not field.is_repeated:
        return _known_member(value, field, kind)
    if not isinstance(value, list):
        raise ParseError(f"{field.name} must be a list")
    return [_known_member(member, field, kind) for member in value]


def _is_no_whole_number(value: Any) -> bool:
    return isinstance(value, bool) or (isinstance(value, float) and not value.is_integer())


def _known_member(value: Any, field: FieldDescriptor, kind: Descriptor) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise ParseError(f"{field.name} must be an object")
    return _known(value, kind)
