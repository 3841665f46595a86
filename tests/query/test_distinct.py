"""Distinct finds what a path reaches, through lists too, in an order that is always the same."""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_service.caller import Caller, Scope
from tests.query.asking import ask_stat

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pymongo.collection import Collection
    from pymongo.database import Database

_NOON = datetime(2024, 1, 1, 12)  # noqa: DTZ001 - as the driver gives it
_ORDERED: list[Any] = [
    *(-1, 0.5, 2, 10, "", "A", "a", "é"),
    *({}, {"a": None}, {"a": 1}, {"a": 1, "b": 0}, {"a": "x"}),
    *([], [1], [1, 2], [1, "a"], ["a"], False, True, _NOON),
]

_SCALARS = st.none() | st.booleans() | st.integers(0, 2) | st.sampled_from(["a", "b"])
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["x", "y", "0", "1"]), inner, max_size=3)
    ),
    max_leaves=8,
)
_PATHS = st.lists(st.sampled_from(["x", "y", "0", "1", "9"]), max_size=3).map(
    lambda names: ".".join(("additional_info", *names))
)


@pytest.fixture(scope="module")
def documents(mongo_database: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    collection = mongo_database["distinct"]
    collection.create_index("domain_id")
    return collection


def _stored(documents: Collection[dict[str, Any]], infos: Sequence[Any], field: str) -> Caller:
    domain = uuid.uuid4().hex
    documents.insert_many(
        {"event_id": f"event-{at}", "domain_id": domain, field: info}
        for at, info in enumerate(infos)
    )
    return Caller("DOMAIN_ADMIN", Scope(domain))


def test_labels_of_the_alerts_of_a_body_are_found(documents: Collection[dict[str, Any]]) -> None:
    bodies = [
        {"alerts": [{"labels": {"alertname": name}} for name in names]}
        for names in (["Disk", "Cpu"], ["Cpu"], ["Net"], [])
    ]
    caller = _stored(documents, [*bodies, {"alerts": {"labels": {"alertname": "One"}}}], "raw_data")
    query = {"distinct": "raw_data.alerts.labels.alertname"}
    assert ask_stat(documents, caller, query).results == ["Cpu", "Disk", "Net", "One"]
    page = ask_stat(documents, caller, {**query, "page": {"start": 2, "limit": 2}})
    assert (page.results, page.total_count) == (["Disk", "Net"], 4)
    of_the_first = ask_stat(documents, caller, {"distinct": "raw_data.alerts.0.labels.alertname"})
    assert of_the_first.results == ["Cpu", "Disk", "Net"]


def test_values_of_several_types_are_in_one_order(documents: Collection[dict[str, Any]]) -> None:
    infos = [{"x": [value, None]} for value in reversed(_ORDERED * 2)]
    caller = _stored(documents, [*infos, {"x": None}, {}], "additional_info")
    query: dict[str, Any] = {"distinct": "additional_info.x"}
    results = ask_stat(documents, caller, query).results
    assert [(type(one), one) for one in results] == [(type(one), one) for one in _ORDERED]
    for at, value in enumerate(_ORDERED):
        page = ask_stat(documents, caller, {**query, "page": {"start": at + 1, "limit": 1}})
        assert (page.results, page.total_count) == ([value], len(_ORDERED))


@settings(max_examples=150)
@given(
    infos=st.lists(st.dictionaries(st.sampled_from(["x", "y", "0"]), _VALUES), max_size=4),
    path=_PATHS,
)
def test_values_are_those_that_the_database_reaches(
    documents: Collection[dict[str, Any]], infos: list[dict[str, Any]], path: str
) -> None:
    caller = _stored(documents, [{}, *infos], "additional_info")
    expected = {
        repr(value)
        for info in [{}, *infos]
        for value in _reached(info, path.split(".")[1:])
        if value is not None
    }
    results = ask_stat(documents, caller, {"distinct": path}).results
    assert len(results) == len(expected)
    assert {repr(value) for value in results} == expected


def _reached(value: Any, names: Sequence[str]) -> Iterator[Any]:
    """MongoDB's rule: the members of a list, unless the next name is a place in it."""
    if not names:
        yield from value if isinstance(value, list) else [value]
        return
    name, *further = names
    if isinstance(value, dict):
        yield from _reached(value[name], further) if name in value else ()
    elif isinstance(value, list) and name.isdecimal():
        yield from _reached(value[int(name)], further) if int(name) < len(value) else ()
    elif isinstance(value, list):
        for member in value:
            if isinstance(member, dict):
                yield from _reached(member, names)
