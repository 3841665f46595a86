"""The words of a message in Slack's shape, in the order that people read them."""

import re
from collections.abc import Iterator, Mapping
from html import unescape
from typing import Any

from event_service.parsers.reading import first_text, mapping, mappings, text

# <https://host/path|label>, <https://host/path>, <@U123>, <!here>
_LINK = re.compile(r"<([^<>|]{1,2000})(?:\|([^<>]{1,2000}))?>")
_MENTION = ("@", "#", "!")


def plain(said: str) -> str:
    """Slack's markup as plain text: links as their labels, or as addresses when they have none.

    A text with the number of a character that has thousands of digits keeps its escapes.
    """
    labelled = _LINK.sub(_label, said)
    try:
        return unescape(labelled).strip()
    except ValueError:  # a character's number has more digits than Python reads
        return labelled.strip()


def all_texts(body: Mapping[str, Any]) -> Iterator[str]:
    """The texts of the message, its blocks and its attachments."""
    yield from _plain(body.get("text"))
    yield from _of_blocks(body.get("blocks"))
    for attachment in mappings(body.get("attachments")):
        yield from _of_attachment(attachment)


def fields_of(attachment: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The titles and values of the fields of an attachment that have both."""
    for field in mappings(attachment.get("fields")):
        title, value = text(field.get("title")), text(field.get("value"))
        if title and value:
            yield title, plain(value)


def _label(found: re.Match[str]) -> str:
    if found[2]:
        return found[2]
    return "" if found[1].startswith(_MENTION) else found[1]


def _plain(value: object) -> Iterator[str]:
    if isinstance(value, str) and value.strip():
        yield plain(value)


def _of_attachment(attachment: Mapping[str, Any]) -> Iterator[str]:
    said = [attachment.get(name) for name in ("pretext", "title", "text")]
    if first_text(*said) is None and not attachment.get("blocks"):
        said = [attachment.get("fallback")]
    for value in said:
        yield from _plain(value)
    yield from _of_blocks(attachment.get("blocks"))
    yield from (f"{title}: {value}" for title, value in fields_of(attachment))


def _of_blocks(blocks: object) -> Iterator[str]:
    for block in mappings(blocks):
        yield from _plain(mapping(block.get("text")).get("text"))
        for member in mappings(block.get("fields")):
            yield from _plain(member.get("text"))
        for element in mappings(block.get("elements")):
            # A button's text is what to press, not what happened.
            if element.get("type") != "button":
                yield from _plain(element.get("text"))
                yield from _of_rich_text(element)


def _of_rich_text(element: Mapping[str, Any]) -> Iterator[str]:
    members = mappings(element.get("elements"))
    if element.get("type") == "rich_text_list":
        for member in members:
            yield from _of_rich_text(member)
        return
    pieces = (member.get("text") or member.get("url") for member in members)
    yield from _plain("".join(piece for piece in pieces if isinstance(piece, str)))
