"""Prometheus Alertmanager's webhook, versions 3 and 4.

One result per member of ``alerts``. Where SpaceONE's own plugin reads such a body, it reads it the
same way: the fingerprint is the event's key, so that an alert that began there ends here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers.event_types import event_type
from event_service.parsers.go_times import from_go_time
from event_service.parsers.label_meanings import LABEL_SEVERITIES, labelled_resource
from event_service.parsers.labels import alert_key
from event_service.parsers.reading import first_text, mapping, present, text
from event_service.parsers.seam import Body, Options, ParseFailure, Source, readable

_VERSIONS = {"3", "4", 3, 4}
_GROUP_FIELDS = ("groupKey", "groupLabels", "commonLabels", "receiver", "externalURL")


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result per alert; a body without alerts has none.

    A body that is one label set without alerts (as some rules' test calls send) has no results
    either, as with SpaceONE's plugin. Raises ParseFailure when ``alerts`` is no list.
    """
    alerts = body.get("alerts")
    if alerts is None:
        return ()
    if not isinstance(alerts, list):
        raise ParseFailure("alerts is not a list")
    group_status = body.get("status")
    return [
        _result(alert, group_status) if isinstance(alert, Mapping) else alert
        for alert in readable(alerts)
    ]


def recognises(body: Body) -> bool:
    """Whether the body is a group of alerts in a version that is known."""
    version = body.get("version")
    if not isinstance(body.get("alerts"), list):
        return False
    if isinstance(version, str | int | float):
        return version in _VERSIONS
    return version is None and any(field in body for field in _GROUP_FIELDS)


def _result(alert: Mapping[str, Any], group_status: object) -> Mapping[str, Any]:
    labels = mapping(alert.get("labels"))
    annotations = mapping(alert.get("annotations"))
    alertname = text(labels.get("alertname"))
    links = {
        "runbook_url": annotations.get("runbook_url"),
        "generator_url": alert.get("generatorURL"),
        "ends_at": alert.get("endsAt"),
    }
    return present(
        {
            "event_key": alert_key(text(alert.get("fingerprint")), labels),
            "event_type": event_type({"resolved"}, first_text(alert.get("status"), group_status)),
            "title": first_text(annotations.get("summary"), alertname),
            "description": first_text(annotations.get("description"), annotations.get("message")),
            "severity": LABEL_SEVERITIES.severity(labels.get("severity")),
            "resource": labelled_resource(labels),
            "rule": first_text(labels.get("rule_group"), alertname),
            "occurred_at": from_go_time(alert.get("startsAt")),
            "additional_info": {n: v for n, v in links.items() if v is not None} | dict(labels),
        }
    )


SOURCE = Source(
    name="alertmanager",
    parse=parse,
    recognises=recognises,
    looks_like="Prometheus Alertmanager's webhook of version 3 or 4, with a list named alerts",
    marks=frozenset({"alerts"}),
    plugin_ids=("plugin-prometheus-mon-webhook",),
)
