"""GitLab's webhooks about pipelines and alerts."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.gitlab import SOURCE
from event_service.parsers.seam import ParseFailure
from tests.parsers.drafts import BODIES, drafts, own, read


def body_of(name: str, **attributes: Any) -> dict[str, Any]:
    body: dict[str, Any] = read(BODIES / "gitlab" / f"{name}.json")
    body["object_attributes"] |= attributes
    return body


def test_a_pipeline_that_failed() -> None:
    assert own(SOURCE, "pipeline_failed") == EventDraft(
        event_key="gitlab:pipeline:acme/web/shop:main",
        event_type=EventType.ALERT,
        title="Pipeline on main: failed",
        severity=Severity.ERROR,
        description="Failed: unit, browser\nCount the cart again",
        resources=("acme/web/shop",),
        provider="gitlab",
        account="acme/web",
        additional_info={
            "url": "https://gitlab.example/acme/web/shop/-/pipelines/3100",
            "pipeline_id": "3100",
            "status": "failed",
            "ref": "main",
            "commit": "0d1f3c5b7a9e2d4c6b8a0f1e3d5c7b9a1f2e3d4c",
            "commit_url": "https://gitlab.example/acme/web/shop/-/commit/0d1f3c5b",
            "source": "push",
            "user": "ada",
        },
        occurred_at=datetime(2024, 5, 6, 7, 30),  # noqa: DTZ001 - naive UTC is meant
    )


def test_the_next_pipeline_that_succeeds_recovers_the_ref() -> None:
    success = own(SOURCE, "pipeline_success")
    assert success.event_type is EventType.RECOVERY
    assert success.event_key == own(SOURCE, "pipeline_failed").event_key
    (other,) = drafts(SOURCE, body_of("pipeline_failed", ref="next"))
    assert other.event_key != success.event_key


@pytest.mark.parametrize("status", ["running", "pending", "manual", "canceled", "skipped", None])
def test_a_pipeline_without_an_outcome_has_no_results(status: str | None) -> None:
    assert drafts(SOURCE, body_of("pipeline_failed", status=status)) == []


def test_an_unknown_status_is_an_alert() -> None:
    (draft,) = drafts(SOURCE, body_of("pipeline_failed", status="exploded"))
    assert (draft.event_type, draft.severity) == (EventType.ALERT, Severity.NOT_AVAILABLE)


def test_an_alert_is_triggered_and_resolved() -> None:
    fired, resolved = own(SOURCE, "alert_triggered"), own(SOURCE, "alert_resolved")
    assert (fired.event_type, resolved.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert fired.event_key == resolved.event_key
    assert (fired.severity, fired.resources) == (Severity.ERROR, ("acme/web/shop",))
    assert (fired.provider, fired.account) == ("gitlab", "acme/web")
    assert fired.occurred_at == datetime(2024, 5, 6, 7, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("word", "severity"),
    [
        ("critical", Severity.CRITICAL),
        ("High", Severity.ERROR),
        ("medium", Severity.WARNING),
        ("low", Severity.INFO),
        ("info", Severity.INFO),
        ("unknown", Severity.NOT_AVAILABLE),
        (None, Severity.NONE),
    ],
)
def test_severities_of_alerts(word: str | None, severity: Severity) -> None:
    (draft,) = drafts(SOURCE, body_of("alert_triggered", severity=word))
    assert draft.severity is severity


def test_other_webhooks_are_refused() -> None:
    push = {"object_kind": "issue", "object_attributes": {}}
    assert not SOURCE.recognises(push)
    with pytest.raises(ParseFailure, match="object_kind"):
        SOURCE.parse(push, {})
