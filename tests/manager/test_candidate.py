"""Whether an event repeats the last one of its key, whoever recorded that."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import bson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from event_service.document_size import MOST_DOCUMENT_BYTES
from event_service.errors import TooLarge
from event_service.manager.candidate import Candidate, candidate_of, recorded_of
from event_service.manager.delivery import Delivery, RecordingRules
from event_service.manager.stored_object import stored_object
from event_service.normalise import normalise
from event_service.policies import RecordingPolicy, RecoveryMode
from event_service.wire.struct import dict_to_struct, read_body
from tests.bodies.as_written import objects

if TYPE_CHECKING:
    from collections.abc import Mapping

INFO = {"b": 10.0, "a": [{"y": "1", "x": {"$k": True}}]}

# Keys that begin alike, and what a driver puts first, among them.
KEYS = st.text("aA_\u00e9$", max_size=3) | st.sampled_from(["_id", " a", "host", "hostname"])
TEXTS = st.text("a \n", max_size=3)
SENT = objects(KEYS, st.none() | st.booleans() | st.sampled_from([0.0, -0.0, 600.0]) | TEXTS)


def recorded(info: dict[str, Any]) -> dict[str, Any]:
    return {
        "event_id": "event-000000000001",
        "event_key": "k",
        "event_type": "ALERT",
        "title": "t",
        "severity": "NONE",
        "additional_info": info,
    }


def delivery_of(data: Mapping[str, Any]) -> Delivery:
    return Delivery(
        webhook_id="webhook-000000000001",
        domain_id="domain-1",
        workspace_id="workspace-1",
        project_id="project-1",
        rules=RecordingRules(RecordingPolicy.CHANGED, RecoveryMode.AUTO, window_seconds=600),
        raw_data=stored_object(data),
        at=datetime(2024, 1, 1),  # noqa: DTZ001  # instants are naive
    )


def sent(body: dict[str, Any]) -> Candidate:
    """The event of a body, read as a call's."""
    struct = dict_to_struct(body).SerializeToString(deterministic=True)
    data = read_body(struct)
    return candidate_of(delivery_of(data), normalise(data).draft)


@given(SENT)
def test_what_comes_again_with_other_spaces_is_no_news_to_redis_or_the_database(
    info: dict[str, Any],
) -> None:
    first = sent({"title": "t", "event_key": "k", "additional_info": {"zone": "x"} | info})
    stored = bson.decode(bson.encode(first.document()))
    assert first.repeats(recorded_of(stored))
    again = sent({"title": "t ", "event_key": "k", "additional_info": {"zone": " x"} | info})
    assert again.fingerprint == first.fingerprint


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
    assert candidate_of(delivery_of({}), draft).repeats(recorded_of(recorded(info))) is repeats


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
    size = len(bson.encode(one.document()))
    assert MOST_DOCUMENT_BYTES * 0.8 < size < MOST_DOCUMENT_BYTES
