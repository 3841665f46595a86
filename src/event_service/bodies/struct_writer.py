"""Writes the bytes of google.protobuf.Struct.

Protobuf reads them in less time than its Python objects take members one by one.
"""

from __future__ import annotations

import json
import struct
from math import isfinite
from typing import TYPE_CHECKING, Any, Final, final

from event_service.bodies.fields import varint
from event_service.stored_keys import RESERVED, from_stored, original_key
from event_service.wire.foreign import plain_value

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mypy_extensions import i64

# Protobuf parsers (Python's, Java's) refuse more than 100 messages inside one another, and with
# them the whole answer. An object takes three (Struct, its entry, Value), a list two (ListValue,
# Value); the answer that the Struct stands in takes the rest.
STRUCT_MESSAGES: Final = 94
"""How many of them may be inside a Struct that an answer has."""
OBJECT_MESSAGES: Final = 3
LIST_MESSAGES: Final = 2

_ONE_BYTE: Final = 128


def _headers(tag: int) -> list[bytes]:
    """What stands before content of less than ``_ONE_BYTE`` bytes."""
    return [bytes((tag, size)) for size in range(_ONE_BYTE)]


_MEMBER: Final = _headers(0x0A)
"""Of an entry of a Struct, and of a Value of a ListValue."""
_KEY: Final = _MEMBER
_KEYED_VALUE: Final = _headers(0x12)
_TEXT: Final = _headers(0x1A)
_OBJECT: Final = _headers(0x2A)
_LIST: Final = _headers(0x32)
_NULL: Final = b"\x08\x00"
_FALSE: Final = b"\x20\x00"
_TRUE: Final = b"\x20\x01"
_NUMBER: Final = b"\x11"
_number: Final = struct.Struct("<cd").pack


def write_object(document: Mapping[str, Any]) -> bytes:
    """The Struct of an object as the database gives it back, the sender's keys restored.

    Never refuses, since one odd event must not make a list of events unreadable: a BSON type
    without a JSON counterpart becomes a string or its document (``wire.foreign``), and what is
    nested deeper than protobuf's parsers read (some 32 objects, 48 lists) its JSON text.
    """
    writer = _Writer()
    writer.add_object(document, STRUCT_MESSAGES)
    return writer.written()


@final
class _Writer:
    """Collects the parts of a message. The size before a part is put in once it is known.

    Each method returns how many bytes it has added; ``room`` is how many messages may still be
    inside the one that it adds to.
    """

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def written(self) -> bytes:
        return b"".join(self._parts)

    def add_object(self, document: Mapping[str, Any], room: i64) -> i64:
        total: i64 = 0
        for key, plain in document.items():
            at = self._open()
            name = original_key(key) if RESERVED in key else key
            size = self._bytes(_KEY, name.encode()) + self._value(_KEYED_VALUE, plain, room)
            total += self._close(at, _MEMBER, size)
        return total

    def add_list(self, members: Iterable[Any], room: i64) -> i64:
        total: i64 = 0
        for plain in members:
            total += self._value(_MEMBER, plain, room)
        return total

    def add_value(self, plain: Any, room: i64) -> i64:
        kind = type(plain)
        if kind is str:
            return self._bytes(_TEXT, plain.encode())
        if kind is int or (kind is float and isfinite(plain)):
            return self._part(_number(_NUMBER, plain))
        if kind is dict or kind is list:
            return self._container(plain, room)
        if kind is bool:
            return self._part(_TRUE if plain else _FALSE)
        return self._part(_NULL) if plain is None else self.add_value(plain_value(plain), room)

    def _container(self, plain: Any, room: i64) -> i64:
        if room < OBJECT_MESSAGES:
            text = json.dumps(_as_json(from_stored({"": plain})[""]), ensure_ascii=False)
            return self._bytes(_TEXT, text.encode())
        at = self._open()
        if isinstance(plain, dict):
            return self._close(at, _OBJECT, self.add_object(plain, room - OBJECT_MESSAGES))
        return self._close(at, _LIST, self.add_list(plain, room - LIST_MESSAGES))

    def _value(self, headers: list[bytes], plain: Any, room: i64) -> i64:
        at = self._open()
        return self._close(at, headers, self.add_value(plain, room))

    def _bytes(self, headers: list[bytes], content: bytes) -> i64:
        return self._part(_header(headers, len(content))) + self._part(content)

    def _open(self) -> i64:
        self._parts.append(b"")
        return len(self._parts) - 1

    def _close(self, at: i64, headers: list[bytes], size: i64) -> i64:
        header = _header(headers, size)
        self._parts[at] = header
        return len(header) + size

    def _part(self, part: bytes) -> i64:
        self._parts.append(part)
        return len(part)


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


def _header(headers: list[bytes], size: i64) -> bytes:
    return headers[size] if size < _ONE_BYTE else headers[0][:1] + varint(size)
