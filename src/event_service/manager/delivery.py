"""One webhook call as the recorder sees it, and what became of an event in it."""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from event_service.ids import new_id

if TYPE_CHECKING:
    from datetime import datetime

    from bson.raw_bson import RawBSONDocument

    from event_service.policies import RecordingPolicy, RecoveryMode

_ID_BYTES = 6
"""That is 12 hex digits (CONTRACT 3.6)."""
SENT_AGAIN = timedelta(minutes=15)
"""How long a call may be sent again: four times after 180 s each (CONTRACT 1.6 and 8)."""


class Outcome(StrEnum):
    """What became of one event of a delivery."""

    RECORDED = "recorded"
    REPEATED = "repeated"
    DROPPED = "dropped"


class RecordingRules(NamedTuple):
    """What becomes of the events of a webhook (CONTRACT 4). The window is in seconds."""

    policy: RecordingPolicy
    recovery: RecoveryMode
    window_seconds: int


class Delivery(NamedTuple):
    """A call of a webhook whose key was right, with the rules that hold for it.

    ``identity`` is that of the call (``identity_of``). ``at`` is UTC, in whole milliseconds.
    ``body_id`` is what ``raw_data`` is kept apart as, empty where each event has it itself.
    """

    webhook_id: str
    domain_id: str
    workspace_id: str
    project_id: str
    rules: RecordingRules
    raw_data: RawBSONDocument
    at: datetime
    identity: str = ""
    body_id: str = ""

    def event_id(self, event_key: str, index: int) -> str:
        """The id under which that event is recorded, if it is.

        A call that is delivered twice asks for the same id twice, so that the unique index keeps
        it single whatever the policy (CONTRACT 1.6).
        """
        if not self.identity:
            return new_id("event")
        named = "\0".join((self.identity, self.webhook_id, event_key, str(index)))
        return f"event-{blake2b(named.encode(), digest_size=_ID_BYTES).hexdigest()}"


def identity_of(traceparent: str, body: bytes) -> str:
    """What a call has in common with copies of it alone; empty where it has no trace context.

    ``body`` is what the call brought, in a form that does not differ from copy to copy. Without it
    whatever one trace brings would be copies, also the next alarm of somebody who replays them.
    """
    if not traceparent:
        return ""
    digest = blake2b(traceparent.encode(), digest_size=16)
    digest.update(body)
    return digest.hexdigest()
