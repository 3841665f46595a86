"""What counts as news (CONTRACT 4.4)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import pytest

from event_service.bodies.plain_text import trimmed_object
from event_service.draft import EventDraft, EventType, Severity
from event_service.fingerprint import fingerprint
from event_service.manager.stored_object import stored_object

BASE = EventDraft(
    event_key="k",
    event_type=EventType.ALERT,
    title="t",
    severity=Severity.INFO,
    resources=("a", "b"),
    additional_info={"n": 10.0, "o": {"x": [1.0, {"y": 0.0}], "z": "1"}},
)


def digest(draft: EventDraft) -> str:
    """As of a draft that has come through ``normalise``."""
    info = trimmed_object(draft.additional_info)
    return fingerprint(draft, stored_object(info).raw)


def test_order_of_keys_and_spelling_of_numbers_are_no_news() -> None:
    respelt = {"o": {"z": "1", "x": [1, {"y": -0.0}]}, "n": 10}
    assert digest(BASE._replace(additional_info=respelt)) == digest(BASE)


def test_order_is_no_news_wherever_it_is() -> None:
    one = {" b": 1, "a": [{"d ": 1, "c": {"f": 1, "e": 2}}]}
    other = {"a": [{"c": {"e": 2, "f": 1}, "d ": 1}], "b ": 1}
    assert digest(BASE._replace(additional_info=one)) == digest(
        BASE._replace(additional_info=other)
    )


@pytest.mark.parametrize(
    "same",
    [
        {"event_key": "other"},
        {"occurred_at": datetime(2024, 1, 1)},  # noqa: DTZ001 - naive UTC is meant
    ],
)
def test_key_and_time_are_no_news(same: Mapping[str, Any]) -> None:
    assert digest(BASE._replace(**same)) == digest(BASE)


@pytest.mark.parametrize(
    "news",
    [
        {"event_type": EventType.RECOVERY},
        {"severity": Severity.ERROR},
        {"title": "u"},
        {"description": ""},
        {"description": "t"},
        {"rule": "t"},
        {"image_url": "t"},
        {"resources": ("b", "a")},
        {"resources": ("a,b",)},
        {"provider": "t"},
        {"account": "t"},
        {"additional_info": {}},
        {"additional_info": {"n": 10.5}},
        {"additional_info": {"n": True}},
        {"additional_info": {"n": 1.0}},
        {"additional_info": {"n": "1.0"}},
        {"additional_info": {"n": None}},
        {"additional_info": {"n": 2**53}},
        {"additional_info": {"n": 2**53 + 1}},
        {"additional_info": {"n": 10**400}},
    ],
)
def test_everything_else_is(news: Mapping[str, Any]) -> None:
    assert digest(BASE._replace(**news)) != digest(BASE)


def test_every_piece_of_news_is_another() -> None:
    infos: list[dict[str, Any]] = [
        {"n": True},
        {"n": 1.0},
        {"n": "1"},
        {"n": [1]},
        {"n": {"1": 1}},
        {"n": 2**53},
        {"n": 10**400},
    ]
    assert len({digest(BASE._replace(additional_info=info)) for info in infos}) == len(infos)
