"""Whether an event repeats the last one of its key, whoever recorded that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import bson
import pytest

from event_service.document_size import MOST_DOCUMENT_BYTES
from event_service.errors import TooLarge
from event_service.manager.candidate import candidate_of
from event_service.manager.delivery import Delivery, RecordingRules
from event_service.manager.stored_object import stored_object
from event_service.normalise import normalise
from event_service.policies import RecordingPolicy, RecoveryMode

INFO = {"b": 10.0, "a": [{"y": "1", "x": {"$k": True}}]}


def recorded(info: dict[str, Any]) -> dict[str, Any]:
    return {
        "event_id": "event-000000000001",
        "event_key": "k",
        "event_type": "ALERT",
        "title": "t",
        "severity": "NONE",
        "additional_info": info,
    }


def delivery_of(data: dict[str, Any]) -> Delivery:
    return Delivery(
        webhook_id="webhook-000000000001",
        domain_id="domain-1",
        workspace_id="workspace-1",
        project_id="project-1",
        rules=RecordingRules(RecordingPolicy.CHANGED, RecoveryMode.AUTO, window_seconds=600),
        raw_data=stored_object(data),
        at=datetime(2024, 1, 1),  # noqa: DTZ001  # instants are naive
    )


@pytest.mark.parametrize(
    ("info", "repeats"),
    [
        ({"a": [{"x": {"\\$k": True}, "y": "1"}], "b": 10.0}, True),
        ({"b": 10, "a": [{"y": "1", "x": {"\\$k": True}}]}, True),
        ({"a": [{"x": {"\\$k": True}, "y": "1"}], "b": 10.5}, False),
        # Of a type that only a database knows.
        ({"a": datetime(2024, 1, 1), "b": 10.0}, False),  # noqa: DTZ001
    ],
)
def test_order_and_integers_of_another_version_are_no_news(
    info: dict[str, Any], *, repeats: bool
) -> None:
    draft = normalise({"event_key": "k", "title": "t", "additional_info": INFO}).draft
    assert candidate_of(delivery_of({}), draft).repeats(recorded(info)) is repeats


@pytest.mark.parametrize(
    ("name", "number"),
    [
        # Too many for the alert, and for the event with its body.
        ("a", 700_000),
        ("a name of some length", 250_000),
    ],
)
def test_more_resources_than_a_document_holds_are_refused(name: str, number: int) -> None:
    data = {"event_key": "k", "title": "t", "resources": [name] * number}
    with pytest.raises(TooLarge):
        candidate_of(delivery_of(data), normalise(data).draft)


def test_as_many_resources_as_a_document_holds_are_taken() -> None:
    data = {"event_key": "k", "title": "t", "resources": ["a"] * 550_000}
    one = candidate_of(delivery_of(data), normalise(data).draft)
    size = len(bson.encode(one.document("alert-1")))
    assert MOST_DOCUMENT_BYTES * 0.8 < size < MOST_DOCUMENT_BYTES
