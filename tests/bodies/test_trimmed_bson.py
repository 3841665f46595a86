"""Whether a document stands as it would be trimmed, compiled and as written."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import bson
import pytest
from bson import Int64
from hypothesis import given
from hypothesis import strategies as st

from event_service.bodies import trimmed_bson
from event_service.bodies.plain_text import trimmed_object
from tests.bodies.as_written import as_written, in_both_forms, objects

if TYPE_CHECKING:
    from types import ModuleType

WRITTEN = as_written("trimmed_bson")
both_forms = in_both_forms("trimmed_bson")

SPACES = (" ", "\t", "\n", "\x1c", "\x85", "\xa0", "\u3000")
ODD = [*(f"{space}a" for space in SPACES), *(f"가{space}" for space in SPACES), "", "A", "_id", "a"]
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=3)
NUMBERS = st.floats() | st.sampled_from([0.0, -0.0])
SCALARS = st.none() | st.booleans() | NUMBERS | st.integers(-(2**63), 2**63 - 1) | TEXTS
OBJECTS = objects(TEXTS | st.sampled_from(ODD), SCALARS | st.sampled_from(ODD))
PLAIN_TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=3)
PLAIN = objects(PLAIN_TEXTS, st.none() | NUMBERS | PLAIN_TEXTS)


@given(OBJECTS)
def test_what_is_trimmed_would_not_change(data: dict[str, Any]) -> None:
    raw = bson.encode(data)
    trimmed = trimmed_bson.is_trimmed(raw)
    assert WRITTEN.is_trimmed(raw) == trimmed
    if trimmed:
        assert bson.encode(trimmed_object(bson.decode(raw))) == raw


@given(PLAIN)
def test_what_was_trimmed_is(data: dict[str, Any]) -> None:
    assert trimmed_bson.is_trimmed(bson.encode(trimmed_object(data)))


@both_forms
@pytest.mark.parametrize(
    "data",
    [
        {},
        {"": "", "a": "가 나", "b": [" x ", {" y": " z\n"}], "c": {"A": 1.0, "_id": 0.0}},
        {"_id": None, "a": True},
        {"host": None, "hostname": None, "가": None, "\U0001f600": None},
    ],
    ids=repr,
)
def test_takes_what_can_stay(module: ModuleType, data: dict[str, Any]) -> None:
    assert module.is_trimmed(bson.encode(data))


@both_forms
@pytest.mark.parametrize(
    "data",
    [
        {"a": " x"},
        {"a": {"b": "x\u3000"}},
        {"a": {"b ": "x"}},
        {"b": None, "a": None},
        {"hostname": None, "host": None},
        {"a": [{"b": None, "": None}]},
        {"A": None, "_id": None},
        {"a": -0.0},
        {"a": [-0.0]},
        {"a": float("nan")},
        {"a": 1},
        {"a": Int64(1)},
        {"a": datetime(2024, 3, 1)},  # noqa: DTZ001 - naive UTC is meant
    ],
    ids=repr,
)
def test_sees_what_would_change(module: ModuleType, data: dict[str, Any]) -> None:
    assert not module.is_trimmed(bson.encode(data))


@both_forms
def test_goes_no_deeper_than_what_trims(module: ModuleType) -> None:
    deep: dict[str, Any] = {}
    for _ in range(99):
        deep = {"a": deep}
    assert module.is_trimmed(bson.encode(trimmed_object(deep)))
    assert not module.is_trimmed(bson.encode({"a": deep}))
