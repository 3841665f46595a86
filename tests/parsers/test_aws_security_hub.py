"""Findings of AWS Security Hub, on a body after EventBridge's documented form."""

import json
from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.aws_sns import SOURCE
from tests.parsers.drafts import BODIES, drafts, own, read

FINDING = "arn:aws:securityhub:eu-west-1:210987654321:finding/0f0f"


def changed(**fields: Any) -> EventDraft:
    """The event of a finding that has other fields."""
    event = read(BODIES / "aws_sns" / "bare_security_hub_finding.json")
    event["detail"]["findings"][0] |= fields
    (draft,) = drafts(SOURCE, event)
    return draft


def test_a_finding() -> None:
    assert own(SOURCE, "bare_security_hub_finding") == EventDraft(
        event_key=FINDING,
        event_type=EventType.ALERT,
        title="A bucket can be read by all",
        severity=Severity.ERROR,
        description="Whoever knows its name can read the bucket.",
        rule="security-control/S3.99",
        resources=("arn:aws:s3:::shop-invoices", "AWS::::Account:210987654321"),
        provider="aws",
        account="210987654321",
        additional_info={
            "source": "aws.securityhub",
            "region": "eu-west-1",
            "product": "Security Hub",
            "types": '["Software and Configuration Checks"]',
            "workflow": "NEW",
            "record_state": "ACTIVE",
            "compliance": "FAILED",
            "recommendation": "Block public access",
            "recommendation_url": "https://docs.aws.example/S3.99",
            "last_observed": "2024-07-01T09:59:00.000Z",
        },
        occurred_at=datetime(2024, 7, 1, 9, 30),  # noqa: DTZ001 - naive UTC is meant
    )


def test_a_finding_within_an_envelope() -> None:
    envelope = read(BODIES / "aws_sns" / "text.json")
    event = read(BODIES / "aws_sns" / "bare_security_hub_finding.json")
    (draft,) = drafts(SOURCE, envelope | {"Message": json.dumps(event)})
    assert draft == own(SOURCE, "bare_security_hub_finding")


@pytest.mark.parametrize(
    ("fields", "event_type"),
    [
        ({"Workflow": {"Status": "RESOLVED"}}, EventType.RECOVERY),
        ({"RecordState": "ARCHIVED"}, EventType.RECOVERY),
        ({"Workflow": {"Status": "NOTIFIED"}}, EventType.ALERT),
        ({"Workflow": {"Status": "SUPPRESSED"}}, EventType.ALERT),
        ({"Workflow": None, "RecordState": None}, EventType.ALERT),
    ],
)
def test_a_finding_that_is_resolved_or_archived_recovers(
    fields: dict[str, Any], event_type: EventType
) -> None:
    draft = changed(**fields)
    assert (draft.event_key, draft.event_type) == (FINDING, event_type)


@pytest.mark.parametrize(
    ("label", "severity"),
    [
        ("CRITICAL", Severity.CRITICAL),
        ("MEDIUM", Severity.WARNING),
        ("LOW", Severity.INFO),
        ("INFORMATIONAL", Severity.INFO),
        ("PECULIAR", Severity.NOT_AVAILABLE),
        (None, Severity.NONE),
    ],
)
def test_labels_of_severity(label: str | None, severity: Severity) -> None:
    assert changed(Severity={"Label": label}).severity is severity


def test_an_event_without_a_finding_is_any_other() -> None:
    assert changed(Id=None).title == "Security Hub Findings - Imported"


def test_a_finding_whose_event_spells_its_kind_otherwise_is_the_same() -> None:
    event = read(BODIES / "aws_sns" / "bare_security_hub_finding.json")
    event["detailType"] = event.pop("detail-type")
    assert drafts(SOURCE, event) == [own(SOURCE, "bare_security_hub_finding")]
