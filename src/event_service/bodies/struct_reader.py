"""Reads the bytes of google.protobuf.Struct.

The bytes are those that protobuf itself has written. By then it has refused what is malformed or no
UTF-8, and made one of what came in parts. To ask its Python objects for each member would take
three times as long.
"""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any, Final, final

from event_service.bodies.fields import after_varint, varint_at
from event_service.bodies.kinds import (
    BOOLEAN,
    DOUBLE_BYTES,
    KEY,
    KEYED_VALUE,
    LIST,
    MEMBER,
    NUMBER,
    OBJECT,
    TEXT,
)
from event_service.errors import InvalidParameter
from event_service.wire.path import path_text

if TYPE_CHECKING:
    from mypy_extensions import i64

    from event_service.wire.path import Path

_DOUBLE: Final = struct.Struct("<d").unpack_from

_VARINT: Final = 0
_EIGHT_BYTES: Final = 1
_SIZED: Final = 2
_GROUP: Final = 3
_FOUR_BYTES: Final = 5


def read_object(encoded: bytes, path: Path, room: int) -> dict[str, Any]:
    """The object that a Struct is; its numbers stay doubles (CONTRACT 1.7).

    A Value without a kind is null. ``path`` is where in the request it stands, and ``room`` how
    deep objects and lists may be nested. Raises InvalidParameter, naming the path, for NaN and
    infinities (as JSON nobody could read them back), for NUL in a key (BSON ends the key there) and
    for nesting over the limit.
    """
    return _Reader(encoded).members(len(encoded), path, room)


@final
class _Reader:
    """Goes through a message once; ``end`` is where the part ends that it stands in."""

    def __init__(self, encoded: bytes) -> None:
        self._bytes = encoded
        self._at: i64 = 0

    def members(self, end: i64, path: Path, room: i64) -> dict[str, Any]:
        if room <= 0:
            raise InvalidParameter(path_text(path), "nested too deep")
        read: dict[str, Any] = {}
        while self._at < end:
            tag = self._varint()
            if tag == MEMBER:
                self._member(read, path, room)
            else:
                self._pass_over(tag)
        return read

    def _member(self, read: dict[str, Any], path: Path, room: i64) -> None:
        key = ""
        value: Any = None
        end = self._end()
        while self._at < end:
            tag = self._varint()
            if tag == KEY:
                key = self._text()
            elif tag == KEYED_VALUE:
                value = self._value(self._end(), path, key, room - 1)
            else:
                self._pass_over(tag)
        if "\0" in key:
            raise InvalidParameter(path_text((path, key)), "a key must not hold NUL")
        read[key] = value

    def _list(self, end: i64, path: Path, room: i64) -> list[Any]:
        if room <= 0:
            raise InvalidParameter(path_text(path), "nested too deep")
        read: list[Any] = []
        while self._at < end:
            tag = self._varint()
            if tag == MEMBER:
                read.append(self._value(self._end(), path, len(read), room - 1))
            else:
                self._pass_over(tag)
        return read

    def _value(self, end: i64, path: Path, step: str | int, room: i64) -> Any:
        value: Any = None
        while self._at < end:
            tag = self._varint()
            if tag == TEXT:
                value = self._text()
            elif tag == NUMBER:
                value = self._number(path, step)
            elif tag == BOOLEAN:
                value = self._varint() != 0
            elif tag == OBJECT:
                value = self.members(self._end(), (path, step), room)
            elif tag == LIST:
                value = self._list(self._end(), (path, step), room)
            else:  # a null among it
                self._pass_over(tag)
        return value

    def _number(self, path: Path, step: str | int) -> float:
        number: float = _DOUBLE(self._bytes, self._at)[0]
        if number - number != 0.0:  # NaN for all that is not finite
            raise InvalidParameter(path_text((path, step)), "NaN and Infinity are not JSON")
        self._at += DOUBLE_BYTES
        return number

    def _text(self) -> str:
        end = self._end()
        text = self._bytes[self._at : end].decode()
        self._at = end
        return text

    def _end(self) -> i64:
        size = self._varint()
        return self._at + size

    def _varint(self) -> i64:
        number = varint_at(self._bytes, self._at)
        self._at = after_varint(self._bytes, self._at)
        return number

    def _pass_over(self, tag: i64) -> None:
        """Go on after a field that is none of ours: protobuf keeps what it does not know."""
        open_groups: i64 = 0
        while True:
            kind = tag & 7
            if kind == _VARINT:
                self._varint()
            elif kind == _EIGHT_BYTES:
                self._at += 8
            elif kind == _FOUR_BYTES:
                self._at += 4
            elif kind == _SIZED:
                self._at = self._end()
            elif kind == _GROUP:
                open_groups += 1
            else:
                open_groups -= 1
            if open_groups == 0:
                return
            tag = self._varint()
