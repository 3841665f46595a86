"""Azure's notices on health, in both schemas: the last one ends what the first one began."""

from typing import Any

import pytest

from event_service.draft import EventDraft, EventType
from event_service.parsers.azure_monitor import SOURCE
from tests.parsers.drafts import BODIES, drafts, read

SUBSCRIPTION = "aaaa1111-0000-4000-8000-000000000000"
WEB_1 = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/Web/providers/Microsoft.Compute/web-1"


def logged(notice: str, **properties: object) -> EventDraft:
    """A notice in the schema of the activity log; ``notice`` is its own id."""
    body: Any = read(BODIES / "azure_monitor" / "service_health.json")
    log = body["data"]["context"]["activityLog"]
    log |= {"eventDataId": notice, "resourceId": WEB_1}
    log["properties"] = properties
    (draft,) = drafts(SOURCE, body)
    return draft


def common(notice: str, **properties: object) -> EventDraft:
    body: Any = read(BODIES / "azure_monitor" / "common_fired.json")
    body["data"]["essentials"] |= {
        "alertId": f"/subscriptions/{SUBSCRIPTION}/providers/x/alerts/{notice}",
        "alertTargetIDs": [WEB_1.lower()],
    }
    body["data"]["alertContext"] = {"eventDataId": notice, "properties": properties}
    (draft,) = drafts(SOURCE, body)
    return draft


@pytest.mark.parametrize("told", [logged, common])
@pytest.mark.parametrize("stage", ["Resolved", "RCA", "Complete", "canceled"])
def test_the_end_of_a_services_incident_has_the_key_of_its_beginning(told: Any, stage: str) -> None:
    began = told("notice-1", trackingId="AB1C-2D3", stage="Active")
    ended = told("notice-2", trackingId="AB1C-2D3", stage=stage)
    assert began.event_key == ended.event_key == f"azure:service-health:{SUBSCRIPTION}:AB1C-2D3"
    assert (began.event_type, ended.event_type) == (EventType.ALERT, EventType.RECOVERY)


@pytest.mark.parametrize("told", [logged, common])
def test_a_notice_is_called_what_it_is_about(told: Any) -> None:
    """Whatever the rule is called that sends all of them."""
    draft = told("n", trackingId="AB1C-2D3", title="Disks - West Europe", service="Disks")
    assert draft.title == "Disks - West Europe"
    assert draft.additional_info["service"] == "Disks"
    resource = told("n", currentHealthStatus="Degraded", title="Degraded by a failing disk")
    assert resource.title == "Degraded by a failing disk"


def test_a_rule_without_a_description_leaves_the_word_to_the_notice() -> None:
    body: Any = read(BODIES / "azure_monitor" / "common_fired.json")
    body["data"]["essentials"]["description"] = ""
    about = {"trackingId": "AB1C-2D3", "communication": "Some disks answer slowly."}
    body["data"]["alertContext"] = {"properties": about}
    (draft,) = drafts(SOURCE, body)
    assert draft.description == "Some disks answer slowly."
    assert draft.title == draft.rule  # which is all that there is to call it


@pytest.mark.parametrize("told", [logged, common])
def test_two_incidents_are_two_keys(told: Any) -> None:
    assert told("n", trackingId="a").event_key != told("n", trackingId="b").event_key


def test_a_resource_that_is_available_again_ends_the_alert_in_either_schema() -> None:
    fell = logged("notice-1", currentHealthStatus="Unavailable", previousHealthStatus="Available")
    unsure = common("notice-2", currentHealthStatus="Unknown")
    stood = common("notice-3", currentHealthStatus="Available", previousHealthStatus="Unknown")
    assert fell.event_key == unsure.event_key == stood.event_key
    assert fell.event_key == f"azure:resource-health:{WEB_1.lower()}"
    assert (fell.event_type, unsure.event_type) == (EventType.ALERT, EventType.ALERT)
    assert stood.event_type is EventType.RECOVERY


@pytest.mark.parametrize("told", [logged, common])
def test_what_is_not_on_health_has_its_own_key(told: Any) -> None:
    draft = told("notice-1", stage="Resolved", entity="web-1")
    assert draft.event_key.endswith("notice-1")
    assert draft.event_type is EventType.ALERT
