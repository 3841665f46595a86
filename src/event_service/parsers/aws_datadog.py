"""A monitor of Datadog's that changed its state, as Datadog puts it on a bus of EventBridge."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers import datadog
from event_service.parsers.reading import at, joined, mapping, text, text_at


def is_change(event: Mapping[str, Any]) -> bool:
    """Whether the event's detail has a monitor with an id and a name, and its transition."""
    about = mapping(at(event, "detail", "meta"))
    named = all(text_at(about, "monitor", name) is not None for name in ("id", "name"))
    return named and text_at(about, "transition", "trans_name") is not None


def change_result(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result that the same change would have had by Datadog's webhook."""
    detail = mapping(event.get("detail"))
    about, monitor = mapping(detail.get("meta")), mapping(at(detail, "meta", "monitor"))
    variables = {
        "alert_id": text(monitor.get("id")),
        "alert_title": text(monitor.get("name")),
        "alert_transition": at(about, "transition", "trans_name"),
        "alert_type": detail.get("alert_type"),
        "alert_scope": text_at(about, "result", "group"),
        "alert_query": monitor.get("query"),
        "event_type": detail.get("event_type"),
        "message": monitor.get("message"),
        "org_id": text(monitor.get("org_id")),
        "tags": joined(detail.get("tags"), by=","),
        "occurred_at": event.get("time"),
    }
    (result,) = datadog.results_of(variables)
    return result
