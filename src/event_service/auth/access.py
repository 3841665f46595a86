"""What a method asks of its caller (CONTRACT 2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Collection

DOMAIN_ADMIN: Final = "DOMAIN_ADMIN"
WORKSPACE_OWNER: Final = "WORKSPACE_OWNER"
WORKSPACE_MEMBER: Final = "WORKSPACE_MEMBER"
SYSTEM_TOKEN: Final = "SYSTEM_TOKEN"  # noqa: S105

_READERS: Final = frozenset({DOMAIN_ADMIN, WORKSPACE_OWNER, WORKSPACE_MEMBER, SYSTEM_TOKEN})


@dataclass(frozen=True, slots=True)
class Access:
    """A permission, ``service:Resource.verb``, and the names of the roles that may have it."""

    permission: str
    roles: frozenset[str]

    def permitted_by(self, permissions: Collection[str]) -> bool:
        """Whether a caller with ``permissions`` has this one: none given means all of its role.

        A given one counts when it is a prefix. An empty string is no permission, although it is
        a prefix of everything.
        """
        if not permissions:
            return True
        return any(given and self.permission.startswith(given) for given in permissions)


EVENT_READ: Final = Access("monitoring:Event.read", _READERS)
WEBHOOK_READ: Final = Access("monitoring:Webhook.read", _READERS)
WEBHOOK_WRITE: Final = Access("monitoring:Webhook.write", _READERS - {DOMAIN_ADMIN})
