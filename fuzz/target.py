"""What is fuzzed: a function of bytes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


@dataclass(frozen=True, slots=True)
class Target:
    """Something that reads bytes of outside.

    ``run`` returns for bytes that were read or refused as they must be, and raises anything else
    when not. ``longest`` is how many bytes an input may have. ``is_json`` says that inputs are JSON
    texts, and worth changing as such.
    """

    name: str
    run: Callable[[bytes], None]
    longest: int
    is_json: bool = False
