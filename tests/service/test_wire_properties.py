"""Whatever comes by gRPC or HTTP: an answer as it was promised, or an error of the caller's.

Requests are made of those of the vectors, changed here and there, and of what the tests of the
query language draw.
"""

from __future__ import annotations

import json
import random as shared_random
import re
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fuzz.json_changes import JsonChanges
from fuzz.seeds import seeds
from tests.query.asked import CONDITIONS, DOCUMENTS
from tests.query.asked_stages import LISTS, STATS
from tests.query.asking import NOW
from tests.query.reading import found
from tests.service.http.asking import Asking, HttpAnswer, asking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from random import Random

    from tests.service.running import Running, Start, Webhook

_METHODS = ("create", "get", "list", "stat")
_CALLERS_FAULTS = {
    "INVALID_ARGUMENT",
    "NOT_FOUND",
    "PERMISSION_DENIED",
    "UNAUTHENTICATED",
    "RESOURCE_EXHAUSTED",
}
_DETAILS = re.compile(r"ERROR_[A-Z_]+: [^ ]")
_BYTES = sorted(seeds("messages"))
_TEXTS = [text for text in sorted(seeds("query_json")) if len(text) < 4096]
_CHANGES = JsonChanges(_TEXTS)
_TENANT = {"domain_id": "domain-1", "workspace_id": "workspace-1", "project_id": "project-1"}

# The same requests every time: who wants others runs the fuzzers.
ALWAYS_THE_SAME = settings(
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.fixture(scope="module")
def running(start_module: Start) -> Running:
    """A service at an hour that time words can be reckoned from."""
    return start_module(recording_policy="all", clock=lambda: NOW)


@pytest.fixture(scope="module")
def webhook(running: Running) -> Webhook:
    return running.webhook()


@pytest.fixture(scope="module")
def http(running: Running) -> Asking:
    return asking(running)


Ask = dict[str, Any]


@pytest.fixture(scope="module", params=["grpc", "http"])
def ask(request: pytest.FixtureRequest, running: Running, http: Asking) -> Callable[..., Ask]:
    """Calls a method that must succeed, over one of the two."""

    def over_grpc(method: str, params: Ask) -> Ask:
        answer = running.client.call(method, params)
        assert answer.status == "OK", (answer, params)
        return answer.body

    def over_http(method: str, params: Ask) -> Ask:
        answer = http.call(method, params)
        assert answer.status == 200, (answer, params)
        body: Ask = answer.body
        return body

    return over_grpc if request.param == "grpc" else over_http


def _spliced(random: Random) -> bytes:
    """A message of which some bytes are others, or another message's."""
    message = bytearray(random.choice(_BYTES)[2:])
    for _ in range(random.randrange(4)):
        other = random.choice(_BYTES)
        begin, end = sorted(random.choices(range(len(message) + 1), k=2))
        message[begin : min(end, begin + 4)] = random.choice(
            (b"", bytes((random.randrange(256),)), other[2 : 2 + random.randrange(64)])
        )
    return bytes(message)


def _changed(random: Random) -> Ask:
    text = random.choice(_TEXTS)
    changed: Ask = json.loads(_CHANGES.changed(text, 64 * 1024, random) or text)
    return changed if isinstance(changed, dict) else {"query": changed}


def _check_status(status: str, details: str, request: object) -> None:
    if status != "OK":
        assert status in _CALLERS_FAULTS, (status, details, request)
        assert _DETAILS.match(details), (status, details, request)


def _check_http(answer: HttpAnswer, request: object) -> None:
    if answer.status != 200:
        assert 400 <= answer.status < 500, (answer, request)
        assert answer.code.startswith("ERROR_"), (answer, request)
        assert answer.message, (answer, request)


@settings(ALWAYS_THE_SAME, max_examples=400)
@given(method=st.sampled_from(_METHODS), random=st.randoms(use_true_random=False))
def test_any_bytes_are_answered_or_the_callers_fault(
    running: Running, method: str, random: Random
) -> None:
    path = f"/spaceone.api.monitoring.v1.Event/{method}"
    call: grpc.UnaryUnaryMultiCallable[bytes, bytes] = running.client.channel.unary_unary(path)
    message = _spliced(random)
    try:
        call(message, metadata=running.client.metadata, timeout=60)
    except grpc.RpcError as error:
        _check_status(error.code().name, error.details() or "", message)


@settings(ALWAYS_THE_SAME, max_examples=150)
@given(method=st.sampled_from(_METHODS), random=st.randoms(use_true_random=False))
def test_any_json_is_answered_or_the_callers_fault(
    http: Asking, webhook: Webhook, method: str, random: Random
) -> None:
    body = _changed(random)
    # What no JSON writer would write is sent too: NaN, lone surrogates.
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "surrogatepass")
    _check_http(http.call(method, content), content)
    _check_http(http.deliver(webhook, content), content)


@settings(ALWAYS_THE_SAME, max_examples=2)
@given(drawn=st.tuples(LISTS, STATS, st.builds(shared_random.random)))
def test_queries_are_drawn_while_the_services_threads_draw_too(
    drawn: tuple[Ask, Ask, float],
) -> None:
    assert len(drawn) == 3


@settings(ALWAYS_THE_SAME, max_examples=40)
@given(query=LISTS, stat=STATS)
def test_any_query_is_answered_or_the_callers_fault(
    running: Running, query: Ask, stat: Ask
) -> None:
    for method, asked in (("list", query), ("stat", stat)):
        answer = running.client.call(method, {"query": asked})
        _check_status(answer.status, answer.details, asked)


_KEYS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6)
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.floats(allow_nan=False, allow_infinity=False),
    st.integers(-(2**53), 2**53),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.sampled_from(["now", "$where", "2024-03-01", "\0", ""]),
)
_BODIES = st.dictionaries(
    _KEYS | st.sampled_from(["$oid", "$ref", "a.b", "\\$", "results_", "__proto__"]),
    st.recursive(
        _SCALARS,
        lambda inner: (
            st.lists(inner, max_size=4)
            | st.dictionaries(_KEYS | st.sampled_from(["$id", "."]), inner, max_size=4)
        ),
        max_leaves=12,
    ),
    max_size=5,
)


@settings(ALWAYS_THE_SAME, max_examples=80)
@given(sent=_BODIES, over_http=st.booleans())
def test_what_was_created_is_listed_as_it_was_sent(
    running: Running, http: Asking, webhook: Webhook, *, sent: Ask, over_http: bool
) -> None:
    key = uuid.uuid4().hex
    body = {**sent, "event_key": key, "title": "a title", "results": None}
    del body["results"]
    for field in ("severity", "event_type", "resource", "resources", "additional_info"):
        body.pop(field, None)
    if over_http:
        assert http.deliver(webhook, body).status == 200
    else:
        assert running.client.create(webhook, body).status == "OK"
    query = {"filter": [{"k": "event_key", "v": key, "o": "eq"}]}
    for listed in (
        running.client.call("list", {"query": query}).body,
        http.call("list", {"query": query}).body,
    ):
        (event,) = listed["results"]
        assert event["raw_data"] == body
        assert event["title"] == "a title"


def _stored(running: Running, documents: Iterable[Ask]) -> list[Ask]:
    """Events of a project of their own, as the query language's tests draw them."""
    project = f"project-{uuid.uuid4().hex[:12]}"
    events = [
        {**document, **_TENANT, "project_id": project, "event_id": f"event-{project[-6:]}-{at}"}
        for at, document in enumerate(documents)
    ]
    running.database["event"].insert_many([dict(event) for event in events])
    return events


@settings(ALWAYS_THE_SAME, max_examples=80)
@given(
    stored=st.lists(DOCUMENTS, min_size=3, max_size=6),
    queries=st.lists(CONDITIONS, min_size=3, max_size=6),
)
def test_filters_find_what_the_rules_say(
    running: Running, ask: Callable[..., Ask], stored: list[Ask], queries: list[Ask]
) -> None:
    events = _stored(running, stored)
    for query in queries:
        asked = {**query, "sort": [{"key": "event_id"}]}
        listed = ask("list", {"project_id": events[0]["project_id"], "query": asked})
        expected = [event["event_id"] for event in events if found(event, query)]
        assert [event["event_id"] for event in listed.get("results", [])] == expected, query
        assert listed.get("total_count", 0) == len(expected)
        counted = ask(
            "list", {"project_id": events[0]["project_id"], "query": {**query, "count_only": True}}
        )
        assert counted.get("total_count", 0) == len(expected)


def _in_order(events: list[Ask], keys: list[str], *, down: bool) -> list[str]:
    """The ids in the order of CONTRACT 5: by the keys, then by the id."""
    ordered = sorted(
        events, key=lambda event: [*(event[key] for key in keys), event["event_id"]], reverse=down
    )
    return [event["event_id"] for event in ordered]


@settings(ALWAYS_THE_SAME, max_examples=40)
@given(
    days=st.lists(st.integers(1, 2), min_size=1, max_size=9),
    limit=st.integers(1, 4),
    keys=st.lists(st.sampled_from(["created_at", "severity", "title"]), max_size=2),
    desc=st.booleans(),
)
def test_pages_never_overlap_and_together_are_everything(
    running: Running,
    ask: Callable[..., Ask],
    *,
    days: list[int],
    limit: int,
    keys: list[str],
    desc: bool,
) -> None:
    begun = [datetime(2024, 3, day, tzinfo=UTC).replace(tzinfo=None) for day in days]
    events = _stored(
        running,
        (
            {"created_at": at, "title": str(at.day), "severity": "ERROR", "event_type": "ALERT"}
            for at in begun
        ),
    )
    sort = [{"key": key, "desc": desc} for key in keys]
    pages = []
    for start in range(1, len(events) + limit, limit):
        query = {"sort": sort, "page": {"start": start, "limit": limit}}
        listed = ask("list", {"project_id": events[0]["project_id"], "query": query})
        assert listed["total_count"] == len(events)
        pages += [event["event_id"] for event in listed.get("results", [])]
    assert sorted(pages) == sorted(event["event_id"] for event in events)
    whole = ask("list", {"project_id": events[0]["project_id"], "query": {"sort": sort}})
    assert pages == [event["event_id"] for event in whole["results"]]
    assert pages == _in_order(events, keys or ["created_at"], down=desc or not keys)
