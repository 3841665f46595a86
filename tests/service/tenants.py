"""Data of two domains, two workspaces and three projects, and callers who see parts of it.

Workspaces and projects have the same ids in both domains, which no real installation has: so an
id alone never says whose something is.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import product
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pymongo.database import Database

    from event_service.auth.local import LocalKeyPair
    from event_service.manager.webhooks import WebhookManager

DOMAINS = ("domain-1", "domain-2")
WORKSPACES = ("workspace-1", "workspace-2")
PROJECTS = ("project-1", "project-2", "project-3")
_BEGIN = datetime(2024, 3, 1)  # noqa: DTZ001 - as the driver gives it


@dataclass(frozen=True)
class Tenant:
    """A project of a workspace of a domain."""

    domain_id: str
    workspace_id: str
    project_id: str

    @property
    def mark(self) -> str:
        """A text that everything of this tenant, and nothing else, contains."""
        return "".join(f"<{part[0]}{part[-1]}>" for part in self.fields.values())

    @property
    def fields(self) -> dict[str, str]:
        return {
            "domain_id": self.domain_id,
            "workspace_id": self.workspace_id,
            "project_id": self.project_id,
        }


TENANTS = tuple(Tenant(*ids) for ids in product(DOMAINS, WORKSPACES, PROJECTS))


@dataclass(frozen=True)
class Who:
    """A caller, and what it may see, said once more and plainly."""

    role: str
    domain_id: str = "domain-1"
    workspace_id: str | None = None
    projects: tuple[str, ...] | None = None

    def sees(self, thing: Mapping[str, Any]) -> bool:
        return (
            thing["domain_id"] == self.domain_id
            and self.workspace_id in (None, thing["workspace_id"])
            and (self.projects is None or thing["project_id"] in self.projects)
        )

    def metadata(self, keys: LocalKeyPair) -> list[tuple[str, str]]:
        if self.role == "SYSTEM_TOKEN":
            named = [("token", keys.issue(self.role, "domain-root"))]
            named.append(("x_domain_id", self.domain_id))
            if self.workspace_id is not None:
                named.append(("x_workspace_id", self.workspace_id))
            return named
        token = keys.issue(
            self.role,
            self.domain_id,
            workspace=self.workspace_id,
            projects=self.projects or (),
        )
        # What a token says can't be widened by what the request says.
        return [("token", token), ("x_domain_id", "domain-2"), ("x_workspace_id", "workspace-2")]


ADMIN = Who("DOMAIN_ADMIN")
OWNER = Who("WORKSPACE_OWNER", workspace_id="workspace-1")
MEMBER = Who("WORKSPACE_MEMBER", workspace_id="workspace-1", projects=("project-1", "project-2"))
MEMBER_OF_ONE = Who("WORKSPACE_MEMBER", workspace_id="workspace-2", projects=("project-3",))
MEMBER_OF_NONE = Who("WORKSPACE_MEMBER", workspace_id="workspace-1", projects=())
SYSTEM = Who("SYSTEM_TOKEN")
SYSTEM_IN_WORKSPACE = Who("SYSTEM_TOKEN", workspace_id="workspace-2")
EVERYBODY = (
    ADMIN,
    OWNER,
    MEMBER,
    MEMBER_OF_ONE,
    MEMBER_OF_NONE,
    SYSTEM,
    SYSTEM_IN_WORKSPACE,
)


def fill(
    database: Database[dict[str, Any]], webhooks: WebhookManager, tenants: Iterable[Tenant]
) -> dict[str, str]:
    """A webhook and two events for each tenant; the keys of the webhooks by their ids."""
    keys = {}
    for number, tenant in enumerate(tenants):
        tags = {"mark": tenant.mark, "n": number}
        webhook, key = webhooks.create(f"wh {tenant.mark}", *tenant.fields.values(), tags=tags)
        keys[webhook.webhook_id] = key
        events = [_event(tenant, webhook.webhook_id, 2 * number + n) for n in range(2)]
        database["event"].insert_many(events)
    return keys


def _event(tenant: Tenant, webhook_id: str, number: int) -> dict[str, Any]:
    return {
        **tenant.fields,
        "event_id": f"event-{number:012x}",
        "event_key": f"key {tenant.mark}",
        "event_type": "ALERT",
        "title": f"title {tenant.mark} {number % 2}",
        "description": tenant.mark,
        "severity": ("ERROR", "CRITICAL", "NONE")[number % 3],
        "rule": None if number % 3 else f"rule {tenant.mark}",
        "resources": [f"resource {tenant.mark}", "shared"],
        "provider": "aws",
        "account": f"account {tenant.mark}",
        "additional_info": {"mark": tenant.mark, "n": number},
        "raw_data": {"mark": tenant.mark, "list": [{"mark": tenant.mark}]},
        "alert_id": f"alert {tenant.mark}",
        "webhook_id": webhook_id,
        "created_at": _BEGIN + timedelta(hours=number),
    }
