"""A webhook over HTTP: what is taken, what is refused, and how."""

from __future__ import annotations

import gzip
import json
import os
from typing import TYPE_CHECKING, Any
from urllib.parse import quote_plus

import pytest

from event_service.parsers.seam import MOST_RESULTS
from tests.service.http.asking import asking

if TYPE_CHECKING:
    from tests.service.http.asking import Asking
    from tests.service.running import Running, Webhook

pytestmark = pytest.mark.usefixtures("_clean")

BODY: dict[str, Any] = {"event_key": "k1", "title": "disk full", "severity": "CRITICAL"}


def _path(webhook: Webhook, key: str | None = None) -> str:
    return f"/monitoring/v1/webhook/{webhook.webhook_id}/{key or webhook.key}/events"


def _nothing_written(running: Running) -> bool:
    return not running.events() and not running.alerts()


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "text/plain; charset=UTF-8", "application/x-www-form-urlencoded", None],
)
def test_any_content_type(
    running: Running, http: Asking, webhook: Webhook, content_type: str | None
) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    body = BODY | {"event_key": f"of {content_type}"}
    answer = http.send("POST", _path(webhook), body, headers)
    assert (answer.status, answer.body) == (200, {})
    (event,) = running.client.call("list", {}).body["results"]
    assert (event["title"], event["raw_data"]) == ("disk full", body)


@pytest.mark.parametrize("more", ["", "&channel=alerts"])
def test_a_form_that_has_the_body_as_its_payload(
    running: Running, http: Asking, webhook: Webhook, more: str
) -> None:
    """As GitHub sends, unless it is told otherwise, and what was written for Slack long ago."""
    body = BODY | {"event_key": f"with {more}", "description": "5 + 5 % & München"}
    form = f"payload={quote_plus(json.dumps(body))}{more}".encode()
    answer = http.send("POST", _path(webhook), form)
    assert (answer.status, answer.body) == (200, {})
    (event,) = running.client.call("list", {}).body["results"]
    assert event["raw_data"] == body


def test_a_message_in_slacks_shape_gets_slacks_answer(http: Asking, webhook: Webhook) -> None:
    """Alertmanager's and Grafana's receivers for Slack take any other JSON for a failure."""
    message = {"attachments": [{"title": "[FIRING:1] DiskFull (db-01)", "color": "danger"}]}
    answer = http.send("POST", _path(webhook), message)
    assert (answer.status, answer.body) == (200, {"ok": True})


@pytest.mark.parametrize("header", ["X-Access-Key", "x-access-key", "Authorization"])
def test_the_key_in_a_header(running: Running, http: Asking, webhook: Webhook, header: str) -> None:
    key = f"Bearer {webhook.key}" if header == "Authorization" else webhook.key
    path = f"/monitoring/v1/webhook/{webhook.webhook_id}/events"
    answer = http.send("POST", path, BODY | {"event_key": f"by {header}"}, {header: key})
    assert (answer.status, answer.body) == (200, {})
    assert len(running.events()) == 1


@pytest.mark.parametrize("origin", ["http://alarms.example", "HTTPS://a.b:8443"])
def test_a_target_that_is_a_whole_address(
    running: Running, http: Asking, webhook: Webhook, origin: str
) -> None:
    body = BODY | {"event_key": f"at {origin}"}
    assert http.send("POST", origin + _path(webhook), body).status == 200
    assert len(running.events()) == 1
    assert http.send("GET", f"{origin}/readyz?service=nothing").status == 404
    assert http.send("GET", origin).status == 404
    assert http.send("GET", f"/{origin}/healthz").status == 404


def test_what_http_stores_is_what_grpc_stores(running: Running, http: Asking) -> None:
    body: dict[str, Any] = BODY | {
        "n": 600, "big": 12345678901234567890123, "half": 0.5, "negative": -3, "null": None,
        "list": [1, [True, {}], []], "unicode": "München \U0001f525",
        "a.b": 1, "$where": {"$gt": 1},
    }  # fmt: skip
    over_http, over_grpc = running.webhook("over http"), running.webhook("over grpc")
    assert http.deliver(over_http, body | {"event_key": "h"}).status == 200
    assert running.client.create(over_grpc, body | {"event_key": "g"}).status == "OK"
    mine, theirs = running.events()
    for event in (mine, theirs):
        del event["raw_data"]["event_key"]
    assert mine["raw_data"] == theirs["raw_data"]
    assert isinstance(mine["raw_data"]["n"], float)
    same = set(mine) - {"_id", "event_id", "event_key", "webhook_id", "alert_id"} - {"created_at"}
    for field in same - {"dedup_key", "fingerprint"}:
        assert mine[field] == theirs[field], field


def test_a_trace_that_comes_twice_is_recorded_once(
    recording_all: Running,
) -> None:
    webhook = recording_all.webhook("traced")
    http = asking(recording_all)
    trace = {"traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"}
    for _ in range(2):
        assert http.deliver(webhook, BODY, trace).status == 200
    assert len(recording_all.events()) == 1
    assert http.deliver(webhook, BODY).status == 200
    assert len(recording_all.events()) == 2


def test_an_unknown_webhook(running: Running, http: Asking) -> None:
    answer = http.send("POST", "/monitoring/v1/webhook/webhook-000000000000/key/events", BODY)
    assert (answer.status, answer.code) == (404, "ERROR_NOT_FOUND")
    assert _nothing_written(running)


def test_a_wrong_key(running: Running, http: Asking, webhook: Webhook) -> None:
    for answer in (
        http.send("POST", _path(webhook, "wrong"), BODY),
        http.deliver(webhook, BODY, {"X-Access-Key": "wrong"}),
    ):
        assert (answer.status, answer.code) == (403, "ERROR_PERMISSION_DENIED")
    assert _nothing_written(running)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic eDp5"}, {"X-Access-Key": " "}])
def test_no_key(http: Asking, webhook: Webhook, headers: dict[str, str]) -> None:
    path = f"/monitoring/v1/webhook/{webhook.webhook_id}/events"
    answer = http.send("POST", path, BODY, headers)
    assert (answer.status, answer.code) == (401, "ERROR_AUTHENTICATE_FAILURE")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_disabled_webhook(running: Running, http: Asking) -> None:
    webhook = running.webhook("disabled")
    running.service.webhooks.disable(webhook.webhook_id)
    answer = http.deliver(webhook, BODY)
    assert (answer.status, answer.code) == (400, "ERROR_WEBHOOK_STATE_DISABLED")
    assert _nothing_written(running)


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "ERROR_INVALID_PARAMETER"),
        (b"not json", "ERROR_INVALID_PARAMETER"),
        (b"payload=", "ERROR_INVALID_PARAMETER"),
        (b"payload=%7B%", "ERROR_INVALID_PARAMETER"),
        (b"payload=[]", "ERROR_INVALID_PARAMETER_TYPE"),
        (b'{"a": 1', "ERROR_INVALID_PARAMETER"),
        (b'{"a": 1} {}', "ERROR_INVALID_PARAMETER"),
        (b"{'a': 1}", "ERROR_INVALID_PARAMETER"),
        (b'{"a": NaN}', "ERROR_INVALID_PARAMETER"),
        (b'{"a": -Infinity}', "ERROR_INVALID_PARAMETER"),
        (b'{"a": 1e999}', "ERROR_INVALID_PARAMETER"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "ERROR_INVALID_PARAMETER"),
        (b'{"a\\u0000b": 1}', "ERROR_INVALID_PARAMETER"),
        (b'{"a": "\xff"}', "ERROR_INVALID_PARAMETER"),
        ('{"a": 1}'.encode("utf-16"), "ERROR_INVALID_PARAMETER"),
        (b'{"a":' * 100 + b"{}" + b"}" * 100, "ERROR_INVALID_PARAMETER"),
        (b'{"a":' * 100_000, "ERROR_INVALID_PARAMETER"),
        (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "ERROR_INVALID_PARAMETER"),
        (b"[]", "ERROR_INVALID_PARAMETER_TYPE"),
        (b'"text"', "ERROR_INVALID_PARAMETER_TYPE"),
        (b"null", "ERROR_INVALID_PARAMETER_TYPE"),
        (b"7", "ERROR_INVALID_PARAMETER_TYPE"),
    ],
    ids=lambda value: repr(value)[:30],
)
def test_what_is_no_json_object(
    running: Running, http: Asking, webhook: Webhook, body: bytes, code: str
) -> None:
    answer = http.deliver(webhook, body)
    assert (answer.status, answer.code) == (400, code)
    assert _nothing_written(running)


def test_what_json_leaves_open(running: Running, http: Asking, webhook: Webhook) -> None:
    body = (
        b'\xef\xbb\xbf{"title": "first", "title": "last", "odd": "\\ud800x", "k\\udc00": 1,'
        b' "nul": "\\u0000", "pair": "\\ud83d\\udd25"}'
    )
    assert http.deliver(webhook, body).status == 200
    (event,) = running.client.call("list", {}).body["results"]
    assert event["title"] == "last"
    assert event["raw_data"] == {
        "title": "last", "odd": "\ufffdx", "k\ufffd": 1.0, "nul": "\0", "pair": "\U0001f525",
    }  # fmt: skip


def test_a_hundred_levels_are_taken_and_can_be_listed(
    running: Running, http: Asking, webhook: Webhook
) -> None:
    body = b'{"title": "deep", "a":' + b'{"a":' * 98 + b"{}" + b"}" * 98 + b"}"
    assert http.deliver(webhook, body).status == 200
    assert running.client.call("list", {}).status == "OK"
    (event,) = http.call("list").body["results"]
    assert event["title"] == "deep"


def test_gzip(running: Running, http: Asking, webhook: Webhook) -> None:
    parts = [gzip.compress(part) for part in (b'{"title": "a', b'b"}')]
    for encoding in ("gzip", "x-gzip", "GZIP"):
        answer = http.deliver(webhook, b"".join(parts), {"Content-Encoding": encoding})
        assert answer.status == 200
    assert {event["title"] for event in running.events()} == {"ab"}


def test_gzip_that_is_not_read_at_once(running: Running, http: Asking, webhook: Webhook) -> None:
    body = json.dumps({"title": "long", "noise": os.urandom(256 * 1024).hex()}).encode()
    answer = http.deliver(webhook, gzip.compress(body), {"Content-Encoding": "gzip"})
    assert answer.status == 200
    assert [event["title"] for event in running.events()] == ["long"]


@pytest.mark.parametrize(
    "body",
    [
        b"no gzip at all",
        gzip.compress(b'{"title": "cut"}')[:-3],
        gzip.compress(b'{"title": "damaged"}')[:-6] + b"\0" * 6,
        gzip.compress(b"") * 1_000,
    ],
    ids=["none", "cut", "damaged", "many"],
)
def test_damaged_gzip(running: Running, http: Asking, webhook: Webhook, body: bytes) -> None:
    answer = http.deliver(webhook, body, {"Content-Encoding": "gzip"})
    assert (answer.status, answer.code) == (400, "ERROR_INVALID_PARAMETER")
    assert _nothing_written(running)


@pytest.mark.parametrize("encoding", ["deflate", "br", "gzip, gzip"])
def test_other_encodings(http: Asking, webhook: Webhook, encoding: str) -> None:
    answer = http.deliver(webhook, json.dumps(BODY).encode(), {"Content-Encoding": encoding})
    assert (answer.status, answer.code) == (415, "ERROR_UNSUPPORTED_MEDIA_TYPE")
    assert answer.headers["accept-encoding"] == "gzip"


def test_more_events_than_are_taken(running: Running, http: Asking, webhook: Webhook) -> None:
    results = [{"event_key": f"k{n}", "title": "t"} for n in range(MOST_RESULTS + 1)]
    answer = http.deliver(webhook, {"results": results})
    assert (answer.status, answer.code) == (413, "ERROR_QUOTA_EXCEEDED")
    assert _nothing_written(running)
