"""Costs that were measured come in a file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from simulate.costs import Costs, read_costs

if TYPE_CHECKING:
    from pathlib import Path


def test_what_a_file_leaves_out_keeps_its_default(tmp_path: Path) -> None:
    file = tmp_path / "costs.json"
    file.write_text('{"call_cpu": 250, "commit": 1500.5}')
    assert read_costs(file) == Costs(call_cpu=250, commit=1500.5)


@pytest.mark.parametrize(
    ("content", "named"),
    [
        ({"cpu": 1}, "cpu"),
        ({"commit": "1"}, "commit"),
        ({"commit": -1}, "commit"),
        ({"commit": True}, "commit"),
        ([], "object"),
    ],
)
def test_a_wrong_cost_is_named(tmp_path: Path, content: object, named: str) -> None:
    file = tmp_path / "costs.json"
    file.write_text(json.dumps(content))
    with pytest.raises(ValueError, match=named):
        read_costs(file)
