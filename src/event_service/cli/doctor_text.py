"""What the doctor found, on one screen: first all of it, then what to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from rich.table import Table
from rich.text import Text

from event_service.cli.terminal import put, shown
from event_service.doctor.finding import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from event_service.doctor.finding import Finding

_MARKS: Final = {
    Mark.OK: ("✓", "green"),
    Mark.WARNING: ("!", "yellow"),
    Mark.FAILURE: ("✗", "bold red"),
    Mark.SKIPPED: ("-", "dim"),
}
_WHAT_WIDTH: Final = 17


def as_objects(findings: Sequence[Finding]) -> list[dict[str, Any]]:
    """What ``--json`` prints."""
    return [
        {
            "what": finding.what,
            "mark": finding.mark.value,
            "found": finding.found,
            "advice": finding.advice or None,
        }
        for finding in findings
    ]


def print_findings(findings: Sequence[Finding]) -> None:
    """The table, then what to do for what is not well, the worst first."""
    table = _grid()
    for finding in findings:
        if finding.mark is Mark.SKIPPED:
            continue
        mark, style = _MARKS[finding.mark]
        table.add_row(
            Text(mark, style=style),
            shown(finding.what),
            shown(finding.found, "" if finding.mark is Mark.OK else style),
        )
    mark, style = _MARKS[Mark.SKIPPED]
    for reason, names in _skipped(findings).items():
        # In one row: what matters is the failure that they are skipped for.
        told = shown(f"{reason}: {', '.join(names)}", style)
        table.add_row(Text(mark, style=style), Text("Not looked at"), told)
    put(table)
    bad = [finding for finding in findings if finding.advice]
    bad.sort(key=lambda finding: finding.mark is not Mark.FAILURE)
    put()
    if bad:
        advice = _grid()
        for finding in bad:
            mark, style = _MARKS[finding.mark]
            advice.add_row(Text(mark, style=style), shown(finding.what), shown(finding.advice))
        put(advice)
        put()
    put(Text(*_summary(findings)))


def _skipped(findings: Sequence[Finding]) -> dict[str, list[str]]:
    """The names of what could not be looked at, by the reason."""
    found: dict[str, list[str]] = {}
    for finding in findings:
        if finding.mark is Mark.SKIPPED:
            found.setdefault(finding.found, []).append(finding.what)
    return found


def _grid() -> Table:
    grid = Table.grid(padding=(0, 1))
    grid.add_column(width=1)
    grid.add_column(width=_WHAT_WIDTH, no_wrap=True)
    grid.add_column(overflow="fold")
    return grid


def _summary(findings: Sequence[Finding]) -> tuple[str, str]:
    failures = sum(finding.mark is Mark.FAILURE for finding in findings)
    warnings = sum(finding.mark is Mark.WARNING for finding in findings)
    if not failures and not warnings:
        return "All is well.", "green"
    told = [
        f"{count} {name}{'' if count == 1 else 's'}"
        for count, name in ((failures, "failure"), (warnings, "warning"))
        if count
    ]
    return f"{' and '.join(told)}.", "bold red" if failures else "yellow"
