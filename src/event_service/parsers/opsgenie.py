"""Opsgenie's webhook (also Jira Service Management's): an action on an alert."""

from collections.abc import Mapping, Sequence

from event_service.parsers.epochs import from_epoch_or_text
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import at, first_text, joined, mapping, text, texts, word
from event_service.parsers.seam import Body, Options, ParseFailure, Source
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

_PRIORITIES = SeverityWords(CUSTOMARY)
_OVER = {"close", "delete"}
# They also come after an alert is closed, and would open it again.
_SAYS_NOTHING = {"addnote", "addtags", "removetags", "adddetails", "removedetails"}


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result; none for actions that leave the alert as it is, such as notes and tags.

    Raises ParseFailure when there is no alert.
    """
    alert = body.get("alert")
    if not isinstance(alert, Mapping):
        raise ParseFailure("alert is not an object")
    if word(body.get("action")) in _SAYS_NOTHING:
        return ()
    number = text(alert.get("alertId"))
    times = [from_epoch_or_text(alert.get(name)) for name in ("updatedAt", "createdAt")]
    result = {
        "event_key": number and f"opsgenie:alert:{number}",
        "event_type": event_type(_OVER, body.get("action")),
        "title": text(alert.get("message")),
        "description": text(alert.get("description")),
        "severity": _PRIORITIES.severity(alert.get("priority")),
        "resource": {"name": text(alert.get("entity"))},
        "occurred_at": first_text(*times),
        "additional_info": texts(
            mapping(alert.get("details")),
            {
                "action": body.get("action"),
                "alias": alert.get("alias"),
                "tiny_id": alert.get("tinyId"),
                "tags": joined(alert.get("tags"), by=", "),
                "source": first_text(alert.get("source"), at(body, "source", "name")),
                "integration": body.get("integrationName"),
                "username": alert.get("username"),
            },
        ),
    }
    return (result,)


def recognises(body: Body) -> bool:
    """Whether it has an action and an alert with Opsgenie's id."""
    return isinstance(body.get("action"), str) and "alertId" in mapping(body.get("alert"))


SOURCE = Source(
    name="opsgenie",
    parse=parse,
    recognises=recognises,
    looks_like="Opsgenie's webhook, with an action and an alert that has an alertId",
    marks=frozenset({"alert"}),
)
