from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from hypothesis import given
from hypothesis import strategies as st

from event_service.query.distinct import page_of, sort_distinct
from event_service.query.paging import Page

if TYPE_CHECKING:
    from random import Random

_SCALARS = st.none() | st.booleans() | st.integers() | st.text() | st.datetimes()
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=6,
)


def test_values_of_several_types_stand_in_the_databases_order() -> None:
    noon = datetime(2024, 1, 1, 12)  # noqa: DTZ001
    ordered: list[Any] = [
        *(float("-inf"), -1, 0.5, 2, "", "A", "a", "é"),
        *({}, {"a": None}, {"a": 1}, {"a": 1, "b": 0}, {"a": "x"}),
        *([], [1], [1, "a"], ["a"], False, True, noon),
    ]
    assert sort_distinct(reversed(ordered)) == ordered


def test_null_is_no_value() -> None:
    assert sort_distinct([None, "a"]) == ["a"]


@given(st.lists(_VALUES, max_size=8, unique_by=repr), st.randoms())
def test_the_order_is_the_same_every_time(values: list[Any], random: Random) -> None:
    once = sort_distinct(values)
    random.shuffle(values)
    assert sort_distinct(values) == once
    assert len(once) == sum(value is not None for value in values)


def test_a_page_is_a_part() -> None:
    assert page_of(["a", "b", "c"], None) == ["a", "b", "c"]
    assert page_of(["a", "b", "c"], Page(1, 1)) == ["b"]
    assert page_of(["a", "b", "c"], Page(7, 2)) == []
