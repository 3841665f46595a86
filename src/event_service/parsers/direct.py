"""Our own event shape: one event as the body itself, or several in ``results`` (CONTRACT 3.3)."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from event_service.parsers.reading import mapping, mappings, sequence, text
from event_service.parsers.seam import Body, Options, ParseFailure, Source

# Any one of them makes a title, without which there is no event.
_NAMING_FIELDS = ("title", "event_key", "rule", "resource", "resources")

# Not ERROR: Datadog's template for SpaceONE has all three, and calls its own type of an alert so.
_EVENT_TYPES = {"ALERT", "RECOVERY"}


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """The members of ``results``, or the body as the only result when there is none, be it null.

    Raises ParseFailure when ``results`` is no list.
    """
    results = body.get("results")
    if results is None:
        return (body,) if body.keys() - {"results"} else ()
    if not isinstance(results, list):
        raise ParseFailure("results is not a list")
    return results


def recognises(body: Body) -> bool:
    """Whether the body has a list ``results``, or something that names it as an event."""
    return isinstance(body.get("results"), list) or any(map(text, _names(body)))


def claims(body: Body) -> bool:
    """Whether the body has a title, an event_key, and an event_type in our words: no other sender
    calls an end RECOVERY, whatever else its body has.
    """
    kind = (text(body.get("event_type")) or "").upper()
    return _has_both(body) and kind in _EVENT_TYPES


def is_named(body: Body) -> bool:
    """Whether the body, or one of its results, has both a title and an event_key."""
    return any(_has_both(each) for each in (body, *mappings(body.get("results"))))


def _has_both(event: Mapping[str, Any]) -> bool:
    return text(event.get("title")) is not None and text(event.get("event_key")) is not None


def _names(body: Body) -> Iterator[object]:
    yield from (body.get(field) for field in ("title", "event_key", "rule"))
    yield mapping(body.get("resource")).get("name")
    yield from sequence(body.get("resources"))


SOURCE = Source(
    name="direct",
    parse=parse,
    recognises=recognises,
    looks_like="a title, event_key, rule or name of a resource, or a list named results",
    marks=frozenset({"results", *_NAMING_FIELDS}),
    plugin_ids=("plugin-api-direct-mon-webhook",),
    general=True,
    shallow=True,
    claims=claims,
)
