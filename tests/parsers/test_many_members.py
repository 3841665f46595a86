"""A body with more events than are taken is not read to its end: that would hold everybody up."""

from __future__ import annotations

from typing import Any

import pytest

from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.parsers.seam import MOST_RESULTS

REGISTRY = ParserRegistry(installed_sources())
_KUBERNETES = {"reason": "Killing", "involvedObject": {"kind": "Pod"}}


@pytest.mark.parametrize(
    ("source", "lists", "member"),
    [
        ("alertmanager", "alerts", {}),
        ("alertmanager", "alerts", "no alert"),
        ("grafana", "alerts", {}),
        ("kubernetes", "items", _KUBERNETES),
    ],
)
def test_one_more_than_there_may_be_is_enough(source: str, lists: str, member: Any) -> None:
    for count, read in ((MOST_RESULTS, MOST_RESULTS), (3 * MOST_RESULTS, MOST_RESULTS + 1)):
        assert len(REGISTRY.read(source, {lists: [member] * count}, {}).results) == read
