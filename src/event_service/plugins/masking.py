"""Keeps what a plugin was given as options out of what it says of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.struct_pb2 import Struct, Value

_MASK: Final = "***"
_SHORTEST: Final = 4
"""Shorter texts are no secrets, and stand in many words by chance."""


def masked(text: str, options: Struct) -> str:
    """The text without the texts of the options: a plugin may quote a password that is wrong.

    Their outer spaces don't count, since whoever quotes one may leave them off.
    """
    for secret in sorted(map(str.strip, _texts(options)), key=len, reverse=True):
        if len(secret) >= _SHORTEST:
            text = text.replace(secret, _MASK)
    return text


def _texts(options: Struct) -> Iterator[str]:
    for value in options.fields.values():
        yield from _texts_of(value)


def _texts_of(value: Value) -> Iterator[str]:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        yield value.string_value
    elif kind == "struct_value":
        yield from _texts(value.struct_value)
    elif kind == "list_value":
        for member in value.list_value.values:
            yield from _texts_of(member)
