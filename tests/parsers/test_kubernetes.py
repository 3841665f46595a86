"""Kubernetes events."""

from datetime import datetime
from typing import Any

import pytest

from event_service.draft import EventDraft, EventType, Severity
from event_service.parsers.kubernetes import SOURCE
from event_service.parsers.seam import ParseFailure
from tests.parsers.drafts import BODIES, drafts, own, read


def event(**fields: Any) -> dict[str, Any]:
    body: dict[str, Any] = read(BODIES / "kubernetes" / "node_not_ready.json")
    return body | fields


def test_a_node_that_is_not_ready() -> None:
    assert own(SOURCE, "node_not_ready") == EventDraft(
        event_key="kubernetes:prod-eu:Node:worker-4:NodeNotReady",
        event_type=EventType.ALERT,
        title="Node worker-4: NodeNotReady",
        severity=Severity.WARNING,
        description="Node worker-4 status is now: NodeNotReady",
        rule="NodeNotReady",
        resources=("worker-4",),
        provider="kubernetes",
        account="prod-eu",
        additional_info={"kind": "Node", "component": "node-controller"},
        occurred_at=datetime(2024, 5, 6, 7, 30, 5),  # noqa: DTZ001 - naive UTC is meant
    )


def test_a_reason_that_takes_another_back_recovers_its_key() -> None:
    ready = own(SOURCE, "node_ready")
    assert ready.event_type is EventType.RECOVERY
    assert ready.event_key == own(SOURCE, "node_not_ready").event_key


def test_an_event_of_the_newer_group_in_a_routers_envelope() -> None:
    draft = own(SOURCE, "back_off")
    assert draft.event_key == "kubernetes:Pod:shop/cart-7d9f:BackOff"
    assert (draft.severity, draft.resources) == (Severity.WARNING, ("shop/cart-7d9f",))
    assert draft.description == "Back-off restarting failed container"
    assert draft.additional_info["component"] == "kubelet"
    assert draft.occurred_at == datetime(2024, 5, 6, 7, 30, 0, 123_000)  # noqa: DTZ001


def test_a_list_has_a_result_for_each() -> None:
    failed, scheduled = drafts(SOURCE, read(BODIES / "kubernetes" / "list.json"))
    assert (failed.event_type, scheduled.event_type) == (EventType.ALERT, EventType.RECOVERY)
    assert failed.event_key == scheduled.event_key
    assert failed.additional_info["app"] == "cart"


@pytest.mark.parametrize("word", ["DELETED", "deleted", " Deleted "])
def test_a_watchs_word_that_an_event_was_deleted_is_no_event(word: str) -> None:
    """The cluster forgets every event after an hour, and a watch tells of it."""
    assert drafts(SOURCE, {"type": word, "object": event()}) == []
    assert drafts(SOURCE, {"verb": word, "event": event()}) == []
    (modified,) = drafts(SOURCE, {"type": "MODIFIED", "object": event()})
    assert modified == own(SOURCE, "node_not_ready")


def test_an_event_of_a_watch() -> None:
    (draft,) = drafts(SOURCE, {"type": "ADDED", "object": event()})
    assert draft.resources == ("worker-4",)


@pytest.mark.parametrize(
    ("kind", "severity"),
    [
        ("Normal", Severity.INFO),
        ("warning", Severity.WARNING),
        ("Error", Severity.ERROR),
        ("Odd", Severity.NOT_AVAILABLE),
        (None, Severity.NONE),
    ],
)
def test_types(kind: str | None, severity: Severity) -> None:
    (draft,) = drafts(SOURCE, event(reason="Rebooted", type=kind))
    assert draft.severity is severity


def test_repetition_is_no_news() -> None:
    first, again = drafts(SOURCE, event(count=1)), drafts(SOURCE, event(count=2))
    assert first == again


def test_a_body_without_an_event_is_refused() -> None:
    pod = {"kind": "Pod", "metadata": {"name": "cart-1"}, "reason": "Evicted"}
    assert not SOURCE.recognises(pod)
    with pytest.raises(ParseFailure, match="no Kubernetes event"):
        SOURCE.parse(pod, {})
