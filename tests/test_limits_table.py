"""The limits that the README tells are those of the code."""

from pathlib import Path

from event_service.limits_table import limits_table

README = Path(__file__).parents[1] / "README.md"


def test_the_limits_of_the_readme_are_those_of_the_code() -> None:
    text = README.read_text(encoding="utf-8")
    table = text.partition("<!-- limits -->\n")[2].partition("\n<!-- /limits -->")[0]
    assert table == limits_table()
