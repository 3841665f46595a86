"""What is made of a sender's texts and objects, compiled and as written."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from bson import Int64
from hypothesis import given
from hypothesis import strategies as st

from event_service.bodies import plain_text
from tests.bodies.as_written import as_written, in_both_forms, objects

if TYPE_CHECKING:
    from types import ModuleType

WRITTEN = as_written("plain_text")
both_forms = in_both_forms("plain_text")
# Lone surrogates among them, as JSON may bring them.
TEXTS = st.text(st.characters(codec=None), max_size=8) | st.sampled_from([" a ", "\ta", "a\0", ""])
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=-(10**400), max_value=10**400)
    | st.floats()
    | TEXTS
)
OBJECTS = objects(TEXTS, SCALARS | st.tuples(SCALARS, SCALARS))


@given(OBJECTS)
def test_compiled_or_not_it_is_the_same(data: dict[str, Any]) -> None:
    given_as = repr(data)
    trimmed = plain_text.trimmed_object(data)
    assert repr(data) == given_as
    assert repr(trimmed) == repr(WRITTEN.trimmed_object(data))
    assert repr(plain_text.trimmed_object(trimmed)) == repr(trimmed)


@given(SCALARS)
def test_texts_of_scalars_are_the_same(scalar: object) -> None:
    assert plain_text.from_scalar(scalar) == WRITTEN.from_scalar(scalar)


@both_forms
def test_trims_through_objects_and_not_in_lists(module: ModuleType) -> None:
    data = {" b ": " x ", "a": {" c": [" y ", {" d": " z "}], "b": "\u3000w\u3000"}}
    trimmed = module.trimmed_object(data)
    assert trimmed == {"a": {"b": "w", "c": [" y ", {" d": " z "}]}, "b": "x"}
    assert list(trimmed) == ["a", "b"]
    assert list(trimmed["a"]) == ["b", "c"]


@both_forms
def test_what_needs_no_change_is_not_copied(module: ModuleType) -> None:
    as_on_the_wire = {"a": {"b": "x", "c": 1.0}, "b": [{"d": " y "}, 0.0, None], "c": "한국"}
    assert module.trimmed_object(as_on_the_wire) is as_on_the_wire
    one_space = {"a": as_on_the_wire, "b": " x"}
    trimmed = module.trimmed_object(one_space)
    assert trimmed == {"a": as_on_the_wire, "b": "x"}
    assert trimmed["a"] is as_on_the_wire


@both_forms
def test_of_keys_that_trim_to_the_same_the_last_stays(module: ModuleType) -> None:
    assert module.trimmed_object({"a": 1, " a": 2, "a ": 3}) == {"a": 3.0}


@both_forms
@pytest.mark.parametrize(
    ("number", "kept"),
    [
        (1, "1.0"),
        (Int64(1), "1.0"),
        (-0.0, "0.0"),
        (True, "True"),
        (10**400, repr("1" + "0" * 400)),
        (float("inf"), "'inf'"),
        (float("nan"), "'nan'"),
    ],
)
def test_numbers_become_doubles(module: ModuleType, number: float, kept: str) -> None:
    assert repr(module.trimmed_object({"n": number})["n"]) == kept
    assert repr(module.trimmed_object({"n": [number]})["n"][0]) == kept


@both_forms
def test_what_cannot_be_stored_is_replaced(module: ModuleType) -> None:
    assert module.trimmed_object({"\ud800a\0": ["\udfff"]}) == {"\ufffda\ufffd": ["\ufffd"]}
    assert module.cleaned("\ud83d\ude00") == "\U0001f600"


@both_forms
def test_what_only_a_database_holds_is_left(module: ModuleType) -> None:
    at = datetime(2026, 1, 1)  # noqa: DTZ001 - as pymongo reads
    assert module.trimmed_object({"at": at, "in": [at]}) == {"at": at, "in": [at]}


@both_forms
@pytest.mark.parametrize(
    ("scalar", "text"),
    [
        (600.0, "600"),
        (0.5, "0.5"),
        (1e15 - 1, "999999999999999"),
        (1e15, "1000000000000000.0"),
        (7, "7"),
        (True, "true"),
        ("\ud800", "\ufffd"),
        (None, None),
        ([], None),
        ({}, None),
    ],
)
def test_texts_of_scalars(module: ModuleType, scalar: object, text: str | None) -> None:
    assert module.from_scalar(scalar) == text


@both_forms
@pytest.mark.parametrize("shape", [lambda inner: {"a": inner}, lambda inner: [inner]])
def test_what_is_nested_too_deep_is_refused(module: ModuleType, shape: Any) -> None:
    deepest: Any = 1.0
    for _ in range(module.MOST_LEVELS - 1):
        deepest = shape(deepest)
    assert module.trimmed_object({"x": deepest}) == {"x": deepest}
    for _ in range(100_000):
        deepest = shape(deepest)
    with pytest.raises(RecursionError):
        module.trimmed_object({"x": deepest})
