"""New Relic: the notifications of workflows, and the older ones of alert channels.

The body of a workflow is a template that its owner may change; read is the one that New Relic
proposes, of which any part may be missing.
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from event_service.parsers.epochs import from_epoch_or_text
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import (
    first_text,
    joined,
    mapping,
    mappings,
    text,
    texts,
    texts_of,
)
from event_service.parsers.seam import Body, Options, Source
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

_SEVERITIES = SeverityWords(CUSTOMARY, {"INFO": ("ok",)})
_OVER = {"closed", "resolved", "deactivated"}
_ACCOUNT = re.compile(r"/accounts/([0-9]{1,20})/")
_WORKFLOW_FIELDS = ("alertConditionNames", "alertPolicyNames", "workflowName", "impactedEntities")


def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001 - it has no options
    """One result: the issue of a workflow, or the incident of an alert channel."""
    return (_incident(body) if "current_state" in body else _issue(body),)


def recognises(body: Body) -> bool:
    """Whether it is an alert channel's body or a workflow's proposed one."""
    if "current_state" in body:
        return "condition_name" in body and ("incident_id" in body or "policy_name" in body)
    numbered = "id" in body or "issueId" in body
    is_issue = numbered and ("state" in body or "status" in body) and "issueUrl" in body
    return is_issue and any(field in body for field in _WORKFLOW_FIELDS)


def _issue(body: Body) -> dict[str, Any]:
    number = first_text(body.get("id"), body.get("issueId"))
    conditions = _names(body.get("alertConditionNames"))
    account = _account_in(text(body.get("issueUrl")))
    state = first_text(body.get("state"), body.get("status"))
    return {
        "event_key": _issue_key(number),
        "event_type": event_type(_OVER, state),
        "title": first_text(body.get("title"), body.get("name"), conditions, number),
        "description": first_text(body.get("description"), body.get("details")),
        "severity": _SEVERITIES.severity(first_text(body.get("priority"), body.get("severity"))),
        "resources": texts_of(body.get("impactedEntities")),
        "rule": conditions,
        "image_url": text(body.get("violationChartUrl")),
        "provider": account and "newrelic",
        "account": account,
        "occurred_at": _time(body),
        "additional_info": texts(
            {
                "url": body.get("issueUrl"),
                "policies": _names(body.get("alertPolicyNames")),
                "workflow": body.get("workflowName"),
                "state": state,
                "trigger": body.get("trigger"),
                "runbook_url": body.get("runbookUrl"),
            }
        ),
    }


def _incident(body: Body) -> dict[str, Any]:
    """A workflow makes such bodies too, and may say by its own names what is missing from them."""
    number = text(body.get("incident_id"))
    account = text(body.get("account_id"))
    targets = mappings(body.get("targets"))
    return {
        "event_key": (number and f"newrelic:incident:{number}")
        or _issue_key(text(body.get("issue_id"))),
        "event_type": event_type(_OVER, body.get("current_state")),
        "title": first_text(_names(body.get("condition_name")), body.get("details")),
        "description": text(body.get("details")),
        "severity": _SEVERITIES.severity(body.get("severity")),
        "resources": _resources(targets, body),
        "rule": _names(body.get("policy_name")) or _names(body.get("alertPolicyNames")),
        "image_url": text(body.get("violation_chart_url")),
        "provider": account and "newrelic",
        "account": account,
        "occurred_at": from_epoch_or_text(body.get("timestamp")) or _time(body),
        "additional_info": texts(
            *(mapping(target.get("labels")) for target in targets),
            {
                "url": body.get("incident_url"),
                "policy_url": body.get("policy_url"),
                "runbook_url": body.get("runbook_url"),
                "violation_url": body.get("violation_callback_url"),
                "account_name": body.get("account_name"),
                "state": body.get("current_state"),
            },
        ),
    }


def _issue_key(number: str | None) -> str | None:
    return number and f"newrelic:issue:{number}"


def _names(value: object) -> str | None:
    """One name, or several as a list."""
    return joined(value, by=", ")


def _time(body: Body) -> str | None:
    times = (body.get(name) for name in ("closedAt", "updatedAt", "createdAt"))
    return first_text(*map(from_epoch_or_text, times))


def _resources(targets: list[Mapping[str, Any]], body: Body) -> list[str]:
    """The targets' names, of which New Relic's test target has none."""
    if not targets:
        return texts_of(body.get("impactedEntities"))
    return texts_of(*(each.get("name") for each in targets))


def _account_in(url: str | None) -> str | None:
    found = _ACCOUNT.search(url or "")
    return found[1] if found else None


SOURCE = Source(
    name="newrelic",
    parse=parse,
    recognises=recognises,
    looks_like="New Relic's workflow body (id, state, issueUrl) or alert channel's (current_state)",
    marks=frozenset({"current_state", "issueUrl"}),
)
