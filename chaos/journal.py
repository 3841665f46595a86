"""What was sent and what came back, in the order in which calls ended."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from chaos.calls import Call

OK = "OK"
DEADLINE_EXCEEDED = "DEADLINE_EXCEEDED"


@dataclass(frozen=True, slots=True)
class Sent:
    """A call that has ended: the status of each time it was sent. Times are of ``monotonic``.

    ``body`` is what was sent, also if ``call`` is one of a group.
    """

    call: Call
    body: dict[str, Any]
    statuses: tuple[str, ...]
    began: float
    ended: float

    @property
    def acknowledged(self) -> bool:
        """Whether the service answered for it."""
        return bool(self.statuses) and self.statuses[-1] == OK

    @property
    def may_come_late(self) -> bool:
        """Whether the service may still have worked on it when its client had gone."""
        return DEADLINE_EXCEEDED in self.statuses

    def as_object(self) -> dict[str, Any]:
        """For a person who looks for what went wrong."""
        call = self.call
        return {
            "number": call.number,
            "sender": call.sender,
            "kind": call.kind.value,
            "webhook_id": call.hook.webhook_id,
            "event_key": call.event_key,
            "says": call.says,
            "traceparent": call.traceparent,
            "statuses": list(self.statuses),
            "began": round(self.began, 3),
            "ended": round(self.ended, 3),
        }


class Journal:
    """All calls of a run, those of a group one by one; any thread may write."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._sent: list[Sent] = []
        self._acknowledged = 0

    def write(self, sent: Sequence[Sent]) -> None:
        """A create has ended, which brought those calls."""
        with self._changed:
            self._sent += sent
            self._acknowledged += sent[0].acknowledged
            self._changed.notify_all()

    @property
    def acknowledged(self) -> int:
        """How many creates were acknowledged so far."""
        return self._acknowledged

    def wait(self, enough: Callable[[], bool], seconds: float) -> bool:
        """Wait until ``enough()``, asked whenever a call has ended; False if it never was."""
        with self._changed:
            return self._changed.wait_for(enough, seconds)

    def sent(self) -> tuple[Sent, ...]:
        """Everything so far."""
        with self._changed:
            return tuple(self._sent)
