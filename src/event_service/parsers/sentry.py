"""Sentry: the integration platform's webhooks and the older WebHooks plugin.

An issue is one event key in all of them, however it is told of; a metric alert has its own.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers.epochs import from_epoch_or_text
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import (
    at,
    first_text,
    joined,
    mapping,
    sequence,
    text,
    texts,
    texts_of,
    word,
)
from event_service.parsers.seam import Body, Options, ParseFailure, Source
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

_LEVELS = SeverityWords(CUSTOMARY, {"INFO": ("sample", "log")})
# A metric alert's action is its severity; once it is resolved it has none.
_METRIC_ACTIONS = SeverityWords(
    {"CRITICAL": ("critical",), "WARNING": ("warning",), "NONE": ("resolved",)}
)
_OVER = {"resolved", "archived", "ignored"}
_PAIR = 2
_ISSUE_URL = re.compile(r"https?://[^?#]{1,500}/issues/(?P<id>[0-9]{1,20})/?")


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result: the issue, the event or the metric alert that the body is about.

    Resolved and archived issues are over. Raises ParseFailure for webhooks about anything else,
    such as comments and installations.
    """
    data = mapping(body.get("data"))
    if isinstance(data.get("metric_alert"), Mapping):
        return (_metric_alert(body, data),)
    if isinstance(data.get("issue"), Mapping):
        return (_issue(body, data["issue"]),)
    for name in ("event", "error"):
        if isinstance(data.get(name), Mapping):
            return (_event(data, data[name]),)
    if _is_plugins(body):
        return (_plugin(body),)
    raise ParseFailure("Neither an issue, an event, an error nor a metric alert is in the body")


def recognises(body: Body) -> bool:
    """Whether it is a webhook about an issue, an event, an error or a metric alert."""
    data = mapping(body.get("data"))
    named = any(
        isinstance(data.get(name), Mapping) for name in ("metric_alert", "issue", "event", "error")
    )
    about = named and isinstance(body.get("action"), str)
    return (about and ("installation" in body or "actor" in body)) or _is_plugins(body)


def _is_plugins(body: Body) -> bool:
    has_project = "project_slug" in body or "project_name" in body
    return has_project and all(field in body for field in ("id", "culprit", "level"))


def _plugin(body: Body) -> dict[str, Any]:
    event = mapping(body.get("event"))
    slug = first_text(body.get("project_slug"), body.get("project"))
    name = first_text(slug, body.get("project_name"))
    return {
        "event_key": _issue_key(text(body.get("id"))),
        "event_type": "ALERT",
        "title": first_text(body.get("message"), event.get("title"), body.get("culprit")),
        "description": text(body.get("culprit")),
        "severity": _LEVELS.severity(body.get("level")),
        "resource": {"name": name},
        "rule": joined(body.get("triggering_rules"), by=", "),
        "occurred_at": _event_time(event),
        "additional_info": texts(
            _tags(event),
            {"url": body.get("url"), "logger": body.get("logger"), "project": slug},
        ),
    }


def _event(data: Mapping[str, Any], event: Mapping[str, Any]) -> dict[str, Any]:
    rule = first_text(data.get("triggered_rule"), at(data, "issue_alert", "title"))
    return {
        "event_key": _issue_key(_issue_id(event)),
        "event_type": "ALERT",
        "title": first_text(event.get("title"), event.get("message"), event.get("culprit")),
        "description": _description(event),
        "severity": _LEVELS.severity(event.get("level")),
        "rule": rule,
        "occurred_at": _event_time(event),
        "additional_info": texts(
            _tags(event),
            {
                "url": event.get("web_url"),
                "issue_url": event.get("issue_url"),
                "platform": event.get("platform"),
                "release": event.get("release"),
                "environment": event.get("environment"),
            },
        ),
    }


def _issue(body: Body, issue: Mapping[str, Any]) -> dict[str, Any]:
    slug = first_text(at(issue, "project", "slug"), at(issue, "project", "name"))
    return {
        "event_key": _issue_key(text(issue.get("id"))),
        "event_type": event_type(_OVER, body.get("action"), issue.get("status")),
        "title": first_text(issue.get("title"), issue.get("culprit")),
        "description": _description(issue),
        "severity": _LEVELS.severity(issue.get("level")),
        "resource": {"name": slug},
        "occurred_at": from_epoch_or_text(issue.get("lastSeen")),
        "additional_info": texts(
            {
                "url": first_text(issue.get("web_url"), issue.get("permalink")),
                "issue": issue.get("shortId"),
                "action": body.get("action"),
                "substatus": issue.get("substatus"),
                "platform": issue.get("platform"),
            }
        ),
    }


def _metric_alert(body: Body, data: Mapping[str, Any]) -> dict[str, Any]:
    alert = mapping(data["metric_alert"])
    rule = mapping(alert.get("alert_rule"))
    action = word(body.get("action"))
    recovered = action == "resolved"
    number = text(alert.get("id"))
    since = first_text(alert.get("date_detected"), alert.get("date_started"))
    return {
        "event_key": number and f"sentry:metric-alert:{number}",
        "event_type": "RECOVERY" if recovered else "ALERT",
        "title": first_text(rule.get("name"), data.get("description_title"), alert.get("title")),
        "description": text(data.get("description_text")),
        "severity": _METRIC_ACTIONS.severity(action),
        "resources": texts_of(alert.get("projects")),
        "rule": text(rule.get("name")),
        "occurred_at": (text(alert.get("date_closed")) if recovered else None) or since,
        "additional_info": texts(
            {
                "url": data.get("web_url"),
                "query": rule.get("query"),
                "aggregate": rule.get("aggregate"),
                "dataset": rule.get("dataset"),
                "environment": rule.get("environment"),
            }
        ),
    }


def _issue_id(event: Mapping[str, Any]) -> str | None:
    """The issue that the event is of; older versions tell it in the issue's address alone."""
    found = _ISSUE_URL.fullmatch(text(event.get("issue_url")) or "")
    return text(event.get("issue_id")) or (found["id"] if found is not None else None)


def _issue_key(number: str | None) -> str | None:
    return number and f"sentry:issue:{number}"


def _description(about: Mapping[str, Any]) -> str | None:
    return joined(at(about, "metadata", "value"), about.get("culprit"), by="\n")


def _event_time(event: Mapping[str, Any]) -> str | None:
    times = (event.get(name) for name in ("datetime", "timestamp", "received"))
    return first_text(*map(from_epoch_or_text, times))


def _tags(event: Mapping[str, Any]) -> Mapping[str, object]:
    """Tags come as pairs of name and value."""
    pairs = [pair for pair in sequence(event.get("tags")) if isinstance(pair, list)]
    named = {text(pair[0]): pair[1] for pair in pairs if len(pair) == _PAIR}
    return {name: value for name, value in named.items() if name}


SOURCE = Source(
    name="sentry",
    parse=parse,
    recognises=recognises,
    looks_like="Sentry's webhook about an issue, an event, an error or a metric alert",
    marks=frozenset({"installation", "actor", "project_slug", "project_name"}),
)
