"""What a PromQL expression asks for: series and labels."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from tests.deploy.served_metrics import OF_PROMETHEUS, SERVED, TARGET_LABELS

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME: Final = r"[a-zA-Z_][a-zA-Z0-9_]*"
_STRING: Final = re.compile(r'"[^"]*"')
_MATCHERS: Final = re.compile(r"\{([^}]*)\}")
_GROUPING: Final = re.compile(r"\b(?:by|without|on|ignoring|group_left|group_right)\s*\(([^)]*)\)")
_RANGE: Final = re.compile(r"\[[^\]]*\]|\boffset\s+\w+")
_SERIES: Final = re.compile(rf"(?<![\w.$])({_NAME})(?!\s*\(|\w)")
_WORDS: Final = frozenset({"and", "or", "unless", "bool"})


def asked(expression: str) -> tuple[frozenset[str], frozenset[str]]:
    """The names of the series, and the labels that are matched or grouped by."""
    rest = _STRING.sub("", expression)
    labels: set[str] = set()
    for pattern in (_MATCHERS, _GROUPING):
        for inside in pattern.findall(rest):
            labels |= set(re.findall(_NAME, inside))
        rest = pattern.sub("", rest)
    series = frozenset(_SERIES.findall(_RANGE.sub("", rest))) - _WORDS
    return series, frozenset(labels)


def not_served(expression: str) -> Iterator[str]:
    """What an expression asks for in vain: each series and label that nobody serves."""
    series, labels = asked(expression)
    known = SERVED | OF_PROMETHEUS
    yield from series - known.keys()
    served = frozenset[str]().union(*(known[name] for name in series & known.keys()))
    yield from labels - served - TARGET_LABELS
