"""Whether an event repeats the last one of its key, whoever recorded that."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

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
    delivery = Delivery(
        webhook_id="webhook-000000000001",
        domain_id="domain-1",
        workspace_id="workspace-1",
        project_id="project-1",
        rules=RecordingRules(RecordingPolicy.CHANGED, RecoveryMode.AUTO, window_seconds=600),
        raw_data=stored_object({}),
        at=datetime(2024, 1, 1),  # noqa: DTZ001  # instants are naive
    )
    draft = normalise({"event_key": "k", "title": "t", "additional_info": INFO}).draft
    assert candidate_of(delivery, draft).repeats(recorded(info)) is repeats
