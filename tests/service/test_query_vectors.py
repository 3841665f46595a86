"""Every vector of query_vectors.json over a real channel (CONTRACT 2, 5 and 6)."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pymongo.database import Database

    from tests.auth.issuer import Issuer
    from tests.service.running import Client, Start

_FILE = json.loads((Path(__file__).parents[1] / "vectors" / "query_vectors.json").read_text())
_VECTORS: dict[str, dict[str, Any]] = {vector["id"]: vector for vector in _FILE["vectors"]}

# Where a vector and CONTRACT.md disagree, the page stands.
_PAGE_STANDS: dict[str, tuple[str, dict[str, Any]]] = {
    "op.regex.unknown-field": (
        "CONTRACT 5: any unknown field is an error, whatever the operator",
        {"status": "INVALID_ARGUMENT"},
    ),
    "minimal": (
        "CONTRACT 5: project_id is one of the seven fields of minimal",
        {
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
    ),
    "unwind": (
        "CONTRACT 5: total_count is always the full number of matches",
        {"ids": ["event-01", "event-01", "event-02", "event-04"], "total_count": 4},
    ),
}


def _document(row: dict[str, Any]) -> dict[str, Any]:
    number = row["n"]
    event: dict[str, Any] = {
        "event_id": f"event-{number:02}",
        "event_key": f"key-{number}",
        "event_type": "ALERT",
        "title": f"Title {number}",
        "description": None,
        "severity": "NONE",
        "rule": None,
        "image_url": None,
        "resources": [],
        "provider": None,
        "account": None,
        "additional_info": {},
        "raw_data": {"n": number},
        "alert_id": "alert-1",
        "webhook_id": "webhook-1",
        "project_id": "project-1",
        "workspace_id": "workspace-1",
        "domain_id": "domain-1",
        "created_at": datetime(2024, 3, number, number),  # noqa: DTZ001  # as stored
        "occurred_at": None,
    }
    event |= {key: value for key, value in row.items() if key != "n"}
    if isinstance(event["occurred_at"], str):
        event["occurred_at"] = datetime.fromisoformat(event["occurred_at"])
    return event


@pytest.fixture(scope="module")
def asked(start_module: Start) -> Client:
    """A service whose store holds the dataset of the vectors."""
    running = start_module()
    database: Database[dict[str, Any]] = running.database
    database["event"].insert_many([_document(row) for row in _FILE["dataset"]])
    return running.client


def _metadata(vector: dict[str, Any], issuer: Issuer) -> list[tuple[str, str]]:
    metadata = [(key, value) for key, value in vector["metadata"]]
    if vector["token"] is None:
        return metadata
    role, domain, workspace, projects = (vector["token"].split("|") + [""] * 3)[:4]
    token = issuer.token(
        typ="SYSTEM_TOKEN" if role == "SYSTEM_TOKEN" else "ACCESS_TOKEN",
        own="SYSTEM" if role == "SYSTEM_TOKEN" else "USER",
        rol=role,
        did=domain or "domain-root",
        wid=workspace or None,
        projects=[one for one in projects.split(",") if one],
    )
    return [*metadata, ("token", token)]


@pytest.mark.parametrize("name", _VECTORS)
def test_vector(name: str, asked: Client, issuer: Issuer) -> None:
    vector = _VECTORS[name]
    expect = vector["expect"]
    if name in _PAGE_STANDS:
        _, expect = _PAGE_STANDS[name]
    method = vector["method"].removeprefix("Event.")
    answer = asked.call(method, vector["params"], _metadata(vector, issuer))
    if "status" in expect:
        assert answer.status == expect["status"], answer.details
        assert answer.code.startswith("ERROR_")
        assert expect.get("code", answer.code) == answer.code
        return
    assert answer.status == "OK", answer.details
    results = answer.body.get("results", [])
    if "ok" in expect:
        assert answer.body == expect["ok"]
    if "ids" in expect:
        assert [one["event_id"] for one in results] == expect["ids"]
    if "keys_of_first" in expect:
        assert sorted(results[0]) == sorted(expect["keys_of_first"])
    if "results" in expect:
        assert results == expect["results"]
    if "total_count" in expect:
        assert answer.body.get("total_count") == expect["total_count"]
