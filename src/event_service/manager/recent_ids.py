"""Events that this process has seen in the database."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_PLACES: Final = 100_003
_NOBODY: Final = 0


class RecentIds:
    """A bounded memory of ids; any thread may use it.

    Redis names the event that a delivery repeats before that event is in the database, so its
    word alone is no reason to answer OK. For what is remembered here no look is needed.

    Each id has one place, by its hash, and whose hash has the same place takes it over. So all that
    is ever allocated is there from the start, and to forget costs nothing. An id is known by its
    hash alone: that another has the same is one chance in 2**64, by a secret of the process.
    """

    def __init__(self, places: int = _PLACES) -> None:
        """Remembers ``places`` ids at most, and each until another takes its place."""
        self._hashes = array("q", [_NOBODY]) * places

    def add(self, ids: Iterable[str]) -> None:
        """Those events are in the database."""
        for one in ids:
            self._hashes[self._place(one)] = hash(one)

    def forget(self, ids: Iterable[str]) -> None:
        """Those events are no longer in the database."""
        for one in ids:
            if one in self:
                self._hashes[self._place(one)] = _NOBODY

    def __contains__(self, one: str) -> bool:
        return self._hashes[self._place(one)] == hash(one)

    def _place(self, one: str) -> int:
        return hash(one) % len(self._hashes)
