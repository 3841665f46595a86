"""Writes the bytes of a google.protobuf.Struct as the database has the object: as BSON.

Nothing of it becomes Python's on the way, which takes a third of the time. It is done only where it
gives what reading the object and writing it would give: what has to be changed or refused is left
to those (``wire.plain_struct``).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from librt.strings import BytesWriter, read_f64_le, write_f64_le, write_i32_le

from event_service.bodies.fields import after_varint, varint_at
from event_service.bodies.kinds import (
    BOOLEAN,
    BSON_BOOLEAN,
    BSON_DOUBLE,
    BSON_LIST,
    BSON_NULL,
    BSON_OBJECT,
    BSON_TEXT,
    DOUBLE_BYTES,
    ID,
    KEY,
    KEYED_VALUE,
    LIST,
    MEMBER,
    NULL,
    NUMBER,
    OBJECT,
    TEXT,
)

if TYPE_CHECKING:
    from mypy_extensions import i64

_SIZE_BYTES: Final = 4
_BYTE: Final = 0xFF
_BITS: Final = 8
_DOLLAR: Final = 36

_INDEXES: Final = [b"%d\0" % index for index in range(1000)]
"""The keys of the first members of a list."""


def stored_struct(encoded: bytes, depth: int, members: int) -> bytes | None:
    """The document of a Struct's bytes, or None where its object must be read to say more.

    The bytes must be those that protobuf itself has written. It is None too for what is nested
    deeper than ``depth``, or has more ``members`` in all.
    """
    writer = _Writer(encoded, depth, members)
    return writer.written() if writer.add_object(len(encoded), depth) else None


@final
class _Writer:
    """Goes through a message once, and adds what it finds to a document.

    ``end`` is where the part ends that it stands in, ``kind_at`` where the document says of what
    kind a member is, ``depth`` how deep objects and lists may still be nested. Each method returns
    False at what it can't write as it is.
    """

    def __init__(self, encoded: bytes, depth: i64, members: i64) -> None:
        self._bytes = encoded
        self._depth = depth
        self._at: i64 = 0
        self._out = BytesWriter()
        self._room: i64 = members

    def written(self) -> bytes:
        return self._out.getvalue()

    def add_object(self, end: i64, depth: i64) -> bool:
        if depth <= 0:
            return False
        start = self._open()
        while self._at < end:
            if not self._passes(MEMBER) or not self._add_member(self._end(), depth):
                return False
        self._close(start)
        return True

    def _add_member(self, end: i64, depth: i64) -> bool:
        kind_at: i64 = len(self._out)
        self._out.append(BSON_NULL)
        if not self._passes(KEY):
            return False
        key = self._text()
        if not _is_key(key):
            return False
        if key == ID and depth == self._depth and kind_at != _SIZE_BYTES:
            return False
        self._out.write(key)
        self._out.append(0)
        if not self._passes(KEYED_VALUE):
            return False
        return self._end() == end and self._add_value(end, kind_at, depth - 1)

    def _add_list(self, end: i64, depth: i64) -> bool:
        if depth <= 0:
            return False
        start = self._open()
        index: i64 = 0
        while self._at < end:
            if not self._passes(MEMBER):
                return False
            kind_at: i64 = len(self._out)
            self._out.append(BSON_NULL)
            self._out.write(_INDEXES[index] if index < len(_INDEXES) else b"%d\0" % index)
            if not self._add_value(self._end(), kind_at, depth - 1):
                return False
            index += 1
        self._close(start)
        return True

    def _add_value(self, end: i64, kind_at: i64, depth: i64) -> bool:
        self._room -= 1
        if self._room < 0 or self._at >= end:
            return False
        out = self._out
        fits = True
        tag = self._bytes[self._at]
        self._at += 1
        if tag == TEXT:
            out[kind_at] = BSON_TEXT
            self._add_text()
        elif tag == NUMBER:
            out[kind_at] = BSON_DOUBLE
            fits = self._add_number()
        elif tag == BOOLEAN:
            out[kind_at] = BSON_BOOLEAN
            out.append(self._bytes[self._at])
            self._at += 1
        elif tag == OBJECT:
            out[kind_at] = BSON_OBJECT
            fits = self.add_object(self._end(), depth)
        elif tag == LIST:
            out[kind_at] = BSON_LIST
            fits = self._add_list(self._end(), depth)
        elif tag == NULL:
            self._at += 1
        else:
            fits = False
        return fits and self._at == end

    def _add_text(self) -> None:
        text = self._text()
        write_i32_le(self._out, len(text) + 1)
        self._out.write(text)
        self._out.append(0)

    def _add_number(self) -> bool:
        number = read_f64_le(self._bytes, self._at)
        write_f64_le(self._out, number)
        self._at += DOUBLE_BYTES
        return number - number == 0.0  # it is NaN for all that is not finite

    def _open(self) -> i64:
        start: i64 = len(self._out)
        write_i32_le(self._out, 0)
        return start

    def _close(self, start: i64) -> None:
        """End what was begun there; its size, in four bytes, is known now."""
        out = self._out
        out.append(0)
        size: int = len(out) - start
        for place in range(start, start + _SIZE_BYTES):
            out[place] = size & _BYTE
            size >>= _BITS

    def _passes(self, tag: i64) -> bool:
        """Whether this field comes next; goes on to what is in it."""
        if self._at >= len(self._bytes) or self._bytes[self._at] != tag:
            return False
        self._at += 1
        return True

    def _text(self) -> bytes:
        end = self._end()
        text = self._bytes[self._at : end]
        self._at = end
        return text

    def _end(self) -> i64:
        """Where what comes next ends, its size being said here."""
        size = varint_at(self._bytes, self._at)
        self._at = after_varint(self._bytes, self._at)
        return self._at + size


def _is_key(key: bytes) -> bool:
    """Whether BSON and the database take it as it is (``stored_keys``)."""
    at: i64 = 0
    while at < len(key):
        byte = key[at]
        if byte in (0, _DOLLAR):
            return False
        at += 1
    return True
