"""Permissions are prefixes (CONTRACT 2)."""

from __future__ import annotations

import pytest

from event_service.auth.access import EVENT_READ, WEBHOOK_READ, WEBHOOK_WRITE


@pytest.mark.parametrize(
    ("permissions", "permitted"),
    [
        ([], True),
        (["monitoring:Event.read"], True),
        (["monitoring:Event"], True),
        (["monitoring:"], True),
        (["monitoring"], True),
        (["identity:", "monitoring:Event."], True),
        (["monitoring:Event.reader"], False),
        (["monitoring:Event.write"], False),
        (["monitoring:Webhook"], False),
        (["Event.read"], False),
        (["*"], False),
        ([""], False),
    ],
)
def test_permissions(permissions: list[str], permitted: bool) -> None:  # noqa: FBT001
    assert EVENT_READ.permitted_by(permissions) is permitted


def test_who_may_read_and_write() -> None:
    readers = {"DOMAIN_ADMIN", "WORKSPACE_OWNER", "WORKSPACE_MEMBER", "SYSTEM_TOKEN"}
    assert EVENT_READ.roles == WEBHOOK_READ.roles == readers
    assert WEBHOOK_WRITE.roles == readers - {"DOMAIN_ADMIN"}
    assert WEBHOOK_WRITE.permitted_by(["monitoring:Webhook.write"])
    assert not WEBHOOK_WRITE.permitted_by(["monitoring:Webhook.read"])
