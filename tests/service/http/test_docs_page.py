"""The documentation page in a real browser: what it shows, and that it can call."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.service.http.browser import CHROMIUM, Page, browser

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.service.http.asking import Asking
    from tests.service.running import Running, Webhook

in_a_browser = pytest.mark.skipif(CHROMIUM is None, reason="chromium is not installed")


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    with browser(tmp_path_factory.mktemp("browser") / "profile") as page:
        yield page


@pytest.fixture
def docs(page: Page, http: Asking) -> Page:
    """The page, rendered anew."""
    page.requests.clear()
    page.complaints.clear()
    page.open("about:blank")
    page.open(f"http://{http.address}/docs")
    page.wait_for("document.documentElement.dataset.rendered")
    return page


@pytest.mark.parametrize("file", ["/docs", "/docs/page.js", "/docs/schema.js", "/docs/page.css"])
def test_its_files(http: Asking, file: str) -> None:
    answer = http.send("GET", file)
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/")
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert b"http://" not in answer.content
    assert b"https://" not in answer.content


@in_a_browser
def test_shows_every_operation_and_asks_no_other_host(
    docs: Page, http: Asking, tmp_path: Path
) -> None:
    document = http.send("GET", "/openapi.json").body
    wanted = {one["operationId"] for path in document["paths"].values() for one in path.values()}
    ids = docs.evaluate("[...document.querySelectorAll('.operation')].map((one) => one.id)")
    assert set(ids) == wanted
    for operation in ids:
        docs.evaluate(f"location.hash = {json.dumps('#' + operation)}")
        docs.wait_for(f"document.getElementById({json.dumps(operation)}).querySelector('form')")
    assert "The alert that the event opened or joined." in docs.evaluate("document.body.innerText")
    docs.screenshot(tmp_path / "docs.png")
    assert (tmp_path / "docs.png").read_bytes().startswith(b"\x89PNG")
    hosts = {url.split("/")[2] for url in docs.requests if not url.startswith(("data:", "about:"))}
    assert hosts == {http.address}
    assert docs.complaints == []


def _send(docs: Page, operation: str, filled: dict[str, str]) -> str:
    docs.evaluate(f"location.hash = {json.dumps('#' + operation)}")
    form = f"document.getElementById({json.dumps(operation)}).querySelector('form')"
    docs.wait_for(form)
    for name, value in filled.items():
        docs.evaluate(f"{form}.elements[{json.dumps(name)}].value = {json.dumps(value)}")
    docs.evaluate(f"{form}.requestSubmit()")
    docs.wait_for(f"{form}.querySelector('output pre')")
    told = docs.evaluate(f"{form}.querySelector('output').innerText")
    assert isinstance(told, str)
    return told


@in_a_browser
def test_delivers_and_lists(docs: Page, running: Running, webhook: Webhook) -> None:
    docs.evaluate(f"document.getElementById('access-key').value = {json.dumps(webhook.key)}")
    body = json.dumps({"event_key": "from the page", "title": "<b>from the page</b>"})
    told = _send(docs, "deliver", {"webhook_id": webhook.webhook_id, "body": body})
    assert told.startswith("200")
    assert [event["title"] for event in running.events()] == ["<b>from the page</b>"]

    assert _send(docs, "Event.list", {}).startswith("401")
    token = dict(running.client.metadata)["token"]
    docs.evaluate(f"document.getElementById('token').value = {json.dumps(token)}")
    told = _send(docs, "Event.list", {})
    assert told.startswith("200")
    assert '"title": "<b>from the page</b>"' in told
    assert _send(docs, "readyz", {}).startswith("200")


@in_a_browser
def test_keeps_no_secret(docs: Page) -> None:
    for field in ("token", "access-key"):
        docs.evaluate(f"document.getElementById('{field}').value = 'secret'")
        assert docs.evaluate(f"document.getElementById('{field}').type") == "password"
    kept = docs.evaluate("JSON.stringify([localStorage, sessionStorage, document.cookie])")
    assert "secret" not in kept
