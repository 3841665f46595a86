"""GitHub's webhooks about workflow runs and Dependabot alerts."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.github import SOURCE
from event_service.parsers.seam import ParseFailure
from tests.parsers.drafts import BODIES, drafts, own, read


def run(**fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = read(BODIES / "github" / "workflow_failure.json")
    body["workflow_run"] |= fields
    return body


def test_a_run_that_failed() -> None:
    assert own(SOURCE, "workflow_failure") == EventDraft(
        event_key="github:workflow/acme/shop/4455/acme/shop:main",
        event_type=EventType.ALERT,
        title="Tests on main: failure",
        severity=Severity.ERROR,
        description="Count the cart again",
        rule="Tests",
        resources=("acme/shop",),
        provider="github",
        account="acme",
        additional_info={
            "url": "https://github.example/acme/shop/actions/runs/900100200",
            "run_number": "88",
            "run_attempt": "1",
            "conclusion": "failure",
            "branch": "main",
            "commit": "0d1f3c5b7a9e2d4c6b8a0f1e3d5c7b9a1f2e3d4c",
            "event": "push",
            "path": ".github/workflows/tests.yml",
            "actor": "ada",
        },
        occurred_at=datetime(2024, 5, 6, 7, 30),  # noqa: DTZ001 - naive UTC is meant
    )


def test_the_next_run_that_succeeds_recovers_the_branch() -> None:
    success = own(SOURCE, "workflow_success")
    assert success.event_type is EventType.RECOVERY
    assert success.event_key == own(SOURCE, "workflow_failure").event_key


def test_a_forks_branch_of_the_same_name_is_another_key() -> None:
    (fork,) = drafts(SOURCE, run(head_repository={"full_name": "ada/shop"}))
    assert fork.event_key != own(SOURCE, "workflow_failure").event_key


@pytest.mark.parametrize(
    ("conclusion", "event_type", "severity"),
    [
        ("failure", EventType.ALERT, Severity.ERROR),
        ("timed_out", EventType.ALERT, Severity.ERROR),
        ("startup_failure", EventType.ALERT, Severity.ERROR),
        ("action_required", EventType.ALERT, Severity.WARNING),
        ("neutral", EventType.RECOVERY, Severity.INFO),
        ("exploded", EventType.ALERT, Severity.NOT_AVAILABLE),
    ],
)
def test_conclusions(conclusion: str, event_type: EventType, severity: Severity) -> None:
    (draft,) = drafts(SOURCE, run(conclusion=conclusion))
    assert (draft.event_type, draft.severity) == (event_type, severity)


@pytest.mark.parametrize("conclusion", [None, "cancelled", "skipped", "stale"])
def test_a_run_without_an_outcome_has_no_results(conclusion: str | None) -> None:
    assert drafts(SOURCE, run(conclusion=conclusion)) == []


@pytest.mark.parametrize("name", ["workflow_requested", "ping"])
def test_what_only_announces_has_no_results(name: str) -> None:
    assert drafts(SOURCE, read(BODIES / "github" / f"{name}.json")) == []


def test_a_dependabot_alert_is_created_and_fixed() -> None:
    created, fixed = own(SOURCE, "dependabot_created"), own(SOURCE, "dependabot_fixed")
    assert (created.event_type, fixed.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert created.event_key == fixed.event_key == "github:dependabot/acme/shop/17"
    assert created.title == "leftpadder: Reads past the end of a text"
    assert (created.severity, created.rule) == (Severity.ERROR, "GHSA-xxxx-yyyy-zzzz")
    assert created.additional_info["patched_version"] == "1.2.3"
    assert created.additional_info["cvss"] == "7.5"
    assert fixed.occurred_at == datetime(2024, 5, 7, 10, 0)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("action", "state", "event_type"),
    [
        ("reintroduced", "open", EventType.ALERT),
        ("reopened", "open", EventType.ALERT),
        ("dismissed", "dismissed", EventType.RECOVERY),
        ("auto_dismissed", "auto_dismissed", EventType.RECOVERY),
    ],
)
def test_what_becomes_of_a_dependabot_alert(action: str, state: str, event_type: EventType) -> None:
    body = read(BODIES / "github" / "dependabot_created.json")
    body["action"], body["alert"]["state"] = action, state
    (draft,) = drafts(SOURCE, body)
    assert draft.event_type is event_type


def test_other_webhooks_are_refused() -> None:
    push = {"action": "created", "repository": {"full_name": "acme/shop"}, "issue": {}}
    assert not SOURCE.recognises(push)
    with pytest.raises(ParseFailure, match="workflow_run"):
        SOURCE.parse(push, {})
