"""PagerDuty's webhooks, version 3: something happened to an incident."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers.event_types import event_type
from event_service.parsers.reading import at, joined, mapping, mappings, text, text_at, texts, word
from event_service.parsers.seam import Body, Options, ParseFailure, Source
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

# Priorities are named by the account's owner; P1 to P5 and SEV-1 to SEV-5 are proposed.
_PRIORITIES = SeverityWords(
    CUSTOMARY,
    {
        "CRITICAL": ("sev-1", "sev1"),
        "ERROR": ("sev-2", "sev2"),
        "WARNING": ("sev-3", "sev3"),
        "INFO": ("sev-4", "sev4", "sev-5", "sev5"),
    },
)
_OVER = {"incident.resolved", "resolved"}
_URGENCIES = SeverityWords({"ERROR": ("high",), "WARNING": ("low",)})
_SUBDOMAIN = re.compile(r"https://([a-z0-9-]{1,63})\.(?:eu\.)?pagerduty\.com/", re.IGNORECASE)


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result when the event shows an incident, resolved or not.

    Events that say nothing of an incident's state have none: pings, changes of services, notes and
    messages. They also come after an incident is resolved, and would open its alert again.
    Raises ParseFailure when there is no event.
    """
    event = body.get("event")
    if not isinstance(event, Mapping):
        raise ParseFailure("event is not an object")
    incident = mapping(event.get("data"))
    return (_result(event, incident),) if word(incident.get("type")) == "incident" else ()


def recognises(body: Body) -> bool:
    """Whether it has an event with a type, the type of its resource, and data."""
    event = mapping(body.get("event"))
    return all(isinstance(event.get(name), str) for name in ("event_type", "resource_type")) and (
        isinstance(event.get("data"), Mapping)
    )


def _result(event: Mapping[str, Any], incident: Mapping[str, Any]) -> dict[str, Any]:
    number = text(incident.get("id"))
    place = _SUBDOMAIN.match(text(incident.get("html_url")) or "")
    account = place and place[1]
    return {
        "event_key": number and f"pagerduty:incident:{number}",
        "event_type": event_type(_OVER, event.get("event_type"), incident.get("status")),
        "title": text(incident.get("title")),
        "description": text_at(incident, "body", "details"),
        "severity": _severity(incident),
        "resource": {"name": text_at(incident, "service", "summary")},
        "provider": account and "pagerduty",
        "account": account,
        "occurred_at": text(event.get("occurred_at")),
        "additional_info": texts(
            {
                "url": incident.get("html_url"),
                "event": event.get("event_type"),
                "status": incident.get("status"),
                "urgency": incident.get("urgency"),
                "number": incident.get("number"),
                "incident_key": incident.get("incident_key"),
                "escalation_policy": at(incident, "escalation_policy", "summary"),
                "teams": _summaries(incident.get("teams")),
                "assignees": _summaries(incident.get("assignees")),
                "agent": at(event, "agent", "summary"),
            }
        ),
    }


def _severity(incident: Mapping[str, Any]) -> str:
    priority = text_at(incident, "priority", "summary")
    if priority is not None:
        return _PRIORITIES.severity(priority)
    return _URGENCIES.severity(incident.get("urgency"))


def _summaries(references: object) -> str | None:
    return joined(*(each.get("summary") for each in mappings(references)), by=", ")


SOURCE = Source(
    name="pagerduty",
    parse=parse,
    recognises=recognises,
    looks_like="PagerDuty's webhook of version 3, with an event of a type",
    marks=frozenset({"event"}),
)
