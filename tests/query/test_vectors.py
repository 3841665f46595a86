"""The vectors of get, list and stat that reach the store, asked of a real one."""

from __future__ import annotations

import json
import re
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from event_service.caller import Caller, Scope
from event_service.errors import ServiceError
from tests.query.asking import Answer, ask_list, ask_stat

if TYPE_CHECKING:
    from pymongo.collection import Collection
    from pymongo.database import Database

_FILE = Path(__file__).parents[1] / "vectors" / "query_vectors.json"
_VECTORS = json.loads(_FILE.read_text(encoding="utf-8"))

# Where the contract's page says otherwise than the vector, the page stands.
_CONTRACT_SAYS: dict[str, dict[str, Any]] = {
    # CONTRACT 5: any other unknown field is an error, whatever the operator.
    "op.regex.unknown-field": {"status": "INVALID_ARGUMENT", "code": "ERROR_INVALID_PARAMETER"},
    # CONTRACT 5: minimal shows project_id too.
    "minimal": {
        "ids": ["event-01"],
        "total_count": 1,
        "results": [
            {
                "event_id": "event-01",
                "event_key": "key-1",
                "event_type": "ALERT",
                "title": "CPU High on Web-01",
                "severity": "CRITICAL",
                "alert_id": "alert-1",
                "project_id": "project-1",
            }
        ],
    },
    # CONTRACT 5: total_count is always the number of rows.
    "unwind": {"ids": ["event-01", "event-01", "event-02", "event-04"], "total_count": 4},
}


def caller_of(vector: dict[str, Any]) -> Caller | None:
    """None for a caller that is turned away before anything is asked."""
    role, *rest = (vector["token"] or "").split("|")
    metadata = dict(vector["metadata"])
    match role:
        case "DOMAIN_ADMIN":
            return Caller(role, Scope(rest[0]))
        case "WORKSPACE_OWNER":
            return Caller(role, Scope(rest[0], rest[1]))
        case "WORKSPACE_MEMBER":
            projects = frozenset(filter(None, rest[2].split(",")))
            return Caller(role, Scope(rest[0], rest[1], projects))
        case "SYSTEM_TOKEN" if "x_domain_id" in metadata:
            return Caller(role, Scope(metadata["x_domain_id"], metadata.get("x_workspace_id")))
        case _:
            return None


REACHING = [
    vector
    for vector in _VECTORS["vectors"]
    if vector["method"] in ("Event.list", "Event.stat") and caller_of(vector) is not None
]


def stored(row: dict[str, Any], *, nulls: bool) -> dict[str, Any]:
    n = row["n"]
    optional = ("description", "rule", "image_url", "provider", "account", "occurred_at")
    document = {
        "event_id": f"event-{n:02}",
        "event_key": f"key-{n}",
        "event_type": "ALERT",
        "title": f"Title {n}",
        "resources": [],
        "additional_info": {},
        "raw_data": {"n": n},
        "alert_id": "alert-1",
        "webhook_id": "webhook-1",
        "project_id": "project-1",
        "workspace_id": "workspace-1",
        "domain_id": "domain-1",
        "created_at": datetime(2024, 3, n, n),  # noqa: DTZ001
        **(dict.fromkeys(optional) if nulls else {}),
        **{key: value for key, value in row.items() if key != "n"},
        "fingerprint": "internal",
    }
    if document.get("occurred_at"):
        document["occurred_at"] = datetime.fromisoformat(document["occurred_at"])
    return document


@pytest.fixture(scope="module", params=["nulls-stored", "nulls-left-out"])
def documents(
    request: pytest.FixtureRequest, mongo_database: Database[dict[str, Any]]
) -> Collection[dict[str, Any]]:
    collection = mongo_database[request.param]
    nulls = request.param == "nulls-stored"
    collection.insert_many([stored(row, nulls=nulls) for row in _VECTORS["dataset"]])
    return collection


def shown(value: Any, *, top: bool = False) -> Any:
    """As the wire shows it: dates as texts, nothing that is empty at the top of an event."""
    if isinstance(value, datetime):
        return value.isoformat(timespec="milliseconds") + "Z"
    if isinstance(value, dict):
        parts = {key: shown(part) for key, part in value.items()}
        return {key: part for key, part in parts.items() if not (top and part in (None, []))}
    if isinstance(value, list):
        return [shown(part) for part in value]
    return value


def comparable(value: Any) -> Any:
    """Instants in one spelling."""
    text = json.dumps(value, sort_keys=True)
    return json.loads(re.sub(r"(T\d\d:\d\d:\d\d)Z", r"\1.000Z", text))


def test_every_vector_that_reaches_the_store_is_asked() -> None:
    assert len(REACHING) == 168


@pytest.mark.parametrize("vector", REACHING, ids=lambda vector: vector["id"])
def test_vector(vector: dict[str, Any], documents: Collection[dict[str, Any]]) -> None:
    expect = _CONTRACT_SAYS.get(vector["id"], vector["expect"])
    caller = caller_of(vector)
    assert caller is not None
    if "status" in expect:
        with pytest.raises(ServiceError) as raised:
            _ask(documents, caller, vector)
        assert raised.value.status.name == expect["status"]
        assert raised.value.code == expect.get("code", raised.value.code)
        return
    answer = _ask(documents, caller, vector)
    if vector["method"] == "Event.list":
        _check_list(answer, expect)
    else:
        results = {"results": shown(answer.results)}
        total = {} if answer.total_count is None else {"total_count": answer.total_count}
        assert comparable(results | total) == comparable(expect["ok"])


def _ask(documents: Collection[dict[str, Any]], caller: Caller, vector: dict[str, Any]) -> Answer:
    parameters = {key: value for key, value in vector["params"].items() if key != "query"}
    query = vector["params"].get("query")
    if vector["method"] == "Event.list":
        return ask_list(documents, caller, query, parameters)
    return ask_stat(documents, caller, query)


def _check_list(answer: Answer, expect: dict[str, Any]) -> None:
    assert answer.total_count == (expect["total_count"] or 0)
    results = [shown(result, top=True) for result in answer.results]
    if "ids" in expect:
        assert [result["event_id"] for result in results] == expect["ids"]
    if "keys_of_first" in expect:
        assert list(results[0]) == expect["keys_of_first"]
    if "results" in expect:
        for result in results:
            result.pop("fingerprint", None)
        assert results == expect["results"]
