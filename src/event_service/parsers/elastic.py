"""Elastic: the actions of Kibana's rules, alert documents, and Watcher's webhooks.

The body of a Kibana action is a template that its owner writes with Kibana's variables. Read are
bodies that keep the variables' names: nested, dotted (``rule.id``), or in another spelling
(``rule_id``, ``ruleId``), as well as the names of Kibana 7 (``alertName``).
"""

import re
from collections.abc import Sequence
from functools import cache
from typing import Any

from event_service.parsers.epochs import from_epoch_or_text
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import at, first_text, joined, mapping, text, texts, texts_of
from event_service.parsers.seam import Body, Options, Source
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

_SEVERITIES = SeverityWords(CUSTOMARY)
_OVER = {"recovered", "resolved"}
# What a variable may be called: as it is, as in Kibana 7, and as in an alert document.
_RULE_ID = ("rule.id", "kibana.alert.rule.uuid", "alertId")
_RULE_NAME = ("rule.name", "kibana.alert.rule.name", "alertName")
# Kibana 7 calls the rule an alert, and the alert an instance.
_ALERT_ID = ("alertInstanceId", "alert.id", "kibana.alert.instance.id")
_ALERT_UUID = ("alert.uuid", "kibana.alert.uuid")
# An action group's name may be in another language, its id isn't.
_STATE = (
    *("alert.actionGroup", "kibana.alert.status", "alertActionGroup", "actionGroup"),
    *("alert.actionGroupName", "alertActionGroupName"),
)
_REASON = ("context.reason", "kibana.alert.reason", "context.message", "message", "reason")
_SEVERITY = ("kibana.alert.severity", "context.severity", "rule.severity", "severity")
_TIME = ("date", "@timestamp", "kibana.alert.start", "context.timestamp", "timestamp")
_RESOURCE = ("context.host.name", "host.name", "context.monitorName", "context.serviceName")
_GROUP = ("context.group", "kibana.alert.instance.id")
_LINKS = {
    "url": ("context.alertDetailsUrl", "kibana.alert.url", "context.link"),
    "app_url": ("context.viewInAppUrl",),
    "rule_url": ("rule.url",),
    "kibana_url": ("kibanaBaseUrl",),
    "rule_type": ("rule.type", "kibana.alert.rule.rule_type_id"),
    "space": ("rule.spaceId", "spaceId"),
    "action_group": _STATE,
    "alert": _ALERT_ID,
    "value": ("context.value", "kibana.alert.evaluation.value"),
}
_TAGS = ("rule.tags", "kibana.alert.rule.tags", "tags")


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result; rule and alert are the key, or the watch.

    A watch tells only when it fires, so nothing ends its alert.
    """
    return (_watch(body) if "watch_id" in body else _alert(body),)


def recognises(body: Body) -> bool:
    """Whether it names a rule and its alert's state in Kibana's words, or is a watch's context."""
    if "watch_id" in body:
        return "execution_time" in body or "payload" in body
    return _said(body, *_STATE) is not None and _said(body, *_RULE_ID, *_RULE_NAME) is not None


def _alert(body: Body) -> dict[str, Any]:
    rule = _said(body, *_RULE_NAME)
    state = _said(body, *_STATE) or ""
    tags = next((value for value in (_at(body, name) for name in _TAGS) if value), None)
    resource = _said(body, *_RESOURCE)
    info = {name: _said(body, *places) for name, places in _LINKS.items()}
    info["tags"] = joined(tags, by=", ")
    return {
        "event_key": _event_key(body, rule),
        "event_type": event_type(_OVER, state),
        "title": rule or _said(body, *_RULE_ID),
        "description": _said(body, *_REASON),
        "severity": _severity(body, state),
        "resource": {"name": resource},
        "resources": _groups(body) if resource is None else None,
        "rule": rule,
        "occurred_at": from_epoch_or_text(_said(body, *_TIME)),
        "additional_info": texts(info),
    }


def _event_key(body: Body, rule: str | None) -> str | None:
    rule_id = _said(body, *_RULE_ID) or rule
    alert = _said(body, *_ALERT_ID) or _said(body, *_ALERT_UUID)
    return rule_id and joined("elastic", rule_id, alert, by=":")


def _severity(body: Body, state: str) -> str:
    """The severity that is said, else the one that the action group is named for."""
    said = _said(body, *_SEVERITY)
    if said is None and state.casefold().rpartition(".")[2] in ("warning", "critical"):
        said = state.rpartition(".")[2]
    return _SEVERITIES.severity(said)


def _groups(body: Body) -> list[str]:
    """What a rule groups by: a text, or objects of field and value."""
    found = next((value for value in (_at(body, name) for name in _GROUP) if value), None)
    if not isinstance(found, list):
        said = text(found)
        # A rule without groups names its only alert so.
        return [said] if said not in (None, "*", "query matched") else []
    return texts_of(*(first_text(mapping(member).get("value"), member) for member in found))


def _watch(body: Body) -> dict[str, Any]:
    watch = text(body.get("watch_id"))
    metadata = mapping(body.get("metadata"))
    return {
        "event_key": watch and f"elastic:watch:{watch}",
        "event_type": "ALERT",
        "title": first_text(metadata.get("name"), watch),
        "description": first_text(metadata.get("description"), body.get("message")),
        "severity": _SEVERITIES.severity(metadata.get("severity")),
        "rule": watch,
        "occurred_at": from_epoch_or_text(body.get("execution_time")),
        "additional_info": texts(
            {
                "execution": body.get("id"),
                "hits": at(body, "payload", "hits", "total", "value"),
                "url": metadata.get("url"),
            }
        ),
    }


def _said(body: Body, *names: str) -> str | None:
    return first_text(*(_at(body, name) for name in names))


def _at(body: Body, name: str) -> Any:
    """What a variable became: under its dotted name, under names in names, or in one word."""
    if name in body:
        return body[name]
    path, words = _spellings(name)
    if path[0] in body:
        nested = at(body, *path)
        if nested is not None:
            return nested
    return next((body[word] for word in words if word in body), None)


def _top_names(name: str) -> tuple[str, ...]:
    """What a body that says it has one of at its top."""
    path, words = _spellings(name)
    return (name, path[0], *words)


@cache
def _spellings(name: str) -> tuple[tuple[str, ...], tuple[str, str]]:
    """``alert.actionGroup`` as names in names, as alert_action_group and as alertActionGroup."""
    first, *rest = name.split(".")
    camel = first + "".join(part[:1].upper() + part[1:] for part in rest)
    return (first, *rest), (re.sub(r"([A-Z])", r"_\1", camel).lower(), camel)


SOURCE = Source(
    name="elastic",
    parse=parse,
    recognises=recognises,
    looks_like="Kibana's variables of a rule and its alert's action group, or a watch_id",
    marks=frozenset({"watch_id", *(name for each in _STATE for name in _top_names(each))}),
)
