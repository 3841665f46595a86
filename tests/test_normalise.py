"""What a raw result becomes (CONTRACT 3.3 to 3.5)."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import bson
import pytest
from bson.raw_bson import RawBSONDocument

from event_service.draft import EventDraft, EventType, Severity
from event_service.normalise import derive_key, failure_draft, normalise
from event_service.parsers.seam import ParseFailure


def nested(levels: int) -> dict[str, Any]:
    return {"a": nested(levels - 1)} if levels else {}


def draft_of(**fields: Any) -> EventDraft:
    return normalise({"event_key": "k", "title": "t"} | fields).draft


def test_a_minimal_result() -> None:
    assert draft_of() == EventDraft("k", EventType.ALERT, "t", Severity.NONE)


def test_texts_are_trimmed_but_members_of_lists_are_not() -> None:
    draft = draft_of(
        event_key=" k1 ",
        title="  T  ",
        description=" d ",
        rule="\tr\n",
        resources=[" r "],
        resource={"name": " n ", "resource_id": "i-1"},
        additional_info={" k ": " v ", "n": {" x ": " y "}, "l": [" z ", {" a ": " b "}]},
    )
    assert (draft.event_key, draft.title, draft.description, draft.rule) == ("k1", "T", "d", "r")
    assert draft.resources == (" r ", "n")
    assert draft.additional_info == {
        "k": "v",
        "n": {"x": "y"},
        "l": [" z ", {" a ": " b "}],
    }


@pytest.mark.parametrize("info", [{"k": "v"}, {" k ": " v "}])
def test_what_is_encoded_already_says_the_same(info: dict[str, str]) -> None:
    result = RawBSONDocument(bson.encode({"title": "t", "additional_info": info}))
    assert dict(normalise(result).draft.additional_info) == {"k": "v"}


@pytest.mark.parametrize("field", ["description", "rule", "image_url"])
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_an_empty_text_is_none(field: str, nothing: str | None) -> None:
    assert getattr(draft_of(**{field: nothing}), field) is None


@pytest.mark.parametrize("field", ["provider", "account"])
@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_an_empty_provider_or_account_is_empty(field: str, nothing: str | None) -> None:
    assert getattr(draft_of(**{field: nothing}), field) == ""


@pytest.mark.parametrize(
    ("fields", "resources"),
    [
        ({"resource": {"name": "srv"}}, ("srv",)),
        ({"resource": {"resource_id": "i-1"}}, ()),
        ({"resource": {"name": "a"}, "resources": ["a"]}, ("a", "a")),
        ({"resource": None, "resources": None}, ()),
        ({"resources": ["a", None, 600.0]}, ("a", "600")),
    ],
)
def test_the_resource_joins_the_resources(
    fields: dict[str, Any], resources: tuple[str, ...]
) -> None:
    assert draft_of(**fields).resources == resources


@pytest.mark.parametrize(
    ("scalar", "text"),
    [(600.0, "600"), (600, "600"), (1.5, "1.5"), (-0.5, "-0.5"), (True, "true"), (1e300, "1e+300")],
)
def test_scalars_stand_for_their_text(scalar: object, text: str) -> None:
    draft = draft_of(event_key=scalar, description=scalar, account=scalar)
    assert (draft.event_key, draft.description, draft.account) == (text, text, text)


@pytest.mark.parametrize(
    ("severity", "meant"),
    [
        *((name.value, name) for name in Severity),
        (" critical ", Severity.CRITICAL),
        (None, Severity.NONE),
        ("", Severity.NONE),
        (" \t", Severity.NONE),
        (0.0, Severity.NONE),
        (1.0, Severity.CRITICAL),
        (2, Severity.ERROR),
        (3.0, Severity.WARNING),
        (4.0, Severity.INFO),
        (5.0, Severity.NOT_AVAILABLE),
    ],
)
def test_severities(severity: object, meant: Severity) -> None:
    assert draft_of(severity=severity).severity is meant


@pytest.mark.parametrize(
    ("event_type", "meant"),
    [
        *((name.value, name) for name in EventType),
        ("recovery", EventType.RECOVERY),
        (None, EventType.ALERT),
        ("", EventType.ALERT),
        (" \t", EventType.ALERT),
    ],
)
def test_event_types(event_type: object, meant: EventType) -> None:
    assert draft_of(event_type=event_type).event_type is meant


@pytest.mark.parametrize(
    ("result", "reason"),
    [
        ("x", "not an object"),
        (None, "not an object"),
        ([{"title": "t"}], "not an object"),
        ({}, "no title"),
        ({"title": " ", "severity": "INFO"}, "no title"),
        ({"title": "t", "severity": "hunter2"}, "severity is none of CRITICAL, ERROR,"),
        ({"title": "t", "severity": 6.0}, "severity is none of"),
        ({"title": "t", "severity": True}, "severity is none of"),
        ({"title": "t", "severity": ["INFO"]}, "severity is none of"),
        ({"title": "t", "event_type": "hunter2"}, "event_type is none of ALERT, RECOVERY, ERROR"),
        ({"title": "t", "event_type": 1.0}, "event_type is none of"),
        ({"title": {"a": "hunter2"}}, "title is not a text"),
        ({"title": "t", "description": ["hunter2"]}, "description is not a text"),
        ({"title": "t", "event_key": {}}, "event_key is not a text"),
        ({"title": "t", "resources": "hunter2"}, "resources is not a list"),
        ({"title": "t", "resources": [["hunter2"]]}, "resources has a member that is not a text"),
        ({"title": "t", "resource": "hunter2"}, "resource is not an object"),
        ({"title": "t", "resource": {"name": []}}, "name is not a text"),
        ({"title": "t", "additional_info": ["hunter2"]}, "additional_info is not an object"),
        ({"title": "t", "additional_info": nested(100)}, "additional_info is nested too deep"),
    ],
)
def test_refuses_what_cannot_be_meant_and_never_quotes_it(result: object, reason: str) -> None:
    with pytest.raises(ParseFailure, match=reason) as failed:
        normalise(result)
    assert "hunter2" not in failed.value.reason


@pytest.mark.parametrize(
    ("fields", "title"),
    [
        ({"rule": "r", "resources": ["a"], "event_key": "k"}, "r"),
        ({"resources": [" a "], "event_key": "k"}, "a"),
        ({"resource": {"name": "n"}, "event_key": "k"}, "n"),
        ({"event_key": "k"}, "k"),
    ],
)
def test_a_missing_title_falls_back(fields: dict[str, Any], title: str) -> None:
    assert normalise(fields).draft.title == title


def test_a_missing_key_comes_from_what_the_event_is_about() -> None:
    result = {"title": "t", "rule": "r", "resources": ["a"]}
    key = normalise(result).draft.event_key
    assert key == derive_key("t", "r", ("a",))
    assert len(key) == 16
    for same in ({"description": "d"}, {"severity": "INFO"}, {"event_type": "RECOVERY"}):
        assert normalise(result | same).draft.event_key == key
    for other in ({"title": "u"}, {"rule": None}, {"resources": ["a", "b"]}):
        assert normalise(result | other).draft.event_key != key


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2024-01-01T09:00:00+09:00", datetime(2024, 1, 1)),  # noqa: DTZ001 - naive UTC is meant
        ("2024-01-01", datetime(2024, 1, 1)),  # noqa: DTZ001
        (None, None),
        ("", None),
    ],
)
def test_times_are_kept_in_utc(text: str | None, instant: datetime | None) -> None:
    normalised = normalise({"title": "t", "occurred_at": text})
    assert (normalised.draft.occurred_at, normalised.notes) == (instant, ())


@pytest.mark.parametrize("wrong", ["hunter2", "2024-13-01", 1704067200.0, ["2024-01-01"], True])
def test_a_wrong_time_is_noted_and_left_out(wrong: object) -> None:
    normalised = normalise({"title": "t", "occurred_at": wrong})
    assert normalised.draft.occurred_at is None
    (note,) = normalised.notes
    assert "occurred_at" in note
    assert "hunter2" not in note


def test_numbers_become_doubles_and_what_json_lacks_texts() -> None:
    info = draft_of(
        additional_info={
            "n": 1,
            "b": True,
            "nul": None,
            "l": [1],
            "nan": float("nan"),
            "big": 10**400,
        }
    ).additional_info
    assert repr(info) == (
        "{'b': True, 'big': '1" + "0" * 400 + "', 'l': [1.0], 'n': 1.0, 'nan': 'nan', 'nul': None}"
    )


def test_lone_surrogates_are_replaced_everywhere() -> None:
    draft = draft_of(
        title="a\ud800b",
        event_key="\udc00",
        resources=["\ud83d", "\ud83d\ude00"],
        additional_info={"\ud800": ["\ud800", {"\ud800": "\ud800"}], "n": {"\ud800": "ü\ud800"}},
    )
    assert (draft.title, draft.event_key) == ("a\ufffdb", "\ufffd")
    assert draft.resources == ("\ufffd", "😀")
    assert draft.additional_info == {
        "\ufffd": ["\ufffd", {"\ufffd": "\ufffd"}],
        "n": {"\ufffd": "ü\ufffd"},
    }


def test_a_key_holds_no_nul_but_a_text_may() -> None:
    info = draft_of(additional_info={"a\0": "b\0", "l": [{"a\0": 1}]}).additional_info
    assert info == {"a\ufffd": "b\0", "l": [{"a\ufffd": 1.0}]}


def test_what_cannot_be_understood_is_an_event_with_a_stable_key() -> None:
    draft = failure_draft("webhook-1", "wh", "boom")
    assert draft == EventDraft(
        event_key=draft.event_key,
        event_type=EventType.ERROR,
        title="Webhook Event Parsing Error - wh",
        severity=Severity.CRITICAL,
        description="boom",
    )
    assert draft.event_key.startswith("error-")
    assert len(draft.event_key) == len("error-") + 12
    assert failure_draft("webhook-1", "renamed", "boom").event_key == draft.event_key
    assert failure_draft("webhook-2", "wh", "boom").event_key != draft.event_key
    assert failure_draft("webhook-1", "wh", "bang").event_key != draft.event_key


VECTORS = Path(__file__).parent / "vectors" / "create_vectors.json"


def vectors() -> list[Any]:
    """Those of one request whose only results are taken as they are."""
    every = json.loads(VECTORS.read_text(encoding="utf-8"))["vectors"]
    return [
        pytest.param(
            request["data"]["__plugin__"]["results"], vector["state"]["events"], id=vector["id"]
        )
        for vector in every
        if vector["id"].startswith("norm.")
        for request in vector["requests"]
    ]


@pytest.mark.parametrize(("results", "events"), vectors())
def test_agrees_with_the_vectors(results: list[Any], events: list[dict[str, Any]]) -> None:
    for result, event in zip(results, events, strict=True):
        draft = normalise(result).draft
        at = draft.occurred_at
        found = {
            field: getattr(draft, field)
            for field in EventDraft._fields
            if field not in {"resources", "occurred_at"}
        } | {"resources": list(draft.resources), "occurred_at": at and at.isoformat()}
        assert found == {field: event[field] for field in found}
