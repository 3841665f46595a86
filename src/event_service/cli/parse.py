"""``event-service parse``: what a body would become, without a service and without a store."""

from __future__ import annotations

import json
import sys
from typing import IO, Any

import click

from event_service.cli.draft_text import as_block, as_object
from event_service.cli.faults import told_plainly
from event_service.cli.options import json_option
from event_service.cli.preview import Preview, preview_of
from event_service.cli.terminal import put, shown
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.wire.json_body import json_object


@click.command()
@click.option("--source", help="Read it as this source's or plugin's; else it is recognised.")
@click.argument("file", type=click.File("rb"), metavar="FILE|-")
@json_option
def parse(source: str | None, file: IO[bytes], as_json: bool) -> None:  # noqa: FBT001
    """Show what a webhook would make of a body; nothing is stored.

    FILE holds the JSON object that a monitoring system sends; - is standard input. Exits with 1
    for what HTTP would refuse, and when something in the body is not understood: that would be
    recorded as an event of type ERROR.
    """
    registry = ParserRegistry(installed_sources())
    if source is not None and source not in registry:
        names = ", ".join(sorted(registry))
        raise click.BadParameter(f"there is no {source}; there are {names}", param_hint="--source")
    with told_plainly():
        preview = preview_of(registry, source, json_object(file.read()))
    if as_json:
        click.echo(json.dumps(_as_object(preview), indent=2))
    else:
        _print(preview)
    sys.exit(1 if preview.failures else 0)


def _as_object(preview: Preview) -> dict[str, Any]:
    return {
        "source": preview.source,
        "events": [as_object(draft) for draft in preview.events],
        "failures": list(preview.failures),
        "notes": list(preview.notes),
    }


def _print(preview: Preview) -> None:
    if preview.source is not None:
        put(shown(f"source: {preview.source}"))
    if not preview.events:
        put("It would be taken, and no event made of it.")
    for number, draft in enumerate(preview.events, 1):
        put()
        put(shown(f"event {number} of {len(preview.events)}", "bold"))
        put(as_block(draft))
    for note in preview.notes:
        put(shown(f"note: {note}"))
