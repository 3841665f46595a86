"""Google Cloud Monitoring's webhook, schema versions 1.0 to 1.2: one incident a body.

It comes as it is, or as a message that a subscription of Pub/Sub pushes; so may an event of our own
shape come.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers import direct
from event_service.parsers.epochs import from_epoch
from event_service.parsers.reading import (
    at,
    base64_object,
    first_text,
    joined,
    mapping,
    text,
    texts,
    word,
)
from event_service.parsers.seam import Body, Options, ParseFailure, Source
from event_service.parsers.severity_words import SeverityWords

_SEVERITIES = SeverityWords(
    {
        "CRITICAL": ("critical",),
        "ERROR": ("error",),
        # A policy without a severity is taken for one of warnings, as SpaceONE's plugin does.
        "WARNING": ("warning", "no severity", "none", "severity_unspecified"),
        "INFO": ("info",),
    },
    absent="WARNING",
)
_OVER = "closed"
_INCIDENT_FIELDS = ("policy_name", "condition_name", "scoping_project_id", "started_at")


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """The incident as the only result, or the event of our own shape that Pub/Sub pushes.

    Raises ParseFailure when there is no object ``incident`` either.
    """
    told = _told(body)
    if _is_ours(told, body):
        return direct.parse(told, {})
    incident = told.get("incident")
    if not isinstance(incident, Mapping):
        raise ParseFailure("incident is not an object")
    return (_result(incident),)


def recognises(body: Body) -> bool:
    """Whether the body has an incident with an id, a state and one of Google's own fields, or is an
    event of our own shape with a title and a key that Pub/Sub pushes.
    """
    told = _told(body)
    if _is_ours(told, body):
        return True
    incident = mapping(told.get("incident"))
    if text(incident.get("incident_id")) is None or text(incident.get("state")) is None:
        return False
    return any(name in incident for name in _INCIDENT_FIELDS)


def _is_ours(told: Body, body: Body) -> bool:
    return told is not body and direct.is_named(told)


def _told(body: Body) -> Body:
    """What Pub/Sub pushes, when it is an object; another body as it is."""
    if "incident" in body:
        return body
    return base64_object(at(body, "message", "data")) or body


def _result(incident: Mapping[str, Any]) -> Mapping[str, Any]:
    state = text(incident.get("state"))
    closed = word(state) == _OVER
    name = first_text(incident.get("condition_name"), incident.get("policy_name"))
    return {
        "event_key": text(incident.get("incident_id")),
        "event_type": "RECOVERY" if closed else "ALERT",
        "title": joined(name, state and f"({state})") if name else None,
        "description": first_text(incident.get("summary"), _documentation(incident)),
        "severity": "INFO" if closed else _SEVERITIES.severity(incident.get("severity")),
        "resource": {
            "name": first_text(incident.get("resource_name"), incident.get("resource_display_name"))
        },
        "rule": text(incident.get("policy_name")),
        "provider": "google_cloud",
        "account": first_text(
            incident.get("scoping_project_id"), at(incident, "resource", "labels", "project_id")
        ),
        "occurred_at": from_epoch(incident.get("started_at")),
        "additional_info": texts(
            {
                "url": incident.get("url"),
                "ended_at": from_epoch(incident.get("ended_at")),
                "resource_type": at(incident, "resource", "type"),
                "metric_type": at(incident, "metric", "type"),
                "observed_value": incident.get("observed_value"),
                "threshold_value": incident.get("threshold_value"),
                "documentation": _documentation(incident),
            },
            mapping(at(incident, "resource", "labels")),
            mapping(at(incident, "metric", "labels")),
            mapping(incident.get("policy_user_labels")),
        ),
    }


def _documentation(incident: Mapping[str, Any]) -> str | None:
    """Google's test notification has a text in the place of the object."""
    return first_text(at(incident, "documentation", "content"), incident.get("documentation"))


SOURCE = Source(
    name="google_monitoring",
    parse=parse,
    recognises=recognises,
    looks_like="Google Cloud Monitoring's incident with an incident_id and a state",
    marks=frozenset({"incident", "message"}),
    plugin_ids=("plugin-google-monitoring-mon-webhook",),
)
