"""What a webhook's body says happened, before the service decides what to do with it."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


class EventType(StrEnum):
    """What an event says of its key (CONTRACT 3.3)."""

    ALERT = "ALERT"
    RECOVERY = "RECOVERY"
    ERROR = "ERROR"


class Severity(StrEnum):
    """How bad it is, in the words of the published API (CONTRACT 3.3)."""

    CRITICAL = "CRITICAL"
    ERROR = "ERROR"
    WARNING = "WARNING"
    INFO = "INFO"
    NOT_AVAILABLE = "NOT_AVAILABLE"
    NONE = "NONE"


class EventDraft(NamedTuple):
    """One normalised event (CONTRACT 3.5), not yet recorded.

    ``occurred_at`` is UTC without an offset, or None when the sender gave none that can be read.
    """

    event_key: str
    event_type: EventType
    title: str
    severity: Severity
    description: str | None = None
    rule: str | None = None
    image_url: str | None = None
    resources: tuple[str, ...] = ()
    provider: str = ""
    account: str = ""
    additional_info: Mapping[str, Any] = {}
    occurred_at: datetime | None = None
