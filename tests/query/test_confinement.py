"""No query reaches around a scope: what is outside of it changes no answer.

The same query is asked of a collection with the caller's events alone and of one that has those of
others too. Both answers are the same, errors included, and no error is the database's.
"""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from event_service.caller import Caller, Scope
from event_service.errors import InvalidArgument
from tests.query.asked import DOCUMENTS
from tests.query.asked_stages import LISTS, STATS
from tests.query.asking import ask_list, ask_stat

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymongo.collection import Collection
    from pymongo.database import Database

_SCOPES = ("domain", "workspace", "projects", "no project")


@pytest.fixture(scope="module")
def alone(mongo_database: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    return mongo_database["alone"]


@pytest.fixture(scope="module")
def crowded(mongo_database: Database[dict[str, Any]]) -> Collection[dict[str, Any]]:
    return mongo_database["crowded"]


def _scope(kind: str, domain: str) -> Scope:
    return {
        "domain": Scope(domain),
        "workspace": Scope(domain, "w"),
        "projects": Scope(domain, "w", frozenset({"p", "q"})),
        "no project": Scope(domain, "w", frozenset()),
    }[kind]


def _inside(scope: Scope, event: dict[str, Any]) -> bool:
    return (
        event["domain_id"] == scope.domain_id
        and scope.workspace_id in (None, event["workspace_id"])
        and (scope.projects is None or event["project_id"] in scope.projects)
    )


def _answer(
    ask: Callable[..., Any], events: Collection[dict[str, Any]], scope: Scope, query: dict[str, Any]
) -> Any:
    try:
        answer = ask(events, Caller("ANY", scope), query)
    except InvalidArgument as error:
        return error.details
    # Rows of a group come in any order, and so do the members of a set.
    text = json.dumps(answer.results, default=str, sort_keys=True)
    return sorted(text), len(answer.results), answer.total_count


@settings(max_examples=120)
@given(
    kind=st.sampled_from(_SCOPES),
    stored=st.lists(
        st.tuples(
            DOCUMENTS,
            st.sampled_from(["mine", "mine", "other"]),
            st.sampled_from(["w", "w", "v"]),
            st.sampled_from("pqr"),
        ),
        min_size=2,
        max_size=10,
    ),
    lists=st.lists(LISTS, min_size=2, max_size=6),
    stats=st.lists(STATS, min_size=2, max_size=8),
)
def test_what_is_outside_the_scope_changes_nothing(
    alone: Collection[dict[str, Any]],
    crowded: Collection[dict[str, Any]],
    *,
    kind: str,
    stored: list[tuple[dict[str, Any], str, str, str]],
    lists: list[dict[str, Any]],
    stats: list[dict[str, Any]],
) -> None:
    domains = {"mine": uuid.uuid4().hex, "other": uuid.uuid4().hex}
    scope = _scope(kind, domains["mine"])
    events = [
        {
            **document,
            "event_id": f"event-{at}",
            "domain_id": domains[domain],
            "workspace_id": workspace,
            "project_id": project,
        }
        for at, (document, domain, workspace, project) in enumerate(stored)
    ]
    crowded.insert_many([dict(event) for event in events])
    inside = [dict(event) for event in events if _inside(scope, event)]
    if inside:
        alone.insert_many(inside)
    for ask, queries in ((ask_list, lists), (ask_stat, stats)):
        for query in queries:
            answers = [_answer(ask, place, scope, query) for place in (alone, crowded)]
            assert answers[0] == answers[1], query
