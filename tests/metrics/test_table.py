"""The README has every metric, and no other."""

from __future__ import annotations

from pathlib import Path

from event_service.metrics.table import metrics_table

README = Path(__file__).parents[2] / "README.md"


def test_the_table_of_the_readme_is_that_of_the_code() -> None:
    text = README.read_text(encoding="utf-8")
    table = text.partition("<!-- metrics -->\n")[2].partition("\n<!-- /metrics -->")[0]
    assert table == metrics_table()
