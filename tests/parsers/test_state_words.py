"""A state is the same word in other letters, and with spaces about it: clients of typed objects
and templates write it as they like.
"""

from collections.abc import Callable
from typing import Any

import pytest

from event_service.normalise import normalise
from event_service.parsers.registry import ParserRegistry, installed_sources
from tests.parsers.drafts import BODIES, read

REGISTRY = ParserRegistry(installed_sources())
STATES: dict[str, list[tuple[str, ...]]] = {
    "aws_sns/bare_health_open": [("detail", "statusCode"), ("detail", "eventTypeCategory")],
    "aws_sns/bare_guardduty_finding": [("detail", "severity")],
    "azure_monitor/common_resolved": [("data", "essentials", "monitorCondition")],
    "elastic/rule_recovered": [("alert", "actionGroup")],
    "github/dependabot_fixed": [("action",), ("alert", "state")],
    "github/workflow_failure": [("workflow_run", "conclusion")],
    "github/workflow_success": [("workflow_run", "conclusion")],
    "gitlab/alert_resolved": [("object_kind",), ("object_attributes", "status")],
    "gitlab/pipeline_failed": [("object_kind",), ("object_attributes", "status")],
    "gitlab/pipeline_success": [("object_kind",), ("object_attributes", "status")],
    "google_monitoring/closed": [("incident", "state")],
    "grafana/legacy_ok": [("state",)],
    "jenkins/failure": [("build", "status")],
    "newrelic/issue_closed": [("state",), ("priority",)],
    "oci_monitoring/ok": [("type",), ("severity",)],
    "opsgenie/close": [("action",), ("alert", "priority")],
    "pagerduty/resolved": [("event", "event_type"), ("event", "data", "status")],
    "pagerduty/triggered": [("event", "data", "type"), ("event", "data", "urgency")],
    "pingdom/up": [("current_state",)],
    "sentry/issue_resolved": [("action",), ("data", "issue", "status")],
    "sentry/metric_alert_critical": [("action",)],
    "uptimerobot/up": [("alertTypeFriendlyName",)],
    "zabbix/resolved": [("event", "status"), ("trigger", "status")],
}


def changed(body: dict[str, Any], path: tuple[str, ...], write: Callable[[str], str]) -> Any:
    name, *rest = path
    if name not in body:
        return body
    value = body[name]
    its = changed(value, tuple(rest), write) if rest else write(str(value))
    return {**body, name: its}


def meaning(body: Any) -> list[tuple[object, ...]]:
    drafts = [normalise(result).draft for result in REGISTRY.read(None, body, {}).results]
    return [(draft.event_key, draft.event_type, draft.severity) for draft in drafts]


@pytest.mark.parametrize("write", [str.upper, str.lower, str.title, " {}  ".format])
@pytest.mark.parametrize("name", STATES)
def test_other_letters_and_spaces_change_nothing(name: str, write: Callable[[str], str]) -> None:
    body = as_written = read(BODIES / f"{name}.json")
    for path in STATES[name]:
        body = changed(body, path, write)
    assert meaning(body) == meaning(as_written)
