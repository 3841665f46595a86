"""Writes fields of protobuf messages."""

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


def varint(number: i64) -> bytes:
    """A number that isn't negative, in as few bytes as it needs."""
    encoded = bytearray()
    while number > _LAST_OF_ONE_BYTE:
        encoded.append(number & _LAST_OF_ONE_BYTE | _MORE)
        number >>= 7
    encoded.append(number)
    return bytes(encoded)
