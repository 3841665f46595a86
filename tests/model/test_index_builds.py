"""How far a build is, as MongoDB says it and as the store of the tests does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from event_service.model.index_builds import IndexBuild, index_builds, read_builds

if TYPE_CHECKING:
    from pymongo import MongoClient

# In the form of MongoDB's manual: the command that waits, the thread that works, and a stranger.
OPERATIONS = [
    {
        "type": "op",
        "op": "command",
        "ns": "events.$cmd",
        "command": {"createIndexes": "event", "indexes": [{"key": {"title": 1}}]},
    },
    {
        "type": "op",
        "op": "none",
        "ns": "events.event",
        "desc": "IndexBuildsCoordinatorMongod-1",
        "command": {"createIndexes": "event", "indexes": [{"key": {"title": 1}}]},
        "msg": "Index Build: scanning collection Index Build: scanning collection: 250/1000 25%",
        "progress": {"done": 250, "total": 1000},
    },
    {"type": "op", "op": "query", "ns": "events.alert", "command": {"find": "alert"}},
]


def test_a_build_is_read_from_its_command_and_its_work() -> None:
    (build,) = read_builds(OPERATIONS)
    assert build == IndexBuild("events.event", 250, 1000)
    assert build.percent == 25
    assert read_builds(reversed(OPERATIONS)) == (build,)


def test_a_build_that_only_waits_has_no_number() -> None:
    (build,) = read_builds(OPERATIONS[:1])
    assert build == IndexBuild("events.event")
    assert build.percent is None


def test_a_server_at_rest_builds_nothing(mongo_client: MongoClient[dict[str, Any]]) -> None:
    assert index_builds(mongo_client) == ()
