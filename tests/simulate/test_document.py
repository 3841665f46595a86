"""What docs/scaling.md shows is what the program computes.

The runs take too long to be repeated whole here: ``make simulate
SIMULATE_ARGS='--document docs/scaling.md'`` writes them all.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from simulate.run import run
from simulate.scenario import Scenario
from simulate.scenarios import scenarios
from simulate.sizing import Plan
from simulate.table import Table, filled
from simulate.tables import computed_tables, run_row

_DOCUMENT = (Path(__file__).parents[2] / "docs" / "scaling.md").read_text()


@pytest.mark.parametrize("table", computed_tables(Plan()), ids=lambda table: table.name)
def test_a_computed_table_is_as_printed(table: Table) -> None:
    assert f"<!-- {table.name} -->\n{table.markdown()}\n<!-- /{table.name} -->" in _DOCUMENT


def test_the_document_has_every_run() -> None:
    lines = _DOCUMENT.partition("<!-- runs -->\n")[2].partition("\n<!-- /runs -->")[0].split("\n")
    shown = [tuple(line.strip("| ").split(" | "))[:3] for line in lines[2:]]
    assert shown == [
        (one.name, one.event_key, one.alert_key) for one in scenarios(Scenario("base"))
    ]


def test_a_run_shows_what_the_document_says() -> None:
    one = next(one for one in scenarios(Scenario("base")) if one.name == "no Redis")
    assert f"\n| {' | '.join(run_row(run(one)))} |\n" in _DOCUMENT


def test_a_table_without_a_place_is_an_error() -> None:
    table = Table("a", "A", ("x",), [("1",)])
    assert filled("<!-- a -->\nold\n<!-- /a -->", [table]).split("\n")[3] == "| 1 |"
    with pytest.raises(ValueError, match="no place for a"):
        filled("nothing", [table])
