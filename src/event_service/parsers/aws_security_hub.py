"""A finding of AWS Security Hub, as EventBridge sends it."""

from collections.abc import Mapping
from typing import Any

from event_service.parsers.event_types import event_type
from event_service.parsers.reading import at, first_text, mappings, text, texts, texts_of
from event_service.parsers.severity_words import CUSTOMARY, SeverityWords

_KIND = "Security Hub Findings - Imported"
_SEVERITIES = SeverityWords(CUSTOMARY)
_OVER = {"resolved", "archived"}


def is_finding(kind: str | None, event: Mapping[str, Any]) -> bool:
    """Whether an event of that kind is one of Security Hub that has a finding with an id."""
    return kind == _KIND and text(_finding(event).get("Id")) is not None


def finding_result(event: Mapping[str, Any]) -> Mapping[str, Any]:
    """The raw result of a finding, of which an event has one; resolved or archived, it recovers."""
    finding = _finding(event)
    workflow, record = text(at(finding, "Workflow", "Status")), text(finding.get("RecordState"))
    return {
        "event_key": text(finding.get("Id")),
        "event_type": event_type(_OVER, workflow, record),
        "title": first_text(finding.get("Title"), event.get("detail-type")),
        "description": text(finding.get("Description")),
        "severity": _SEVERITIES.severity(at(finding, "Severity", "Label")),
        "resources": texts_of(*(each.get("Id") for each in mappings(finding.get("Resources")))),
        "rule": text(finding.get("GeneratorId")),
        "provider": "aws",
        "account": first_text(finding.get("AwsAccountId"), event.get("account")),
        "occurred_at": first_text(
            finding.get("FirstObservedAt"), finding.get("CreatedAt"), event.get("time")
        ),
        "additional_info": texts(
            {
                "source": event.get("source"),
                "region": first_text(finding.get("Region"), event.get("region")),
                "product": first_text(finding.get("ProductName"), finding.get("ProductArn")),
                "types": finding.get("Types"),
                "workflow": workflow,
                "record_state": record,
                "compliance": at(finding, "Compliance", "Status"),
                "recommendation": at(finding, "Remediation", "Recommendation", "Text"),
                "recommendation_url": at(finding, "Remediation", "Recommendation", "Url"),
                "last_observed": finding.get("LastObservedAt"),
            }
        ),
    }


def _finding(event: Mapping[str, Any]) -> Mapping[str, Any]:
    return next(iter(mappings(at(event, "detail", "findings"))), {})
