"""Findings of Amazon Inspector, on a body after its documented schema."""

from typing import Any

import pytest

from event_service.draft import EventType, Severity
from event_service.parsers.aws_sns import SOURCE
from tests.parsers.drafts import drafts

IMAGE = "arn:aws:ecr:eu-west-1:210987654321:repository/shop/sha256:0a1b"


def finding(**detail: Any) -> dict[str, Any]:
    return {
        "version": "0",
        "detail-type": "Inspector2 Finding",
        "source": "aws.inspector2",
        "account": "210987654321",
        "time": "2024-07-01T10:00:00Z",
        "region": "eu-west-1",
        "resources": [IMAGE],
        "detail": {
            "awsAccountId": "210987654321",
            "findingArn": "arn:aws:inspector2:eu-west-1:210987654321:finding/1",
            "title": "CVE-2024-0001 - libexample",
            "description": "libexample reads too far.",
            "type": "PACKAGE_VULNERABILITY",
            "severity": "HIGH",
            "status": "ACTIVE",
            "inspectorScore": 8.1,
            "firstObservedAt": "Jul 1, 2024, 9:59:00 AM",
            "resources": [{"id": IMAGE, "type": "AWS_ECR_CONTAINER_IMAGE"}],
        }
        | detail,
    }


@pytest.mark.parametrize("status", ["CLOSED", "SUPPRESSED"])
def test_a_finding_ends_when_it_is_closed(status: str) -> None:
    (began,), (ended,) = drafts(SOURCE, finding()), drafts(SOURCE, finding(status=status))
    assert (began.event_type, ended.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert ended.event_key == began.event_key
    assert (began.title, began.severity) == ("CVE-2024-0001 - libexample", Severity.ERROR)
    assert (began.rule, began.resources) == ("PACKAGE_VULNERABILITY", (IMAGE,))
    assert began.additional_info["score"] == "8.1"


def test_another_finding_of_the_same_image_is_another_event() -> None:
    other = finding(findingArn="arn:aws:inspector2:eu-west-1:210987654321:finding/2")
    assert drafts(SOURCE, other)[0].event_key != drafts(SOURCE, finding())[0].event_key


def test_what_names_no_finding_is_an_event_like_any_other() -> None:
    (draft,) = drafts(SOURCE, finding(findingArn=None))
    assert (draft.event_type, draft.rule) == (EventType.ALERT, "Inspector2 Finding")
