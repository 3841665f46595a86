"""A bounded dict that forgets what was used longest ago."""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Hashable

K = TypeVar("K", bound="Hashable")
V = TypeVar("V")


class LruDict(OrderedDict[K, V]):
    """Keeps at most ``most`` entries, those that were stored or used last.

    For one thread at a time: most who share one need their lock for more than this.
    """

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def use(self, key: K) -> V | None:
        """The value, used by this; None if there is none. Any other look is no use."""
        try:
            self.move_to_end(key)
        except KeyError:
            return None
        return self[key]

    def __setitem__(self, key: K, value: V) -> None:
        """Store a value; what was used longest ago makes room for it."""
        super().__setitem__(key, value)
        self.move_to_end(key)
        if len(self) > self._most:
            self.popitem(last=False)
