"""What the log says of requests, and what it never says."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from event_service.http.access_log import PathMask
from tests.service.http.asking import Asking, connected, rest_of
from tests.service.process import serving

if TYPE_CHECKING:
    from pathlib import Path

KEY = "SsmSt6WtSk2rTXWL-5trcsXlsvwGBFQ7uaSO1uvpGLE"
ID = "webhook-0123456789ab"
MASK = PathMask(
    [
        "/monitoring/v1/webhook/{webhook_id}/{access_key}/events",
        "/monitoring/v1/event/list",
        "/healthz",
    ]
)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        ("/monitoring/v1/event/list", "/monitoring/v1/event/list"),
        ("/healthz", "/healthz"),
        ("/", "/"),
        (f"/monitoring/v1/webhook/{ID}/{KEY}/events", f"/monitoring/v1/webhook/{ID}/***/events"),
        (f"/monitoring/v1/webhook/{ID}/{KEY}/event/", f"/monitoring/v1/webhook/{ID}/***/event/"),
        (f"/monitoring/v1/webhook/{KEY}/{ID}", f"/monitoring/v1/webhook/***/{ID}"),
        (f"/{KEY}", "/***"),
        (f"/{ID}{KEY}", "/***"),
        (f"/prefix/webhook//{KEY}/events", "/***/webhook//***/events"),
        ("/a" * 5_000, "/***" * 8),
        ("/\n\x1b[31m", "/***"),
    ],
)
def test_masked(path: str, shown: str) -> None:
    assert MASK.shown(path) == shown


def test_no_key_and_no_token_in_the_log_of_a_process(tmp_path: Path) -> None:
    with serving(tmp_path / "data", EVENT_LOG_LEVEL="DEBUG", EVENT_LOG_FORMAT="json") as process:
        webhook_id, key = process.webhook("logged")
        token = process.run("token", "--role", "DOMAIN_ADMIN", "--domain", "domain-1").strip()
        http = Asking(process.runtime()["http"], token)
        base = f"/monitoring/v1/webhook/{webhook_id}"
        for path in (f"{base}/{key}/events", f"{base}/{key}", f"/{key}/events?key={key}"):
            http.send("POST", path, {"title": "t"})
        for headers in ({"X-Access-Key": key}, {"Authorization": f"Bearer {key}"}):
            assert http.send("POST", f"{base}/events", {"title": "t"}, headers).status == 200
        assert http.call("list", {"event_id": key}).status == 200
        assert http.call("list", {"query": key}).status == 400
        assert http.call("list", {}, {"Authorization": f"Bearer {token}x"}).status == 401
        with connected(http.address) as connection:
            connection.sendall(f"POST {base}/{key}/events HTTP/x\r\n\r\n".encode())
            rest_of(connection)
        assert process.stop() == 0
    log = process.log.read_text()
    lines = [json.loads(line) for line in log.splitlines() if line.startswith("{")]
    requests: list[dict[str, Any]] = [line for line in lines if line["event"] == "http"]
    assert [line["status"] for line in requests] == [200, 404, 404, 200, 200, 200, 400, 401]
    assert [line["path"] for line in requests][:4] == [
        f"{base}/***/events", f"{base}/***", "/***/events", f"{base}/events",
    ]  # fmt: skip
    for secret in (key, token, token.split(".")[2]):
        assert secret not in log
