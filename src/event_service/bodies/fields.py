"""Fields of protobuf messages, and the numbers before them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from mypy_extensions import i64

_LAST_OF_ONE_BYTE: Final = 127
_MORE: Final = 128
"""Added to each byte of a number that another one follows."""
_SIZED: Final = 2
"""The wire type of what says its size."""


def sized_field(number: int, content: bytes) -> bytes:
    """A text or a message as the field of that number, to be put behind the bytes of a message."""
    return varint(number << 3 | _SIZED) + varint(len(content)) + content


def varint_at(encoded: bytes, at: i64) -> i64:
    """The number that begins there."""
    byte: i64 = encoded[at]
    number: i64 = byte & _LAST_OF_ONE_BYTE
    shift: i64 = 7
    while byte > _LAST_OF_ONE_BYTE:
        at += 1
        byte = encoded[at]
        number |= (byte & _LAST_OF_ONE_BYTE) << shift
        shift += 7
    return number


def after_varint(encoded: bytes, at: i64) -> i64:
    """Where the number that begins there is over."""
    while encoded[at] > _LAST_OF_ONE_BYTE:
        at += 1
    return at + 1


def varint(number: i64) -> bytes:
    """A number that isn't negative, in as few bytes as it needs."""
    encoded = bytearray()
    while number > _LAST_OF_ONE_BYTE:
        encoded.append(number & _LAST_OF_ONE_BYTE | _MORE)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
