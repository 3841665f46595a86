"""What the store answers to a compiled stat is what the rules say, on any documents."""

from __future__ import annotations

import uuid
from itertools import chain
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_service.caller import Caller, Scope
from event_service.stored_keys import from_stored, to_stored
from tests.query.asking import ask_stat
from tests.query.bson_values import LooseError, like, shown
from tests.query.drawn_events import events
from tests.query.drawn_statistics import DrawnStat
from tests.query.statistics_reading import answered

if TYPE_CHECKING:
    from random import Random

    from pymongo.collection import Collection
    from pymongo.database import Database


_QUERIES = 15


@pytest.fixture(scope="module")
def documents(mongo_database: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    collection = mongo_database["statistics_agreement"]
    collection.create_index("domain_id")
    return collection


@settings(max_examples=200)
@given(random=st.randoms(use_true_random=True))
def test_the_store_answers_what_the_rules_say(
    documents: Collection[dict[str, Any]], random: Random
) -> None:
    domain = uuid.uuid4().hex
    stored = events(random, domain)
    documents.insert_many([to_stored(event) for event in stored])
    for _ in range(_QUERIES):
        query = DrawnStat(random).query()
        try:
            expected = answered(stored, query)
        except LooseError:
            continue
        assert_same(_asked(documents, domain, query, sum(map(len, expected))), expected, query)


def assert_same(rows: list[Any], expected: list[list[Any]], query: dict[str, Any]) -> None:
    """Bag after bag, whatever the order inside a bag."""
    assert len(rows) == sum(map(len, expected)), (query, rows, expected)
    left = iter(rows)
    for bag in expected:
        here = [next(left) for _ in bag]
        for row in bag:
            same = [at for at, one in enumerate(here) if shown(like(one, row)) == shown(row)]
            assert same, (query, row, here)
            del here[same[0]]


def _asked(
    documents: Collection[dict[str, Any]], domain: str, query: dict[str, Any], most: int
) -> list[Any]:
    """All rows, with a page asked for one after the other: pages neither overlap nor leave out."""
    caller = Caller("DOMAIN_ADMIN", Scope(domain))
    if "page" not in query:
        answer = ask_stat(documents, caller, query)
        assert answer.total_count is None
        return _sent(answer.results)
    pages: list[list[Any]] = []
    for start in range(1, most + 2, query["page"]["limit"]):
        answer = ask_stat(documents, caller, {**query, "page": {**query["page"], "start": start}})
        assert answer.total_count == most, query
        pages.append(_sent(answer.results))
    return list(chain.from_iterable(pages))


def _sent(rows: list[Any]) -> list[Any]:
    rows_sent: list[Any] = from_stored({"rows": rows})["rows"]
    return rows_sent
