"""The published HTTP paths against gRPC, field by field."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from tests.service.faulty_clock import WORDS, faulty_clock
from tests.service.http.asking import Asking, asking

if TYPE_CHECKING:
    from tests.auth.issuer import Issuer
    from tests.service.running import Running, Start


@pytest.fixture(scope="module", autouse=True)
def _events(running: Running) -> None:
    webhook = running.webhook()
    for number in range(5):
        body = {
            "event_key": f"k{number}",
            "title": f"title {number} \U0001f525",
            "severity": ["CRITICAL", "INFO"][number % 2],
            "resource": {"resource_id": f"r{number}", "name": "n", "resource_type": "t"},
            "occurred_at": "2024-03-01T10:00:00+09:00",
            "additional_info": {"n": number, "deep": {"list": [1, None, {"a": True}]}},
        }
        assert running.client.create(webhook, body).status == "OK"


@pytest.mark.parametrize(
    ("method", "request_"),
    [
        ("list", {}),
        ("list", {"severity": "INFO"}),
        ("list", {"query": {"page": {"start": 2, "limit": 2}, "sort": [{"key": "event_key"}]}}),
        ("list", {"query": {"only": ["event_id", "title"]}}),
        ("list", {"query": {"minimal": True}}),
        ("list", {"query": {"count_only": True}}),
        ("list", {"query": {"filter": [{"k": "severity", "v": ["INFO"], "o": "in"}]}}),
        ("list", {"query": {"filter": [{"k": "provider", "v": None, "o": "eq"}]}}),
        ("list", {"query": {"filter": [{"k": "additional_info.n", "v": 2, "o": "gte"}]}}),
        ("list", {"query": {"filter": [{"k": "title", "v": "x", "o": "no such"}]}}),
        ("list", {"query": {"sort": [{"key": "no_such_field"}]}}),
        ("stat", {"query": {"distinct": "severity"}}),
        (
            "stat",
            {"query": {"aggregate": [{"group": {"keys": [{"key": "severity", "name": "s"}],
             "fields": [{"name": "n", "operator": "count"}]}}], "page": {"limit": 1}}},
        ),
        ("stat", {"query": {"aggregate": [{"count": {}}]}}),
        ("stat", {}),
        ("get", {"event_id": "event-000000000000"}),
        ("get", {}),
    ],
    ids=repr,
)  # fmt: skip
def test_as_over_grpc(
    running: Running, http: Asking, method: str, request_: dict[str, Any]
) -> None:
    theirs = running.client.call(method, request_)
    answer = http.call(method, request_)
    if theirs.status == "OK":
        assert (answer.status, answer.body) == (200, theirs.body)
    else:
        assert f"{answer.code}: {answer.message}" == theirs.details
        expected = {"INVALID_ARGUMENT": 400, "NOT_FOUND": 404}
        assert answer.status == expected[theirs.status]


def test_get_as_over_grpc(running: Running, http: Asking) -> None:
    for event in running.events():
        theirs = running.client.call("get", {"event_id": event["event_id"]})
        assert http.call("get", {"event_id": event["event_id"]}).body == theirs.body
        assert theirs.body["occurred_at"] == "2024-03-01T01:00:00.000Z"


def test_camel_case_and_unknown_fields(http: Asking) -> None:
    snake = {"event_type": "ALERT", "query": {"count_only": True, "filter_or": []}}
    camel = {"eventType": "ALERT", "query": {"countOnly": True, "filterOr": []}}
    unknown = snake | {"domain_id": "domain-2", "query": {"count_only": True, "explain": {"a": 1}}}
    answers = [http.call("list", request).body for request in (snake, camel, unknown)]
    assert answers == [{"total_count": 5}] * 3


def test_no_body_is_an_empty_request(http: Asking) -> None:
    assert http.call("list", b"").body["total_count"] == 5
    assert http.call("list", None).body["total_count"] == 5


def test_defaults_on_request(http: Asking) -> None:
    path = "/monitoring/v1/event/list"
    headers = http.token
    request = {"query": {"only": ["title"]}}
    plain = http.send("POST", path, request, headers).body["results"][0]
    assert list(plain) == ["title"]
    whole = http.send("POST", f"{path}?emit_defaults=true", request, headers).body["results"][0]
    assert whole["title"] == plain["title"]
    assert (whole["rule"], whole["resources"], whole["event_id"]) == ("", [], "")
    off = http.send("POST", f"{path}?emit_defaults=false", request, headers).body["results"][0]
    assert off == plain
    wrong = http.send("POST", f"{path}?emit_defaults=maybe", request, headers)
    assert (wrong.status, wrong.code) == (400, "ERROR_INVALID_PARAMETER_TYPE")


@pytest.mark.parametrize(
    "request_",
    [
        b"not json",
        b"[]",
        {"event_id": 5},
        {"event_id": ["a"]},
        {"query": []},
        {"query": "text"},
        {"query": {"page": {"limit": -1}}},
        {"query": {"page": {"limit": 1.5}}},
        {"query": {"page": {"limit": "many"}}},
        {"query": {"minimal": "true"}},
        {"query": {"filter": {"k": "a"}}},
        {"query": {"filter": [None]}},
        {"query": {"filter": ["text"]}},
        {"query": {"filter": [{"k": "a", "key": "b"}]}},
    ],
    ids=repr,
)
def test_what_is_no_request(http: Asking, request_: Any) -> None:
    answer = http.call("list", request_)
    assert answer.status == 400
    assert answer.code.startswith("ERROR_INVALID_PARAMETER")
    assert len(answer.message) < 1_000


@pytest.mark.parametrize("authorization", ["", "Bearer x.y.z", "Basic eDp5", "Bearer "])
def test_without_a_token(http: Asking, authorization: str) -> None:
    headers = {"Authorization": authorization} if authorization else {}
    answer = http.call("list", {}, headers)
    assert (answer.status, answer.code) == (401, "ERROR_AUTHENTICATE_FAILURE")


def test_a_role_that_may_not(http: Asking, issuer: Issuer) -> None:
    token = issuer.token(rol="USER", did="domain-1")
    answer = http.call("list", {}, {"Authorization": f"Bearer {token}"})
    assert (answer.status, answer.code) == (403, "ERROR_PERMISSION_DENIED")


def test_the_token_in_a_header_of_its_own(http: Asking, issuer: Issuer) -> None:
    answer = http.call("list", {}, {"token": issuer.token(did="domain-1")})
    assert answer.body["total_count"] == 5


@pytest.mark.parametrize("name", ["X-Domain-Id", "x_domain_id"])
def test_a_system_token_names_its_domain(http: Asking, issuer: Issuer, name: str) -> None:
    token = issuer.token(typ="SYSTEM_TOKEN", own="SYSTEM", rol="SYSTEM_TOKEN", wid=None)
    headers = {"Authorization": f"Bearer {token}"}
    assert http.call("list", {}, headers).code == "ERROR_REQUIRED_PARAMETER"
    assert http.call("list", {}, headers | {name: "domain-1"}).body["total_count"] == 5
    assert http.call("list", {}, headers | {name: "domain-2"}).body == {}
    narrow = headers | {name: "domain-1", name.lower().replace("domain", "workspace"): "w-2"}
    assert http.call("list", {}, narrow).body == {}


@pytest.mark.parametrize(
    ("verb", "path", "status"),
    [
        ("GET", "/monitoring/v1/event/list", 405),
        ("PUT", "/monitoring/v1/event/list", 405),
        ("OPTIONS", "/monitoring/v1/event/list", 405),
        ("DELETE", "/healthz", 405),
        ("POST", "/monitoring/v1/event/list/", 404),
        ("POST", "/monitoring/v1/event/create", 404),
        ("POST", "/monitoring/v1/event/nothing", 404),
        ("GET", "/", 404),
        ("GET", "/docs/../../settings.py", 404),
        ("GET", "/docs/app.py", 404),
        ("GET", "/%00%ff", 404),
    ],
)
def test_paths_that_are_not_there(http: Asking, verb: str, path: str, status: int) -> None:
    answer = http.send(verb, path)
    assert answer.status == status
    assert answer.code == {404: "ERROR_NOT_FOUND", 405: "ERROR_METHOD_NOT_ALLOWED"}[status]
    if status == 405:
        assert answer.headers["allow"]


def test_what_is_too_large(http: Asking) -> None:
    answer = http.call("list", b" " * (5 * 1024 * 1024))
    assert (answer.status, answer.code) == (413, "ERROR_QUOTA_EXCEEDED")


def test_an_unforeseen_fault_carries_an_id_and_nothing_else(start: Start) -> None:
    running = start(clock=faulty_clock)
    answer = asking(running).deliver(running.webhook(), {"title": "x"})
    assert (answer.status, answer.code) == (500, "ERROR_UNKNOWN")
    assert "fault_id = " in answer.message
    assert WORDS not in answer.message
    assert "Traceback" not in answer.message


def test_many_at_once(running: Running, http: Asking) -> None:
    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(lambda _: http.call("list", {}), range(200)))
    assert {answer.status for answer in answers} == {200}
    assert running.client.call("list", {}).status == "OK"


def test_an_answer_that_is_too_large(start_module: Start) -> None:
    small = start_module(max_response_bytes=2048)
    webhook = small.webhook("large")
    http = asking(small)
    for number in range(3):
        body = {"event_key": f"large {number}", "title": "x" * 1_000}
        assert http.deliver(webhook, body).status == 200
    answer = http.call("list", {})
    assert (answer.status, answer.code) == (413, "ERROR_QUOTA_EXCEEDED")
    assert http.call("list", {"query": {"count_only": True}}).status == 200


@pytest.mark.parametrize("target", ["http://any.name/healthz", "HTTPS://any.name:1/health%7A"])
def test_a_target_may_be_a_whole_address(http: Asking, target: str) -> None:
    assert http.send("GET", target).body == {"status": "ok"}
