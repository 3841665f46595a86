"""A stat of events whose bodies are kept apart is that of the same events with their bodies."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.json_format import ParseDict
from hypothesis import given, settings
from hypothesis import strategies as st

from event_service.caller import Caller, Scope
from event_service.errors import InvalidArgument
from event_service.instants import utc_now
from event_service.manager.reads import Reader
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.limits import QueryLimits
from event_service.stored_keys import to_stored
from event_service.stubs.spaceone.api.core.v2.query_pb2 import StatisticsQuery
from tests.query.drawn_events import events
from tests.query.drawn_statistics import DrawnStat

if TYPE_CHECKING:
    from random import Random

    from pymongo.database import Database

_QUERIES = 15


@pytest.fixture(scope="module")
def database(mongo_database: Database[dict[str, Any]]) -> Database[dict[str, Any]]:
    mongo_database["event"].create_index("domain_id")
    return mongo_database


@settings(max_examples=60)
@given(random=st.randoms(use_true_random=True))
def test_a_stat_finds_what_is_kept_apart(
    database: Database[dict[str, Any]], random: Random
) -> None:
    together, apart = (Scope(uuid.uuid4().hex) for _ in range(2))
    drawn = [to_stored(event) for event in events(random, together.domain_id)]
    database["event"].insert_many([dict(event) for event in drawn])
    database["event"].insert_many(
        [_apart(database, event | {"domain_id": apart.domain_id}, random) for event in drawn]
    )
    for _ in range(_QUERIES):
        query = DrawnStat(random).query()
        assert _asked(database, apart, query) == _asked(database, together, query), query


def _apart(
    database: Database[dict[str, Any]], event: dict[str, Any], random: Random
) -> dict[str, Any]:
    if "raw_data" not in event or random.random() < 0.2:
        return event
    body = {"_id": uuid.uuid4().hex, "raw_data": event.pop("raw_data")}
    database["event_body"].insert_one(body | {"domain_id": event["domain_id"]})
    return event | {"body_id": body["_id"]}


def _asked(database: Database[dict[str, Any]], scope: Scope, query: dict[str, Any]) -> str:
    reader = Reader(database["event"], EVENT_FIELDS, QueryLimits(), 30, 1 << 28, utc_now)
    try:
        answer = reader.stat(Caller("DOMAIN_ADMIN", scope), ParseDict(query, StatisticsQuery()))
    except InvalidArgument as fault:
        return str(fault)
    shown = json.dumps([answer.total_count, answer.results], default=repr, sort_keys=True)
    return shown.replace(scope.domain_id, "domain")
