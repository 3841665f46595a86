"""CloudEvents 1.0 in structured mode: an envelope about anything.

The body of another sender as the data is what it is alone, as brokers of events pass on. Where the
data uses the names of our own event shape (CONTRACT 3.3) or near ones, they are taken; what it
lacks comes from the envelope.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers import carried, direct
from event_service.parsers.epochs import from_epoch_or_text
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import (
    at,
    base64_object,
    first_text,
    joined,
    json_object,
    mapping,
    text,
    texts,
    texts_of,
    word,
)
from event_service.parsers.seam import Body, Options, Source
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

_SEVERITIES = SeverityWords(CUSTOMARY, {"CRITICAL": ("alert",), "INFO": ("trace",)})
_BEGUN = {"fired", "firing", "triggered", "opened", "open", "created", "raised", "alert", "failed"}
_OVER = {"resolved", "recovered", "recovery", "closed", "cleared", "ok", "succeeded"}
# What happens to an alert in between, which neither begins nor ends it.
_GOES_ON = {
    *("acknowledged", "unacknowledged", "updated", "escalated", "deescalated", "assigned"),
    *("repeated", "renotified", "reopened"),
}
_DELETED = {"delete", "deleted"}
_REQUIRED = ("id", "source", "type")
_ENVELOPE = {
    *("specversion", "id", "source", "type", "subject", "time"),
    *("data", "data_base64", "datacontenttype", "dataschema"),
    # With the id, these would make news of every repetition.
    *("traceparent", "tracestate", "sequence", "sequencetype"),
}


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result, or those of another sender's data; none when it tells that such a body, as
    Kubernetes' record of an event, was deleted: what it told of did not happen again.
    """
    data = _data(body)
    brought = carried.results_of(data)
    if brought is None and "results" in data and direct.is_named(data):
        return direct.parse(data, {})
    if brought is None:
        return (_result(body, data),)
    return () if _last_word(body) in _DELETED else brought


def recognises(body: Body) -> bool:
    """Whether it has all that CloudEvents 1.x requires, as texts."""
    version = body.get("specversion")
    return (
        isinstance(version, str)
        and version.startswith("1.")
        and all(isinstance(body.get(name), str) and body[name] for name in _REQUIRED)
    )


def _data(body: Body) -> Mapping[str, Any]:
    told = body.get("data")
    found = mapping(told) or json_object(told) or base64_object(body.get("data_base64"))
    return found or {}


def _result(body: Body, data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Without a key in its data: source, subject, and type without its last word, when that word
    is one of what befalls an alert, as in ``com.example.alert.firing``.
    """
    kind, state = _kind_and_state(text(body.get("type")) or "")
    source, subject = text(body.get("source")), text(body.get("subject"))
    severity = first_text(
        *(data.get(name) for name in ("severity", "level", "priority")),
        *(body.get(name) for name in ("severity", "severitytext")),
    )
    resources = texts_of(data.get("resources"))
    return {
        "event_key": first_text(data.get("event_key"), joined(source, subject, kind, by="|")),
        "event_type": _event_type(data, state),
        "title": first_text(
            *(data.get(name) for name in ("title", "summary", "name")),
            joined(body.get("type"), subject, by=": "),
        ),
        "description": first_text(
            *(data.get(name) for name in ("description", "message", "details"))
        ),
        "severity": _SEVERITIES.severity(severity),
        "resource": {"name": None if resources else _resource_name(data, subject)},
        "resources": resources,
        "rule": first_text(data.get("rule"), kind),
        "image_url": text(data.get("image_url")),
        "provider": text(data.get("provider")),
        "account": text(data.get("account")),
        "occurred_at": from_epoch_or_text(first_text(data.get("occurred_at"), body.get("time"))),
        "additional_info": _additional_info(body, data),
    }


def _last_word(body: Body) -> str:
    return word(body.get("type")).rpartition(".")[2]


def _kind_and_state(said: str) -> tuple[str, str | None]:
    kind, dot, word = said.rpartition(".")
    known = word.casefold() in _BEGUN | _GOES_ON | _OVER
    return (kind, word.casefold()) if dot and known else (said, None)


def _event_type(data: Mapping[str, Any], state: str | None) -> str:
    given = (text(data.get("event_type")) or "").upper()
    if given in ("ALERT", "RECOVERY", "ERROR"):
        return given
    return event_type(_OVER, first_text(data.get("status"), data.get("state"), state))


def _resource_name(data: Mapping[str, Any], subject: str | None) -> str | None:
    return first_text(at(data, "resource", "name"), data.get("resource"), subject)


def _additional_info(body: Body, data: Mapping[str, Any]) -> dict[str, str]:
    """Labels and links of the data, then extensions of the envelope, then its own attributes."""
    links = {name: data.get(name) for name in ("url", "link", "runbook_url", "generator_url")}
    extensions = {name: value for name, value in body.items() if name not in _ENVELOPE}
    envelope = {name: body.get(name) for name in ("source", "type", "subject", "dataschema")}
    labels = (mapping(data.get(name)) for name in ("labels", "additional_info"))
    return texts(*labels, links, extensions, envelope)


SOURCE = Source(
    name="cloudevents",
    parse=parse,
    recognises=recognises,
    looks_like="CloudEvents 1.0 in structured mode, with specversion, id, source and type",
    marks=frozenset({"specversion"}),
)
