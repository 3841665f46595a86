"""How many documents the lists of consoles examine does not depend on how many are stored."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import pytest
from google.protobuf.struct_pb2 import Value
from pymongo import MongoClient, monitoring

from event_service.caller import Caller, Scope
from event_service.embedded.mongodb import sorts_in_memory
from event_service.manager.reads import Reader
from event_service.model.indexes import DECLARED, ensure_indexes
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.limits import QueryLimits
from event_service.stubs.spaceone.api.core.v2.query_pb2 import Filter, Page, Query, Sort
from tests.sent_commands import SentCommands

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.database import Database

    from event_service.stores import Stores
    from tests.service.running import Start

Pipeline: TypeAlias = Sequence[Mapping[str, Any]]

_DOMAIN = Scope("domain-1")
_WORKSPACE = Scope("domain-1", "workspace-1")
_MEMBER = Scope("domain-1", "workspace-1", frozenset({"project-1", "project-2"}))
_NEWEST = [Sort(key="created_at", desc=True)]


def _equal(key: str, value: str) -> Filter:
    return Filter(k=key, v=Value(string_value=value), o="eq")


_SEVERITIES = ("CRITICAL", "ERROR", "INFO")
_PAGE = Page(start=1, limit=20)
_NEWEST_OF: dict[str, tuple[Scope, Query, dict[str, str]]] = {
    "an alert": (
        _WORKSPACE,
        Query(page=_PAGE, sort=_NEWEST, filter=[_equal("alert_id", "alert-1")]),
        {},
    ),
    "a domain": (_DOMAIN, Query(page=_PAGE), {}),
    "a domain, in short form": (_DOMAIN, Query(page=_PAGE, minimal=True), {}),
    "a workspace": (_WORKSPACE, Query(page=_PAGE), {}),
    "a project": (_DOMAIN, Query(page=_PAGE), {"project_id": "project-1"}),
    "a member's projects": (_MEMBER, Query(page=_PAGE), {}),
    "a severity": (
        _DOMAIN,
        Query(page=_PAGE, filter=[_equal("severity", "ERROR")]),
        {},
    ),
}
_FEW, _MANY = 200, 2_000
_NOW = datetime(2026, 3, 14, 15, 9, 26)  # noqa: DTZ001  # instants are naive UTC


def _event(number: int) -> dict[str, Any]:
    """The events of a domain, the newest first; the first two hundred are of one alert."""
    return {
        "event_id": f"event-{number}",
        "event_key": f"key-{number}",
        "severity": _SEVERITIES[number % len(_SEVERITIES)],
        "alert_id": f"alert-{1 + number // _FEW}",
        "project_id": f"project-{1 + number % 2}",
        "workspace_id": "workspace-1",
        "domain_id": "domain-1",
        "created_at": _NOW - number * timedelta(seconds=4),
    }


@pytest.fixture(scope="module")
def sent() -> SentCommands:
    return SentCommands()


@pytest.fixture(scope="module")
def listed(stores: Stores, sent: SentCommands) -> Iterator[Database[dict[str, Any]]]:
    """A database with an index for everything, from which lists are read."""
    name = f"event_service_test_{uuid.uuid4().hex[:12]}"
    with MongoClient[dict[str, Any]](stores.mongodb_uri, event_listeners=[sent]) as client:
        ensure_indexes(client[name], None)
        yield client[name]
        client.drop_database(name)


def _examined(database: Database[dict[str, Any]], pipeline: Pipeline) -> int:
    explained = database.command(
        "explain",
        {"aggregate": "event", "pipeline": list(pipeline), "cursor": {}},
        verbosity="executionStats",
    )
    return sum(_documents_examined(explained))


def _documents_examined(answer: Mapping[str, Any]) -> Iterator[int]:
    # A server puts them beside the stages, or into the first of them.
    if "executionStats" in answer:
        yield answer["executionStats"]["totalDocsExamined"]
        return
    for stage in answer.get("stages", ()):
        yield from _documents_examined(stage.get("$cursor", {}))


class _Lists:
    """Lists as the service reads them from a database, and the pipelines that it sends."""

    def __init__(self, database: Database[dict[str, Any]], sent: SentCommands) -> None:
        self._database = database
        self._sent = sent
        self.in_memory = sorts_in_memory(database.client)
        self._reader = Reader(
            database["event"],
            EVENT_FIELDS,
            QueryLimits(),
            30.0,
            1 << 28,
            lambda: _NOW,
            sorts_in_memory=self.in_memory,
        )

    def examined(self, name: str) -> tuple[list[int], list[int]]:
        """The documents that each read of the page examines, and each count."""
        scope, query, parameters = _NEWEST_OF[name]
        self._sent.taken()
        page = self._reader.list(Caller("ANY", scope), query, parameters)
        assert len(page.documents) == _PAGE.limit
        pipelines = self._sent.taken()
        pages = [one for one in pipelines if any("$limit" in stage for stage in one)]
        counts = [one for one in pipelines if one not in pages]
        return self._examined(pages), self._examined(counts)

    def _examined(self, pipelines: Sequence[Pipeline]) -> list[int]:
        return [_examined(self._database, pipeline) for pipeline in pipelines]


def test_a_page_examines_no_more_documents_when_more_are_stored(
    listed: Database[dict[str, Any]], sent: SentCommands
) -> None:
    looks: list[dict[str, list[int]]] = []
    counts: list[dict[str, list[int]]] = []
    for numbers in range(_FEW), range(_FEW, _MANY):
        listed["event"].insert_many(_event(number) for number in numbers)
        lists = _Lists(listed, sent)
        first = {name: lists.examined(name)[0] for name in _NEWEST_OF}
        again = {name: lists.examined(name) for name in _NEWEST_OF}
        looks += first, {name: pages for name, (pages, _) in again.items()}
        counts.append({name: counted for name, (_, counted) in again.items()})
    assert looks[0] == looks[2]
    assert looks[1] == looks[3]
    for name, pages in looks[1].items():
        # The page's own, and those of another severity or project that lie between.
        assert len(pages) == 1, name
        assert pages[0] <= _PAGE.limit * len(_SEVERITIES), name
    # MongoDB counts in the index. The embedded store fetches what it counts.
    for stored, counted in zip((_FEW, _MANY), counts, strict=True):
        assert counted["a domain"] == [stored if lists.in_memory else 0]
        assert (counted["a severity"] == [0]) is not lists.in_memory


@pytest.mark.parametrize("tenant", [["domain_id"], ["domain_id", "workspace_id"]])
@pytest.mark.parametrize("asked", [[], ["severity"]])
def test_an_index_has_all_that_a_count_asks_for(tenant: list[str], asked: list[str]) -> None:
    # With that MongoDB counts without a document: shown here by shape, above by explain.
    assert any(
        fields[: len(tenant)] == tenant and set(asked) <= set(fields)
        for fields in ([name for name, _ in index.shape.keys] for index in DECLARED)
    )


def test_the_service_asks_its_store_what_it_does(start_module: Start, sent: SentCommands) -> None:
    monitoring.register(sent)
    running = start_module()
    running.database["event"].insert_many(_event(number) for number in range(_FEW))
    sent.taken()
    answer = running.client.call("list", {"query": {"page": {"limit": 20}}})
    assert answer.body["total_count"] == _FEW
    looks = sent.pages()
    # The events are old, and the first windows empty.
    assert (len(looks) > 1) is sorts_in_memory(running.database.client)
