"""Jenkins' Notification plugin."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.normalise import normalise
from event_service.parsers.jenkins import SOURCE
from tests.parsers.drafts import (
    BODIES,
    compared,
    drafts,
    expected,
    needs_payloads,
    own,
    read,
    recorded,
)


def finished(status: str | None) -> dict[str, Any]:
    body: dict[str, Any] = read(BODIES / "jenkins" / "failure.json")
    body["build"]["status"] = status
    return body


def test_a_failed_build() -> None:
    assert own(SOURCE, "failure") == EventDraft(
        event_key="job/nightly/",
        event_type=EventType.ALERT,
        title="[Jenkins] Build - Nightly build",
        severity=Severity.ERROR,
        description="Build 318, FINALIZED, FAILURE",
        rule="nightly",
        additional_info={
            "url": "job/nightly/",
            "full_url": "https://ci.example/job/nightly/318/",
            "build_no": "318",
            "build_phase": "FINALIZED",
            "build_status": "FAILURE",
            "build_duration": "41250",
            "scm_url": "https://git.example/shop.git",
            "branch": "origin/main",
            "commit": "0d1f3c5b",
            "culprits": "ada, grace",
            "failed_tests": "3",
        },
        occurred_at=datetime(2024, 5, 6, 7, 30),  # noqa: DTZ001 - naive UTC is meant
    )


def test_a_success_is_news_of_the_job_unless_it_is_to_recover_it() -> None:
    success = own(SOURCE, "success")
    assert success.event_key == own(SOURCE, "failure").event_key
    assert (success.event_type, success.severity) == (EventType.ALERT, Severity.INFO)
    body = read(BODIES / "jenkins" / "success.json")
    (result,) = SOURCE.parse(body, {"success_recovers": True})
    assert normalise(result).draft.event_type is EventType.RECOVERY
    (result,) = SOURCE.parse(finished("FAILURE"), {"success_recovers": True})
    assert normalise(result).draft.event_type is EventType.ALERT


@pytest.mark.parametrize(
    ("status", "severity"),
    [
        ("FAILURE", Severity.ERROR),
        ("failure", Severity.ERROR),
        ("UNSTABLE", Severity.WARNING),
        ("ABORTED", Severity.WARNING),
        ("NOT_BUILT", Severity.INFO),
        (None, Severity.INFO),
        ("PURPLE", Severity.NOT_AVAILABLE),
    ],
)
def test_statuses(status: str | None, severity: Severity) -> None:
    (draft,) = drafts(SOURCE, finished(status))
    assert draft.severity is severity


def test_a_build_that_has_only_started() -> None:
    started = own(SOURCE, "started")
    assert (started.severity, started.description) == (Severity.INFO, "Build 320, STARTED")


def test_other_builds_are_not_recognised() -> None:
    assert not SOURCE.recognises({"name": "a", "url": "b", "build": {"status": "FAILURE"}})
    assert not SOURCE.recognises({"build": {"number": 1, "phase": "STARTED"}})


@needs_payloads
def test_agrees_with_spaceones_plugin() -> None:
    draft = recorded(SOURCE, "jenkins/1")
    assert compared(draft) == compared(expected("jenkins/1"))
    assert (draft.title, draft.occurred_at) == (
        expected("jenkins/1").title,
        expected("jenkins/1").occurred_at,
    )
