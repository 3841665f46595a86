"""Messages in Slack's shape, which many senders know: text, attachments, blocks.

Such a message is written for people. What it says of state and severity is read from a word at its
start, from fields of its attachments, and from their colour.
"""

from collections.abc import Iterator, Mapping, Sequence

from event_service.parsers.colours import colour_severity
from event_service.parsers.derived_keys import derived_key
from event_service.parsers.epochs import from_epoch
from event_service.parsers.reading import first_text, mappings, text, texts
from event_service.parsers.seam import Body, Options, ParseFailure, Source
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords
from event_service.parsers.slack_text import all_texts, fields_of
from event_service.parsers.state_marks import Marked, marked

_SEVERITIES = SeverityWords(CUSTOMARY, {"INFO": ("ok",)})
_SEVERITY_FIELDS = ("severity", "priority", "level")
_RESOURCE_FIELDS = ("host", "hostname", "instance", "server", "resource", "service")
_LONGEST_TITLE = 300


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result; the title without its state is the key.

    Raises ParseFailure when nothing in the message has a text.
    """
    lines = [line.strip() for said in all_texts(body) for line in said.splitlines()]
    lines = [line for line in lines if line]
    if not lines:
        raise ParseFailure("Neither text, attachments nor blocks say anything")
    headline, *rest = lines
    mark = marked(headline)
    fields = dict(_fields(body))
    resource = _named(fields, _RESOURCE_FIELDS)
    result = {
        "event_key": derived_key("slack", mark.about, resource),
        "event_type": mark.event_type,
        "title": headline[:_LONGEST_TITLE],
        "description": "\n".join(rest if len(headline) <= _LONGEST_TITLE else lines),
        "severity": _severity(body, fields, mark),
        "resource": {"name": resource},
        "image_url": _image(body),
        "occurred_at": _occurred_at(body),
        "additional_info": texts(
            fields, {"url": _link(body), "channel": body.get("channel"), "sender": _sender(body)}
        ),
    }
    return (result,)


def recognises(body: Body) -> bool:
    """Whether it has a text, attachments that are objects, or blocks that have a type."""
    if isinstance(body.get("text"), str) and body["text"].strip():
        return True
    blocks = mappings(body.get("blocks"))
    return bool(mappings(body.get("attachments"))) or any("type" in block for block in blocks)


def _fields(body: Body) -> Iterator[tuple[str, str]]:
    for attachment in mappings(body.get("attachments")):
        yield from fields_of(attachment)


def _named(fields: Mapping[str, str], names: tuple[str, ...]) -> str | None:
    folded = {name.casefold(): value for name, value in fields.items()}
    return first_text(*(folded.get(name) for name in names))


def _severity(body: Body, fields: Mapping[str, str], mark: Marked) -> str:
    said = _named(fields, _SEVERITY_FIELDS) or mark.severity
    if said is not None:
        return _SEVERITIES.severity(said)
    colours = (text(each.get("color")) for each in mappings(body.get("attachments")))
    severities = (colour_severity(colour) for colour in colours)
    return next((severity for severity in severities if severity), "NONE")


def _image(body: Body) -> str | None:
    holders = mappings(body.get("attachments")) + mappings(body.get("blocks"))
    return first_text(*(holder.get("image_url") for holder in holders))


def _link(body: Body) -> str | None:
    attachments = mappings(body.get("attachments"))
    titles = (each.get("title_link") for each in attachments)
    pressed = [each.get("actions") for each in attachments]
    pressed += [each.get("elements") for each in mappings(body.get("blocks"))]
    buttons = (button for each in pressed for button in mappings(each))
    return first_text(*titles, *(button.get("url") for button in buttons))


def _sender(body: Body) -> str | None:
    footers = (each.get("footer") for each in mappings(body.get("attachments")))
    return first_text(body.get("username"), *footers)


def _occurred_at(body: Body) -> str | None:
    return first_text(*(from_epoch(each.get("ts")) for each in mappings(body.get("attachments"))))


SOURCE = Source(
    name="slack",
    parse=parse,
    recognises=recognises,
    looks_like="a message in Slack's shape, with text, attachments or blocks",
    marks=frozenset({"text", "attachments", "blocks"}),
    general=True,
)
