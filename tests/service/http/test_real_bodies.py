"""Bodies of real systems and of our own: in over HTTP, out over gRPC (CONTRACT 3)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from event_service.draft import EventDraft, EventType
from event_service.normalise import failure_draft, normalise
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.parsers.seam import ParseFailure
from tests.parsers.drafts import PAYLOADS, needs_payloads, own_bodies, read

if TYPE_CHECKING:
    from pathlib import Path

    from tests.service.http.asking import Asking
    from tests.service.running import Running, Webhook

REGISTRY = ParserRegistry(installed_sources())
OPENED = "opened before"


def _recorded_bodies() -> list[Path]:
    found = PAYLOADS.glob("*/*.json")
    return sorted(path for path in found if not path.name.endswith(".expected.json"))


def _drafts(body: dict[str, Any], webhook: Webhook, name: str) -> list[EventDraft]:
    """What the body says, worked out without the service."""
    try:
        results = REGISTRY.read(None, body, {}).results
    except ParseFailure as failure:
        return [failure_draft(webhook.webhook_id, name, failure.reason)]
    drafts = []
    for result in results:
        try:
            drafts.append(normalise(result).draft)
        except ParseFailure as failure:
            drafts.append(failure_draft(webhook.webhook_id, name, failure.reason))
    return drafts


def _told(draft: EventDraft) -> tuple[Any, ...]:
    return (
        draft.event_key,
        draft.event_type.value,
        draft.title,
        draft.severity.value,
        draft.description or "",
        draft.resources,
        draft.provider,
        draft.account,
    )


def _read_back(event: dict[str, Any]) -> tuple[Any, ...]:
    texts = ("event_key", "event_type", "title", "severity", "description")
    more = ("provider", "account")
    return (
        *(event.get(field, "") for field in texts),
        tuple(event.get("resources", ())),
        *(event.get(field, "") for field in more),
    )


def _through_the_service(path: Path, running: Running, http: Asking) -> None:
    body, name = read(path), f"{path.parent.name} {path.stem}"
    webhook = running.webhook(name, project_id=name)  # bodies of one tenant's project would meet
    drafts = _drafts(body, webhook, name)
    recovered = {one.event_key for one in drafts if one.event_type is EventType.RECOVERY}
    if recovered:  # a recovery of what never was is dropped, so each of them has been
        opening = [{"event_key": key, "title": OPENED} for key in sorted(recovered)]
        assert http.deliver(webhook, {"results": opening}).status == 200
    assert http.deliver(webhook, body).status == 200
    listed = running.client.call(
        "list", {"webhook_id": webhook.webhook_id, "query": {"sort": [{"key": "created_at"}]}}
    )
    events = [one for one in listed.body.get("results", []) if one["title"] != OPENED]
    assert {_read_back(one) for one in events} == {_told(one) for one in drafts}
    as_doubles = json.loads(path.read_text(), parse_int=float)  # CONTRACT 1.7
    assert all(one["raw_data"] == as_doubles for one in events)
    alerts = {one["event_key"]: one for one in running.alerts() if one["project_id"] == name}
    last = {one.event_key: one for one in drafts}
    for key, draft in last.items():
        is_over = draft.event_type is EventType.RECOVERY
        assert (alerts[key]["state"] == "RESOLVED") == is_over


@pytest.mark.parametrize("path", own_bodies(), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_own_body(path: Path, running: Running, http: Asking) -> None:
    _through_the_service(path, running, http)


@needs_payloads
def test_recorded_bodies(running: Running, http: Asking) -> None:
    paths = _recorded_bodies()
    assert paths
    for path in paths:
        _through_the_service(path, running, http)
