"""Ids of what the service makes (CONTRACT 3.6)."""

from __future__ import annotations

import os
import threading

_DIGITS = 12
_DRAWN_BYTES = 4_096


class _Digits(threading.local):
    """Random digits, from the system, drawn for many ids at once: each draw is a system call."""

    def __init__(self) -> None:
        self._drawn = ""
        self._used = 0

    def next(self, number: int) -> str:
        if self._used + number > len(self._drawn):
            self._drawn = os.urandom(_DRAWN_BYTES).hex()
            self._used = 0
        begin = self._used
        self._used += number
        return self._drawn[begin : self._used]


_digits = _Digits()


def new_id(kind: str) -> str:
    """A new id: ``kind``, a dash and 12 random hex digits, for example ``event-0123456789ab``."""
    return f"{kind}-{random_digits(_DIGITS)}"


def random_digits(number: int) -> str:
    """So many random hex digits, up to some thousand."""
    return _digits.next(number)
