"""``event-service parse``: what a body would become, without a service and without a store."""

from __future__ import annotations

import json
import sys
from typing import IO, TYPE_CHECKING, Any

import click

from event_service.cli.draft_text import as_block, as_object
from event_service.cli.faults import told_plainly
from event_service.cli.options import json_option
from event_service.cli.reading import Reading, read
from event_service.cli.terminal import put, shown
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.wire.struct import dict_to_struct, struct_to_dict

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.command()
@click.option("--source", help="Read it as this source's or plugin's; else it is recognised.")
@click.argument("file", type=click.File("rb"), metavar="FILE|-")
@json_option
def parse(source: str | None, file: IO[bytes], as_json: bool) -> None:  # noqa: FBT001
    """Show what a webhook would make of a body; nothing is stored.

    FILE holds the JSON object that a monitoring system sends; - is standard input. Exits with 1
    when something in it is not understood: it would be recorded as an event of type ERROR.
    """
    registry = ParserRegistry(installed_sources())
    if source is not None and source not in registry:
        names = ", ".join(sorted(registry))
        raise click.BadParameter(f"there is no {source}; there are {names}", param_hint="--source")
    with told_plainly():
        reading = read(registry, source, _body(file.read()))
    if as_json:
        click.echo(json.dumps(_as_object(reading), indent=2))
    else:
        _print(reading)
    sys.exit(1 if reading.failures else 0)


def _body(text: bytes) -> Mapping[str, Any]:
    try:
        body = json.loads(text, parse_constant=_no_number)
    except (ValueError, RecursionError):
        raise click.ClickException("That is not JSON.") from None
    if not isinstance(body, dict):
        raise click.ClickException("That is JSON, but not an object.")
    # As it arrives over the wire: numbers are doubles there.
    return struct_to_dict(dict_to_struct(body))


def _no_number(word: str) -> object:
    raise ValueError(f"JSON has no {word}")


def _as_object(reading: Reading) -> dict[str, Any]:
    return {
        "source": reading.source,
        "events": [as_object(draft) for draft in reading.events],
        "failures": list(reading.failures),
        "notes": list(reading.notes),
    }


def _print(reading: Reading) -> None:
    if reading.source is not None:
        put(shown(f"source: {reading.source}"))
    if not reading.events:
        put("It would be taken, and no event made of it.")
    for number, draft in enumerate(reading.events, 1):
        put()
        put(shown(f"event {number} of {len(reading.events)}", "bold"))
        put(as_block(draft))
    for note in reading.notes:
        put(shown(f"note: {note}"))
