"""AWS Config: a resource that keeps a rule or doesn't, as EventBridge or Config itself tells it."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers.derived_keys import derived_key
from event_service.parsers.event_types import event_type
from event_service.parsers.reading import at, first_text, text, text_at, texts
from event_service.parsers.severity_words import SeverityWords

# What doesn't keep a rule is not yet a fault of what runs there.
_SEVERITIES = SeverityWords(
    {"WARNING": ("non_compliant",), "INFO": ("compliant", "not_applicable")}
)
_OVER = {"compliant", "not_applicable"}


def is_compliance_change(message: Mapping[str, Any]) -> bool:
    """Whether the message, or the detail of an event, says how a resource does with a rule."""
    kind = text(message.get("messageType"))
    return kind == "ComplianceChangeNotification" and _state(message) is not None


def compliance_result(change: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result of a change: its key is the rule with the resource."""
    state = _state(change)
    rule, resource = text(change.get("configRuleName")), text(change.get("resourceId"))
    kind, account = text(change.get("resourceType")), text(change.get("awsAccountId"))
    region = text(change.get("awsRegion"))
    return {
        "event_key": derived_key(account, region, "aws.config", rule, kind, resource),
        "event_type": event_type(_OVER, state),
        "title": rule and f"AWS Config rule {rule}",
        "description": text_at(change, "newEvaluationResult", "annotation"),
        "severity": _SEVERITIES.severity(state),
        "resource": {"name": resource},
        "rule": rule,
        "provider": "aws",
        "account": account,
        "occurred_at": first_text(
            at(change, "newEvaluationResult", "resultRecordedTime"),
            change.get("notificationCreationTime"),
        ),
        "additional_info": texts(
            {"compliance": state, "region": region, "rule_arn": change.get("configRuleARN")}
        ),
    }


def _state(change: Mapping[str, Any]) -> str | None:
    return text_at(change, "newEvaluationResult", "complianceType")
