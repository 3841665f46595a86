"""A quota as an operator writes it: how many calls in a second, and how many at once."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

_MOST: Final = 1_000_000_000


@dataclass(frozen=True, slots=True)
class Quota:
    """``rate`` calls per second on average, ``burst`` of them at once after a pause."""

    rate: float
    burst: int

    @staticmethod
    def parse(text: str) -> Quota:
        """``RATE`` or ``RATE/BURST``, as in ``50``, ``0.5/10``. Raises ValueError.

        Without a burst it is what one second brings, and at least 1.
        """
        rate_text, slash, burst_text = text.strip().partition("/")
        try:
            rate = float(rate_text)
            burst = int(burst_text) if slash else max(1, math.ceil(rate))
        except (ValueError, OverflowError):
            raise ValueError("must be RATE or RATE/BURST, calls per second and calls") from None
        if not (0 < rate <= _MOST and 1 <= burst <= _MOST):
            raise ValueError("must be above 0, of at least one call at once, and below a billion")
        return Quota(rate, burst)
