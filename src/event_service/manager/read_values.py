"""What a document has where we would write a text, an object or a choice, whoever wrote it.

Another program may have left anything there; none of it is a fault of the caller's.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from enum import StrEnum

_Choice = TypeVar("_Choice", bound="StrEnum")


def text_of(value: object) -> str:
    """The text; what is none counts as empty."""
    return value if isinstance(value, str) else ""


def object_of(value: object) -> Mapping[str, Any]:
    """The object; what is none counts as empty."""
    return value if isinstance(value, dict) else {}


def choice_of(kind: type[_Choice], value: object) -> _Choice | None:
    """The choice of that spelling, if there is one."""
    return next((choice for choice in kind if choice.value == value), None)
