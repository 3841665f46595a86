"""Events that are not recorded, as ``parse`` and ``send`` print them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rich.table import Table
from rich.text import Text

from event_service.cli.severity_styles import style_of
from event_service.cli.terminal import shown, visible
from event_service.instants import format_instant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from event_service.draft import EventDraft


def as_object(draft: EventDraft) -> dict[str, Any]:
    """The draft as JSON, in the names of CONTRACT 3.3; null for what it doesn't have."""
    at = draft.occurred_at
    return draft._asdict() | {"occurred_at": None if at is None else format_instant(at)}


def as_line(draft: EventDraft) -> str:
    """The draft in one line for people."""
    about = f"{draft.event_type} {draft.severity} {draft.title} (event_key {draft.event_key})"
    return visible(about)


def as_block(draft: EventDraft) -> Table:
    """A line for each field that says something."""
    block = Table.grid(padding=(0, 2))
    block.add_column(style="dim", no_wrap=True)
    block.add_column(overflow="fold")
    for name, text in _fields(draft):
        style = style_of(draft.event_type, draft.severity) if name == "severity" else ""
        # A description may have lines; each is shown for itself.
        lines = [shown(line, style) for line in text.split("\n")]
        block.add_row(f"  {visible(name)}", Text("\n").join(lines))
    return block


def _fields(draft: EventDraft) -> Iterator[tuple[str, str]]:
    for name, value in as_object(draft).items():
        if isinstance(value, dict):
            for key, inner in value.items():
                yield f"{name}.{key}", str(inner)
        elif isinstance(value, list | tuple):
            for member in value:
                yield name, str(member)
        elif value:
            yield name, str(value)
