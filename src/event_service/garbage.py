"""How often Python looks for garbage that holds itself."""

from __future__ import annotations

import gc

_ALLOCATIONS = 20_000
"""Between two looks at young objects. A call makes some hundred, and thousands are under way."""


def settle_garbage_collector() -> None:
    """For a process that has been set up: what is there stays, and is not looked through again.

    That is a quarter of a million objects, which would stop every call for a tenth of a second,
    time and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 20)
