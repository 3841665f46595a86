"""Our own event shape as a body."""

import json
from pathlib import Path
from typing import Any

import pytest

from event_service.draft import EventType, Severity
from event_service.normalise import normalise
from event_service.parsers.direct import SOURCE
from event_service.parsers.seam import ParseFailure

PAYLOADS = Path(__file__).parents[3] / "shared" / "payloads" / "api_direct"


def test_the_body_is_the_event_or_has_results() -> None:
    event = {"title": "t"}
    assert SOURCE.parse(event, {}) == (event,)
    assert SOURCE.parse({"results": [event, 5]}, {}) == [event, 5]
    assert SOURCE.parse({"results": None}, {}) == ()
    with pytest.raises(ParseFailure, match="results is not a list"):
        SOURCE.parse({"results": event}, {})


@pytest.mark.parametrize(
    ("body", "title"),
    [
        ({"rule": "r", "resources": ["a"], "severity": "CRITICAL"}, "r"),
        ({"rule": 7.0}, "7"),
        ({"description": "d", "severity": "CRITICAL", "resource": {"name": "x"}}, "x"),
        ({"resource": {"name": 5}}, "5"),
        ({"resources": [None, 600.0]}, "600"),
        ({"event_key": 123, "title": 45.5}, "45.5"),
        ({"event_key": 123}, "123"),
        ({"event_key": " ", "title": " ", "rule": "r"}, "r"),
        ({"title": "t", "results": None}, "t"),
    ],
)
def test_whatever_names_an_event_makes_the_body_one(body: dict[str, Any], title: str) -> None:
    assert SOURCE.recognises(body)
    (result,) = SOURCE.parse(body, {})
    assert normalise(result).draft.title == title


@pytest.mark.parametrize(
    "body",
    [
        {"description": "d", "severity": "CRITICAL", "occurred_at": "2024-01-01"},
        {"title": " ", "event_key": "", "rule": None, "resources": [], "resource": {}},
        {"title": {"a": 1}, "resources": [None, " ", ["a"]], "resource": {"name": " "}},
        {"resources": "a", "resource": "x"},
    ],
)
def test_a_body_that_names_nothing_is_not_its_own(body: dict[str, Any]) -> None:
    assert not SOURCE.recognises(body)


@pytest.mark.skipif(
    not PAYLOADS.is_dir(), reason="the recorded bodies, ../shared/payloads, are not here"
)
def test_a_wrong_time_costs_only_itself() -> None:
    body = json.loads((PAYLOADS / "2.json").read_text(encoding="utf-8"))
    assert SOURCE.recognises(body)
    (result,) = SOURCE.parse(body, {})
    normalised = normalise(result)
    draft = normalised.draft
    assert draft.occurred_at is None
    assert normalised.notes == ("occurred_at left out: not an ISO 8601 date or date-time",)
    assert (draft.event_key, draft.title) == (body["event_key"], body["title"])
    assert (draft.event_type, draft.severity) == (EventType.ALERT, Severity.ERROR)
    assert (draft.provider, draft.account) == ("aws", "aws-account-id")
    assert draft.resources == ("resource_name",)
    assert (draft.rule, draft.image_url) == (body["rule"], body["image_url"])
    assert draft.additional_info == body["additional_info"]
