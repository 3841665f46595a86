"""Looks whether an object that BSON is already stands there as ``plain_text`` would leave it.

Most do. Those that do are kept as they came, without making Python's objects of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, final

from librt.strings import read_f64_le, read_i32_le

from event_service.bodies.kinds import (
    BSON_BOOLEAN,
    BSON_DOUBLE,
    BSON_LIST,
    BSON_NULL,
    BSON_OBJECT,
    BSON_TEXT,
    DOUBLE_BYTES,
    ID,
)
from event_service.bodies.plain_text import MOST_LEVELS

if TYPE_CHECKING:
    from mypy_extensions import i64

_SIZE_BYTES: Final = 4
_SEVEN_BITS: Final = 0x7F
_SPACE: Final = 32
_NONE: Final = -1


def is_trimmed(document: bytes) -> bool:
    """Whether ``plain_text.trimmed_object`` would change nothing of a document's bytes.

    They must be such as a BSON library writes. What only other programs than ours store in an
    object is taken for a change.
    """
    return _Look(document).is_object_fit(MOST_LEVELS, keyed=True, trims=True)


@final
class _Look:
    """Goes through a document once.

    ``room`` is how deep objects and lists may still be nested, ``keyed`` is False in a list, and
    ``trims`` is too, however deep in it. Each method returns False at the first that would change.
    """

    def __init__(self, document: bytes) -> None:
        self._bytes = document
        self._at: i64 = 0

    def is_object_fit(self, room: i64, *, keyed: bool, trims: bool) -> bool:
        if room <= 0:
            return False
        encoded = self._bytes
        self._at += _SIZE_BYTES
        before: i64 = _NONE
        while True:
            kind: i64 = encoded[self._at]
            self._at += 1
            if kind == 0:
                return True
            key = self._at
            while encoded[self._at] != 0:
                self._at += 1
            self._at += 1
            if keyed and not self._is_key_fit(before, key, room, trims=trims):
                return False
            before = key
            if not self._is_value_fit(kind, room - 1, trims=trims):
                return False

    def _is_key_fit(self, before: i64, key: i64, room: i64, *, trims: bool) -> bool:
        """Of the key that was just passed, ``before`` being where the one before it begins."""
        end = self._at - 1
        if before != _NONE:
            if not self._are_in_order(before, key):
                return False
            if room == MOST_LEVELS and self._bytes[key:end] == ID:
                return False
        return not trims or self._is_text_fit(key, end)

    def _are_in_order(self, first: i64, second: i64) -> bool:
        """Whether the key that begins there stands before that one; both end with a zero."""
        encoded = self._bytes
        while encoded[first] == encoded[second] != 0:
            first += 1
            second += 1
        return encoded[first] < encoded[second]

    def _is_value_fit(self, kind: i64, room: i64, *, trims: bool) -> bool:
        if kind == BSON_TEXT:
            size: int = read_i32_le(self._bytes, self._at)
            start = self._at + _SIZE_BYTES
            self._at = start + size
            return not trims or self._is_text_fit(start, self._at - 1)
        if kind == BSON_DOUBLE:
            return self._is_number_fit()
        if kind == BSON_OBJECT:
            return self.is_object_fit(room, keyed=True, trims=trims)
        if kind == BSON_LIST:
            return self.is_object_fit(room, keyed=False, trims=False)
        if kind == BSON_BOOLEAN:
            self._at += 1
            return True
        return kind == BSON_NULL

    def _is_number_fit(self) -> bool:
        number = read_f64_le(self._bytes, self._at)
        self._at += DOUBLE_BYTES
        if number == 0.0:
            return self._bytes[self._at - 1] == 0  # else it is -0.0
        return number - number == 0.0  # it is NaN for all that is not finite

    def _is_text_fit(self, start: i64, end: i64) -> bool:
        if start == end:
            return True
        first = self._bytes[start]
        last = self._bytes[end - 1]
        if first > _SEVEN_BITS or last > _SEVEN_BITS:
            said = self._bytes[start:end].decode()
            return said == said.strip()
        return first > _SPACE and last > _SPACE
