"""A table, for a terminal and for docs/scaling.md."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.table import Table as TerminalTable

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Table:
    """``name`` is that of its place in the document: between ``<!-- name -->`` marks."""

    name: str
    title: str
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]

    def markdown(self) -> str:
        """The table as Markdown, without a line end behind it."""
        lines = [self.columns, ["---"] * len(self.columns), *self.rows]
        return "\n".join(f"| {' | '.join(line)} |" for line in lines)

    def terminal(self) -> TerminalTable:
        """The table as rich shows it."""
        shown = TerminalTable(title=self.title, title_justify="left")
        for column in self.columns:
            shown.add_column(column.replace("`", ""))
        for row in self.rows:
            shown.add_row(*(cell.replace("`", "") for cell in row))
        return shown


def filled(document: str, tables: Sequence[Table]) -> str:
    """The document with each table in its place. Raises ValueError where it has none for one."""
    for table in tables:
        start, end = f"<!-- {table.name} -->\n", f"<!-- /{table.name} -->"
        before, mark, rest = document.partition(start)
        _, end_mark, after = rest.partition(end)
        if not mark or not end_mark:
            raise ValueError(f"the document has no place for {table.name}")
        document = f"{before}{start}{table.markdown()}\n{end}{after}"
    return document
