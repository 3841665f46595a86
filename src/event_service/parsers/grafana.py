"""Grafana's webhooks: unified alerting, and the legacy alerting before Grafana 11.

Of unified alerting each member of ``alerts`` is one result, keyed by its fingerprint. A legacy body
is one result, with the key of SpaceONE's own plugin. A rule's definition, as exporters send it, is
one result too.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers.derived_keys import derived_key, plugin_key
from event_service.parsers.event_types import event_type
from event_service.parsers.go_times import from_go_time
from event_service.parsers.label_meanings import LABEL_SEVERITIES, labelled_resource
from event_service.parsers.labels import alert_key
from event_service.parsers.reading import at, first_text, json_object, mapping, text, texts
from event_service.parsers.seam import Body, Options, ParseFailure, Source, readable
from event_service.parsers.severity_words import ABSENT, UNKNOWN, SeverityWords

_STATES = SeverityWords(
    {
        "ERROR": ("alerting", "firing"),
        "INFO": ("ok", "resolved", "normal"),
        "NONE": ("no_data", "nodata", "pending", "paused", "unknown"),
    }
)
_OVER = {"ok", "resolved", "normal"}
# "[Alerting] Disk full": the state, which an alert's name must not change with.
_STATE_PREFIX = re.compile(r"^\s*\[(?:alerting|ok|no data|pending)\]\s*", re.IGNORECASE)
_VERSION = "1"
_GROUP_FIELDS = ("orgId", "groupKey", "receiver", "externalURL")
_LARGEST_ID = 2**53
_LEGACY_IDS = ("dashboardId", "panelId", "ruleId", "orgId")


def parse(body: Body, options: Options) -> Sequence[object]:
    """The results of a body. Raises ParseFailure when it has none of Grafana's forms.

    As with SpaceONE's plugin, the option ``message_root`` (a text such as ``Message`` or ``a.b``)
    says where in the body Grafana's own lies, an object or JSON, when what brought it wrapped it.
    """
    body = _under(body, text(options.get("message_root")))
    if "alerts" in body:
        return _unified(body)
    if _is_legacy(body):
        return (_legacy(body),)
    if _is_rule(body):
        return (_rule(body),)
    raise ParseFailure("The body has neither alerts, nor a ruleName and state, nor a ruleGroup")


def recognises(body: Body) -> bool:
    """Whether the body is a group of alerts of version 1, a legacy alert or a rule."""
    if isinstance(body.get("alerts"), list):
        return text(body.get("version")) == _VERSION and any(n in body for n in _GROUP_FIELDS)
    return _is_legacy(body) or _is_rule(body)


def _under(body: Body, root: str | None) -> Body:
    for name in root.split(".") if root is not None else ():
        found = body.get(name)
        body = json_object(found) or mapping(found)
    return body


def _unified(body: Body) -> Sequence[object]:
    alerts = body["alerts"]
    if not isinstance(alerts, list):
        raise ParseFailure("alerts is not a list")
    return [
        _alert(body, alert) if isinstance(alert, Mapping) else alert for alert in readable(alerts)
    ]


def _alert(body: Body, alert: Mapping[str, Any]) -> Mapping[str, Any]:
    labels = mapping(alert.get("labels"))
    annotations = mapping(alert.get("annotations"))
    state = first_text(alert.get("status"), body.get("status"))
    rule = first_text(labels.get("rulename"), labels.get("alertname"))
    message = body.get("message") if len(body["alerts"]) == 1 else None
    return {
        "event_key": alert_key(text(alert.get("fingerprint")), labels),
        "event_type": event_type(_OVER, state),
        "title": first_text(annotations.get("summary"), rule),
        # A rule that could not be asked says why there; its other words tell of what it seeks.
        "description": first_text(
            *(annotations.get(name) for name in ("Error", "description", "message")), message
        ),
        "severity": _severity(state, labels.get("severity")),
        "resource": labelled_resource(labels),
        "rule": rule,
        "occurred_at": from_go_time(alert.get("startsAt")),
        "image_url": first_text(alert.get("imageURL"), body.get("imageUrl")),
        "additional_info": texts(
            {
                "runbook_url": annotations.get("runbook_url"),
                "generator_url": alert.get("generatorURL"),
                "silence_url": alert.get("silenceURL"),
                "dashboard_url": alert.get("dashboardURL"),
                "panel_url": alert.get("panelURL"),
                "ends_at": from_go_time(alert.get("endsAt")),
                "values": alert.get("values") or alert.get("valueString"),
                "org_id": body.get("orgId"),
            },
            labels,
        ),
    }


def _is_legacy(body: Body) -> bool:
    return text(body.get("ruleName")) is not None and text(body.get("state")) is not None


def _legacy(body: Body) -> Mapping[str, Any]:
    state = body.get("state")
    title = _STATE_PREFIX.sub("", text(body.get("title")) or "")
    tags = mapping(body.get("tags"))
    return {
        "event_key": _legacy_key(body),
        "event_type": event_type(_OVER, state),
        "title": first_text(title, body.get("ruleName")),
        "description": text(body.get("message")),
        "severity": _legacy_severity(state, tags.get("severity")),
        "rule": text(body.get("ruleName")),
        "image_url": text(body.get("imageUrl")),
        "additional_info": texts(
            {
                "dashboard_id": body.get("dashboardId"),
                "panel_id": body.get("panelId"),
                "org_id": body.get("orgId"),
                "rule_url": body.get("ruleUrl"),
                "eval_matches": body.get("evalMatches"),
            },
            tags,
        ),
    }


def _legacy_key(body: Body) -> str | None:
    ids = [body.get(name) for name in _LEGACY_IDS]
    if all(text(each) is not None for each in ids):
        return plugin_key(*(_as_the_plugin_wrote(each) for each in ids))
    return derived_key(*ids, body.get("ruleName"))


def _as_the_plugin_wrote(value: object) -> str:
    # It saw every number as the double that a Struct carries: 58 is "58.0" in its keys.
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST_ID:
        return str(float(value))
    return text(value) or ""


def _is_rule(body: Body) -> bool:
    named = all(text(body.get(name)) is not None for name in ("title", "ruleGroup", "condition"))
    return named and isinstance(body.get("data"), list)


def _rule(body: Body) -> Mapping[str, Any]:
    labels = mapping(body.get("labels"))
    ids = (body.get("orgID"), body.get("folderUID"), body.get("ruleGroup"), body.get("title"))
    return {
        "event_key": text(body.get("uid")) or derived_key(*ids),
        "event_type": "ALERT",
        "title": first_text(at(body, "annotations", "summary"), body.get("title")),
        "description": text(at(body, "annotations", "description")),
        "severity": LABEL_SEVERITIES.severity(labels.get("severity")),
        "resource": labelled_resource(labels),
        "rule": text(body.get("title")),
        "additional_info": texts(
            {
                "runbook_url": at(body, "annotations", "runbook_url"),
                "org_id": body.get("orgID"),
                "folder_uid": body.get("folderUID"),
                "rule_group": body.get("ruleGroup"),
            },
            labels,
        ),
    }


def _severity(state: object, label: object) -> str:
    """By the state, as SpaceONE's plugin says it; a firing rule's own label wins."""
    by_state = _STATES.severity(state)
    if by_state != "ERROR" or text(label) is None:
        return by_state
    return LABEL_SEVERITIES.severity(label)


def _legacy_severity(state: object, label: object) -> str:
    """As ``_severity``; a state that isn't known has none, as SpaceONE's plugin has it."""
    return ABSENT if _STATES.severity(state) == UNKNOWN else _severity(state, label)


SOURCE = Source(
    name="grafana",
    parse=parse,
    recognises=recognises,
    looks_like="Grafana's alerts with version 1, or a legacy alert's ruleName and state",
    marks=frozenset({"alerts", "ruleName", "ruleGroup"}),
    plugin_ids=("plugin-grafana-mon-webhook",),
)
