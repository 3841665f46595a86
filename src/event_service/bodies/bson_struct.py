"""Writes an object as the database has it, BSON, as the bytes of a google.protobuf.Struct.

Nothing of it becomes Python's on the way, which takes a third of the time. It is done only for
what stands there as JSON has it, which is all that a sender's object can be; the rest is left to
``wire.plain_struct``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from librt.strings import BytesWriter, read_f64_le, read_i32_le, read_i64_le, write_f64_le

from event_service.bodies.kinds import (
    BOOLEAN,
    BSON_BOOLEAN,
    BSON_DOUBLE,
    BSON_INT32,
    BSON_INT64,
    BSON_LIST,
    BSON_NULL,
    BSON_OBJECT,
    BSON_TEXT,
    DOUBLE_BYTES,
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

# Protobuf parsers (Python's, Java's) refuse more than 100 messages inside one another, and with
# them the whole answer. An object takes three (Struct, its entry, Value), a list two (ListValue,
# Value); the answer that the Struct stands in takes the rest.
STRUCT_MESSAGES: Final = 94
"""How many of them may be inside a Struct that an answer has."""
OBJECT_MESSAGES: Final = 3
LIST_MESSAGES: Final = 2

_SIZE_BYTES: Final = 4
"""What says how large an object, a list or a text is."""
_INT32_BYTES: Final = 4
_FLAG_BYTES: Final = 2
"""Of a boolean and of null as a Value, the byte that says which it is among them."""
_SEVEN_BITS: Final = 0x7F
_MORE: Final = 0x80
_DOLLAR: Final = 36
_UNFIT: Final = -1


def struct_of(document: bytes) -> bytes | None:
    """The Struct of a document's bytes, or None where ``plain_struct.fill_struct`` must say more.

    That is for types that JSON lacks, numbers that are none, keys that are stored as others, texts
    that are no UTF-8, and what is nested too deep for a reader. It is None too for what is no
    document.
    """
    measure = _Measure(document)
    try:
        size = measure.members(STRUCT_MESSAGES, keyed=True)
    except (UnicodeDecodeError, IndexError):
        return None
    if size == _UNFIT:
        return None
    writer = _Writer(document, measure.sizes)
    writer.add_members(keyed=True)
    return writer.written()


@final
class _Measure:
    """Goes through a document once, to find out how many bytes its parts will take.

    ``sizes`` are those of what is in its objects and lists, in the order in which they begin.
    ``room`` is how many messages may still be inside one another. Each method returns a size, or
    ``_UNFIT``; a text that is no UTF-8 raises UnicodeDecodeError, and what goes on past the end
    IndexError. It always goes forward, whatever sizes the document says: it ends.
    """

    def __init__(self, document: bytes) -> None:
        self._bytes = document
        self._at: i64 = 0
        self.sizes: list[int] = []

    def members(self, room: i64, *, keyed: bool) -> i64:
        place = len(self.sizes)
        self.sizes.append(0)
        end = self._at + _size_at(self._bytes, self._at) - 1
        self._at += _SIZE_BYTES
        if not self._is_end(end):
            return _UNFIT
        total: i64 = 0
        while self._at < end:
            kind: i64 = self._bytes[self._at]
            self._at += 1
            key = self._key()
            if key == _UNFIT:
                return _UNFIT
            value = self._value(kind, room)
            if value == _UNFIT:
                return _UNFIT
            total += _field(_field(key) + _field(value)) if keyed else _field(value)
        if self._at != end:
            return _UNFIT
        self._at += 1
        self.sizes[place] = total
        return total

    def _is_end(self, end: i64) -> bool:
        """Whether what was begun can end there, with a zero."""
        return end >= self._at and self._bytes[end] == 0

    def _key(self) -> i64:
        encoded = self._bytes
        start = self._at
        is_ascii = True
        byte: i64 = encoded[self._at]
        while byte != 0:
            if byte == _DOLLAR:
                return _UNFIT
            if byte > _SEVEN_BITS:
                is_ascii = False
            self._at += 1
            byte = encoded[self._at]
        size = self._at - start
        if not is_ascii:
            encoded[start : self._at].decode()
        self._at += 1
        return size

    def _value(self, kind: i64, room: i64) -> i64:
        if kind == BSON_TEXT:
            return self._text()
        if _is_number(kind):
            number = _number_at(self._bytes, self._at, kind)
            self._at += _number_bytes(kind)
            return 1 + DOUBLE_BYTES if number - number == 0.0 else _UNFIT
        if kind == BSON_BOOLEAN:
            self._at += 1
            return _FLAG_BYTES if self._bytes[self._at - 1] <= 1 else _UNFIT
        if kind == BSON_NULL:
            return _FLAG_BYTES
        if kind not in (BSON_OBJECT, BSON_LIST) or room < OBJECT_MESSAGES:
            return _UNFIT
        is_object = kind == BSON_OBJECT
        taken: i64 = OBJECT_MESSAGES if is_object else LIST_MESSAGES
        size = self.members(room - taken, keyed=is_object)
        return _UNFIT if size == _UNFIT else _field(size)

    def _text(self) -> i64:
        size = _size_at(self._bytes, self._at) - 1
        self._at += _SIZE_BYTES
        if not self._is_end(self._at + size):
            return _UNFIT
        self._bytes[self._at : self._at + size].decode()
        self._at += size + 1
        return _field(size)


@final
class _Writer:
    """Goes through a document that was measured, and writes what it finds."""

    def __init__(self, document: bytes, sizes: list[int]) -> None:
        self._bytes = document
        self._at: i64 = 0
        self._out = BytesWriter()
        self._sizes = sizes
        self._next: i64 = 0
        """Which of the sizes is that of what begins next."""

    def written(self) -> bytes:
        return self._out.getvalue()

    def add_members(self, *, keyed: bool) -> None:
        self._next += 1
        end = self._at + _size_at(self._bytes, self._at) - 1
        self._at += _SIZE_BYTES
        while self._at < end:
            kind: i64 = self._bytes[self._at]
            self._at += 1
            start = self._at
            while self._bytes[self._at] != 0:
                self._at += 1
            key = self._bytes[start : self._at]
            self._at += 1
            value = self._value_size(kind)
            if keyed:
                self._open(MEMBER, _field(len(key)) + _field(value))
                self._open(KEY, len(key))
                self._out.write(key)
                self._open(KEYED_VALUE, value)
            else:
                self._open(MEMBER, value)
            self._add_value(kind)
        self._at = end + 1

    def _value_size(self, kind: i64) -> i64:
        if kind == BSON_TEXT:
            return _field(_size_at(self._bytes, self._at) - 1)
        if _is_number(kind):
            return 1 + DOUBLE_BYTES
        if kind in (BSON_OBJECT, BSON_LIST):
            return _field(self._sizes[self._next])
        return _FLAG_BYTES

    def _add_value(self, kind: i64) -> None:
        out = self._out
        if kind == BSON_TEXT:
            size = _size_at(self._bytes, self._at) - 1
            self._at += _SIZE_BYTES
            self._open(TEXT, size)
            out.write(self._bytes[self._at : self._at + size])
            self._at += size + 1
        elif _is_number(kind):
            out.append(NUMBER)
            write_f64_le(out, _number_at(self._bytes, self._at, kind))
            self._at += _number_bytes(kind)
        elif kind == BSON_BOOLEAN:
            out.append(BOOLEAN)
            out.append(self._bytes[self._at])
            self._at += 1
        elif kind == BSON_NULL:
            out.append(NULL)
            out.append(0)
        else:
            is_object = kind == BSON_OBJECT
            self._open(OBJECT if is_object else LIST, self._sizes[self._next])
            self.add_members(keyed=is_object)

    def _open(self, tag: int, size: int) -> None:
        out = self._out
        out.append(tag)
        while size > _SEVEN_BITS:
            out.append(size & _SEVEN_BITS | _MORE)
            size >>= 7
        out.append(size)


def _size_at(document: bytes, at: i64) -> i64:
    size: int = read_i32_le(document, at)
    return size


def _is_number(kind: i64) -> bool:
    return kind in (BSON_DOUBLE, BSON_INT32, BSON_INT64)


def _number_at(document: bytes, at: i64, kind: i64) -> float:
    """As a double, as all numbers of a Struct are; other programs store whole ones as such."""
    if kind == BSON_DOUBLE:
        return read_f64_le(document, at)
    whole: int = read_i32_le(document, at) if kind == BSON_INT32 else read_i64_le(document, at)
    return float(whole)


def _number_bytes(kind: i64) -> i64:
    return _INT32_BYTES if kind == BSON_INT32 else DOUBLE_BYTES


def _field(size: i64) -> i64:
    """How many bytes a field of that size takes with its tag, and with what says the size."""
    whole: i64 = 2 + size
    while size > _SEVEN_BITS:
        whole += 1
        size >>= 7
    return whole
