"""Every vector of time_vectors.json over a real channel (CONTRACT 7)."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.service.running import Running, Start

_FILE = json.loads((Path(__file__).parents[1] / "vectors" / "time_vectors.json").read_text())
_VECTORS: list[dict[str, Any]] = _FILE["timediff"]
_NOW = datetime.fromisoformat(_FILE["now"])


def _at_now() -> datetime:
    return _NOW


@pytest.fixture(scope="module")
def frozen(start_module: Start) -> Running:
    """A service whose clock stands, and an event at every instant that a vector names."""
    running = start_module(clock=_at_now)
    instants = {vector["dt"] for vector in _VECTORS if "dt" in vector}
    running.database["event"].insert_many(
        [
            {
                "event_id": instant,
                "domain_id": "domain-1",
                "created_at": _NOW,
                "occurred_at": datetime.fromisoformat(instant),
            }
            for instant in instants
        ]
    )
    return running


@pytest.mark.parametrize("vector", _VECTORS, ids=lambda vector: repr(vector["q"]))
def test_vector(vector: dict[str, Any], frozen: Running) -> None:
    both_sides = [
        {"k": "occurred_at", "v": vector["q"], "o": operator}
        for operator in ("timediff_gte", "timediff_lte")
    ]
    answer = frozen.client.call("list", {"query": {"filter": both_sides}})
    if vector.get("error"):
        assert answer.status == "INVALID_ARGUMENT"
        assert answer.code.startswith("ERROR_")
    else:
        assert [event["event_id"] for event in answer.body["results"]] == [vector["dt"]]
