"""What the store finds for a compiled query is what the rules say, on any documents."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_service.caller import Caller, Scope
from tests.query.asked import CONDITIONS, DOCUMENTS
from tests.query.asking import ask_list
from tests.query.reading import found

if TYPE_CHECKING:
    from pymongo.collection import Collection
    from pymongo.database import Database


@pytest.fixture(scope="module")
def documents(mongo_database: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    collection = mongo_database["agreement"]
    collection.create_index("domain_id")
    return collection


@settings(max_examples=150)
@given(
    stored=st.lists(DOCUMENTS, min_size=4, max_size=8),
    queries=st.lists(CONDITIONS, min_size=4, max_size=12),
)
def test_the_store_finds_what_the_rules_say(
    documents: Collection[dict[str, Any]],
    stored: list[dict[str, Any]],
    queries: list[dict[str, Any]],
) -> None:
    domain = uuid.uuid4().hex
    events = [
        {**document, "event_id": f"event-{at}", "domain_id": domain}
        for at, document in enumerate(stored)
    ]
    documents.insert_many([dict(event) for event in events])
    for query in queries:
        asked = {**query, "sort": [{"key": "event_id"}]}
        answer = ask_list(documents, Caller("DOMAIN_ADMIN", Scope(domain)), asked)
        expected = [event["event_id"] for event in events if found(event, query)]
        assert [event["event_id"] for event in answer.results] == expected, query
        assert answer.total_count == len(expected)
