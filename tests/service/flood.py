"""Many calls at once over one channel, and what becomes of each."""

from __future__ import annotations

from queue import Queue
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import ParseDict

from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2, event_pb2_grpc
from tests.service.running import Answer

if TYPE_CHECKING:
    from collections.abc import Mapping

    import grpc

    from tests.service.running import Webhook


class Flood:
    """Calls of ``Event.create`` that are not waited for."""

    def __init__(self, channel: grpc.Channel, webhook: Webhook) -> None:
        self._stub: Any = event_pb2_grpc.EventStub(channel)
        self._webhook = webhook
        self._ended: Queue[Any] = Queue()
        self.calls: list[Any] = []

    def send(self, *bodies: Mapping[str, Any]) -> None:
        """Begin a call for each body."""
        for data in bodies:
            request = ParseDict(
                {
                    "webhook_id": self._webhook.webhook_id,
                    "access_key": self._webhook.key,
                    "data": data,
                },
                event_pb2.CreateEventRequest(),
            )
            call = self._stub.create.future(request, timeout=120)
            call.add_done_callback(self._ended.put)
            self.calls.append(call)

    def answers(self, number: int) -> list[Answer]:
        """The next ones that come, in the order in which they come."""
        return [self._answer(self._ended.get(timeout=60)) for _ in range(number)]

    @property
    def unanswered(self) -> int:
        """Calls without an answer up to now."""
        return sum(not call.done() for call in self.calls)

    @staticmethod
    def _answer(call: Any) -> Answer:
        return Answer(call.code().name, call.details() or "", {})


def keys(number: int, prefix: str = "key") -> list[dict[str, str]]:
    """So many bodies, each of a key of its own."""
    return [{"event_key": f"{prefix}-{n}", "title": "flood"} for n in range(number)]
