"""The Grafana dashboard: whole, and about nothing that isn't there."""

from __future__ import annotations

import json
import subprocess
from itertools import combinations
from typing import TYPE_CHECKING, Any

import yaml

from tests.deploy.asked import asked, not_served
from tests.deploy.places import DASHBOARD, needs_promtool
from tests.deploy.served_metrics import SERVED

if TYPE_CHECKING:
    from pathlib import Path

_GRID_WIDTH = 24
_VARIABLES = {"$__rate_interval": "5m", "$namespace": ".*", "$job": ".*"}


def _dashboard() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(DASHBOARD.read_text(encoding="utf-8"))
    return found


def _panels() -> list[dict[str, Any]]:
    panels: list[dict[str, Any]] = _dashboard()["panels"]
    return panels


def _graphs() -> list[dict[str, Any]]:
    return [panel for panel in _panels() if panel["type"] != "row"]


def _expressions() -> list[str]:
    return [target["expr"] for panel in _graphs() for target in panel["targets"]]


def test_every_panel_has_an_id_of_its_own_and_a_title() -> None:
    identifiers = [panel["id"] for panel in _panels()]
    assert len(set(identifiers)) == len(identifiers) > 20
    titles = [panel["title"] for panel in _panels()]
    assert all(titles)


def test_no_panel_lies_on_another() -> None:
    for one, other in combinations(_panels(), 2):
        a, b = one["gridPos"], other["gridPos"]
        beside = a["x"] + a["w"] <= b["x"] or b["x"] + b["w"] <= a["x"]
        below = a["y"] + a["h"] <= b["y"] or b["y"] + b["h"] <= a["y"]
        assert beside or below, f"{one['title']} lies on {other['title']}"
    for panel in _panels():
        assert panel["gridPos"]["x"] + panel["gridPos"]["w"] <= _GRID_WIDTH, panel["title"]


def test_every_panel_asks_the_chosen_source_for_the_chosen_jobs() -> None:
    for panel in _graphs():
        for target in panel["targets"]:
            assert target["datasource"]["uid"] == "${datasource}", panel["title"]
            matched = target["expr"].count('namespace=~"$namespace", job=~"$job"')
            assert matched == target["expr"].count("{"), panel["title"]


def test_its_variables_are_there() -> None:
    names = [variable["name"] for variable in _dashboard()["templating"]["list"]]
    assert names == ["datasource", "namespace", "job"]
    for variable in _dashboard()["templating"]["list"][1:]:
        assert "event_service_build_info" in variable["definition"]
        assert variable["definition"] == variable["query"]["query"]


def test_every_metric_is_one_of_the_services() -> None:
    for expression in _expressions():
        assert list(not_served(expression)) == [], expression


def test_every_metric_of_the_service_is_shown() -> None:
    shown = frozenset[str]().union(*(asked(expression)[0] for expression in _expressions()))
    missing = SERVED.keys() - shown
    # The mean needs count and sum of a histogram, most want its quantiles alone.
    assert {name for name in missing if not name.endswith(("_count", "_sum"))} == set()


@needs_promtool
def test_promtool_understands_every_expression(tmp_path: Path) -> None:
    expressions = _expressions()
    for variable, value in _VARIABLES.items():
        expressions = [expression.replace(variable, value) for expression in expressions]
    rules = [{"record": f"panel:{n}", "expr": text} for n, text in enumerate(expressions)]
    file = tmp_path / "rules.yaml"
    file.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}))
    checked = subprocess.run(
        ["promtool", "check", "rules", file], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout + checked.stderr
