"""What the clients send."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a call is for, which says what must be true once it is acknowledged."""

    FRESH = "fresh"
    """A key of its own: recorded."""
    CHANGED = "changed"
    """News of a key that one client alone speaks of: recorded."""
    REPEAT = "repeat"
    """The same once more, of such a key: counted."""
    RECOVERY = "recovery"
    """The end of such a key's alert: recorded, and the alert is resolved."""
    HOT = "hot"
    """The same of a key that all clients speak of: counted."""
    CONTESTED = "contested"
    """News of a key that all clients speak of and end alerts of: recorded."""
    CONTESTED_RECOVERY = "contested recovery"
    """The end of such a key's alert, if there is one just then."""
    BRIEF = "brief"
    """News of a key whose window is short: recorded."""


RECORDED = frozenset({Kind.FRESH, Kind.CHANGED, Kind.RECOVERY, Kind.CONTESTED, Kind.BRIEF})
"""What has an event of its own."""
COUNTED = frozenset({Kind.REPEAT, Kind.HOT})
"""What has an event, or is counted on one that says the same."""
RECOVERIES = frozenset({Kind.RECOVERY, Kind.CONTESTED_RECOVERY})
STORY = frozenset({Kind.CHANGED, Kind.REPEAT, Kind.RECOVERY})
"""What one client alone says of a key, so that it is known what the key's state must be."""


@dataclass(frozen=True, slots=True)
class Hook:
    """A webhook to send to. ``brief`` says that its duplicate window is short."""

    webhook_id: str
    access_key: str
    workspace_id: str
    brief: bool = False

    def __repr__(self) -> str:
        return f"Hook({self.webhook_id!r})"


@dataclass(frozen=True, slots=True)
class Call:
    """One create, or what a create of a group says of one key.

    ``says`` is what its body carries that no other body does, but for a repeat. ``traceparent`` is
    empty for a sender that names no call. Those of a group have its number and its traceparent.
    """

    number: int
    sender: int
    kind: Kind
    hook: Hook
    event_key: str
    says: str
    traceparent: str

    @property
    def calls(self) -> tuple[Call, ...]:
        """What it says of each key: itself."""
        return (self,)

    @property
    def delivery(self) -> str:
        """What names this create and no other, and one that is sent again too."""
        return f"{self.sender}-{self.number}"

    @property
    def body(self) -> dict[str, Any]:
        """What a monitoring system would post."""
        return {
            "event_key": self.event_key,
            "event_type": "RECOVERY" if self.kind in RECOVERIES else "ALERT",
            "title": f"{self.event_key} says {self.says}",
            "severity": "ERROR",
            "additional_info": {"says": self.says},
            # No field of events: it stays in raw_data and makes no repeat a change.
            "delivery": self.delivery,
        }


@dataclass(frozen=True, slots=True)
class Group:
    """One create that says something of many keys, as Alertmanager sends all of a group."""

    calls: tuple[Call, ...]

    @property
    def hook(self) -> Hook:
        """The webhook to send to."""
        return self.calls[0].hook

    @property
    def traceparent(self) -> str:
        """See Call."""
        return self.calls[0].traceparent

    @property
    def body(self) -> dict[str, Any]:
        """What a monitoring system would post."""
        return {
            "results": [call.body for call in self.calls],
            "delivery": self.calls[0].delivery,
        }
