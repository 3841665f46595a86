"""The order of the rows of a page that nobody sorted, or not to the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from event_service.caller import Caller, Scope
from tests.query.asking import ask_stat
from tests.query.compiling import statistics

if TYPE_CHECKING:
    from pymongo.database import Database


@pytest.mark.parametrize("key", ["resources", "raw_data.l"])
def test_pages_of_rows_with_lists_as_keys_do_not_go_by_how_events_were_stored(
    mongo_database: Database[dict[str, Any]], key: str
) -> None:
    documents = mongo_database["row_order"]
    lists = [["a", "c"], ["a", "b"], ["a"], ["a", "b", "c"]]
    query = {"aggregate": [{"group": {"keys": [{"key": key, "name": "k"}]}}], "page": {"limit": 10}}

    def rows(domain: str, stored: list[list[str]]) -> list[Any]:
        documents.insert_many(
            {
                "event_id": f"{domain}-{at}",
                "domain_id": domain,
                "resources": each,
                "raw_data": {"l": each},
            }
            for at, each in enumerate(stored)
        )
        return ask_stat(documents, Caller("DOMAIN_ADMIN", Scope(domain)), query).results

    there = rows(f"lists-{key}", lists)
    assert len(there) == len(lists)
    assert rows(f"lists-{key}-back", lists[::-1]) == there


def test_no_order_has_more_names_than_mongodb_sorts_by() -> None:
    most = 32
    keys = [{"key": f"raw_data.k{at}", "name": f"k{at}"} for at in range(50)]
    unwinds = [{"unwind": {"path": f"raw_data.u{at}"}} for at in range(18)]
    sort = {"sort": [{"key": f"k{at}"} for at in range(10)]}
    for aggregate in (
        [*unwinds, {"group": {"keys": keys}}, sort],
        [{"group": {"keys": keys}}, *({"unwind": {"path": "k49"}} for _ in range(18)), sort],
        [{"group": {"keys": keys}}],
    ):
        stages = statistics(aggregate=aggregate, page={"limit": 1}).rows()
        orders = [stage["$sort"] for stage in stages if "$sort" in stage]
        assert [len(order) <= most for order in orders] == [True]


def test_rows_that_nothing_orders_are_not_sorted() -> None:
    # MongoDB refuses to sort by no name; the embedded one doesn't.
    stages = statistics(aggregate=[{"count": {"name": "n"}}], page={"limit": 1}).rows()
    assert not [stage for stage in stages if "$sort" in stage]


@pytest.mark.parametrize("key", ["resources", "raw_data.l"])
def test_no_order_has_two_names_that_may_hold_lists_but_for_those_asked_for(key: str) -> None:
    keys = [{"key": key, "name": "one"}, {"key": "raw_data.m", "name": "other"}]
    pushed = {"key": "title", "name": "pushed", "operator": "push"}
    group = {"group": {"keys": keys, "fields": [pushed]}}
    for aggregate in (
        [group],
        [group, {"sort": [{"key": "pushed"}]}],
        [group, {"sort": [{"key": "other"}]}],
        [group, {"project": {"fields": [{"key": "pushed", "name": "p"}]}}],
    ):
        stages = statistics(aggregate=aggregate, page={"limit": 1}).rows()
        (order,) = [stage["$sort"] for stage in stages if "$sort" in stage]
        lists = {"one", "other", "pushed"} & order.keys()
        assert len(lists) <= 1, order
        assert any(name.startswith("__order") for name in order)
