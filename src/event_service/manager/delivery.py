"""One webhook call as the recorder sees it, and what became of an event in it."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from event_service.ids import new_id

if TYPE_CHECKING:
    from datetime import datetime

    from bson.raw_bson import RawBSONDocument

    from event_service.policies import RecordingPolicy, RecoveryMode

_ID_DIGITS = 12
SENT_AGAIN = timedelta(minutes=15)
"""How long a call may be sent again: four times after 180 s each (CONTRACT 1.6 and 8)."""


class Outcome(StrEnum):
    """What became of one event of a delivery."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    DROPPED = "dropped"


class Delivery(NamedTuple):
    """A call of a webhook whose key was right, with the rules that hold for it.

    ``identity`` names the call itself (its trace context), where the sender gave one: a call that
    is sent again has the same. ``at`` is UTC, in whole milliseconds.
    """

    webhook_id: str
    domain_id: str
    workspace_id: str
    project_id: str
    policy: RecordingPolicy
    recovery: RecoveryMode
    window_seconds: int
    raw_data: RawBSONDocument
    at: datetime
    identity: str = ""

    def event_id(self, fingerprint: str, event_key: str, index: int) -> str:
        """The id under which that event is recorded, if it is.

        A call that is delivered twice asks for the same id twice, so that the unique index keeps
        it single whatever the policy (CONTRACT 1.6).
        """
        if not self.identity:
            return new_id("event")
        parts = (self.identity, self.webhook_id, event_key, fingerprint, str(index))
        digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass"))
        return f"event-{digest.hexdigest()[:_ID_DIGITS]}"
