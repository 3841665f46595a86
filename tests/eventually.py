"""Waiting for what nothing tells of when it has come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_PAUSE_SECONDS = 0.01


def eventually(
    condition: Callable[[], T],
    *,
    seconds: float = 60,
    failing: Callable[[], object] | None = None,
) -> T:
    """The first answer that counts as true, asked for again and again.

    Fails the test when there is none within ``seconds``: a guard against hanging, so generous
    that no slow machine reaches it. ``failing`` gives what it then says in place of the answer.
    """
    ends = time.monotonic() + seconds
    while not (answer := condition()):
        if time.monotonic() > ends:
            pytest.fail(f"not within {seconds:g} s: {answer if failing is None else failing()!r}")
        time.sleep(_PAUSE_SECONDS)
    return answer
