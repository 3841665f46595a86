"""Recorded events as ``events`` prints them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Final

from google.protobuf.json_format import MessageToDict
from rich.table import Table

from event_service.cli.severity_styles import style_of
from event_service.cli.terminal import shown

if TYPE_CHECKING:
    from collections.abc import Sequence

    from event_service.stubs.spaceone.api.monitoring.v1.event_pb2 import EventInfo

FIELDS: Final = ("event_id", "created_at", "event_type", "severity", "title", "resources")

_ID_WIDTH: Final = 18
_ROOM_FOR_IDS: Final = 110


def as_json_line(event: EventInfo) -> str:
    """One object in one line, with the names of the API."""
    return json.dumps(MessageToDict(event, preserving_proto_field_name=True))


def as_table(events: Sequence[EventInfo], width: int | None, *, header: bool) -> Table:
    """A row for each event, for a terminal of so many columns, or for a file.

    On a terminal, columns stand where they stood in the table before, whatever the texts are.
    """
    on_terminal = width is not None
    table = Table(box=None, show_header=header, pad_edge=False, expand=on_terminal)
    table.add_column("CREATED (UTC)", width=19, no_wrap=True)
    table.add_column("SEVERITY", width=13, no_wrap=True)
    table.add_column("TYPE", width=8, no_wrap=True)
    table.add_column("TITLE", ratio=3 if on_terminal else None, overflow="fold")
    table.add_column("RESOURCES", ratio=2 if on_terminal else None, overflow="fold")
    with_ids = width is None or width >= _ROOM_FOR_IDS
    if with_ids:
        table.add_column("EVENT", width=_ID_WIDTH, no_wrap=True)
    for event in events:
        style = style_of(event.event_type, event.severity)
        table.add_row(
            shown(event.created_at[:19].replace("T", " ")),
            shown(event.severity, style),
            shown(event.event_type, style),
            shown(event.title),
            shown(", ".join(event.resources)),
            *([shown(event.event_id)] if with_ids else []),
        )
    return table
