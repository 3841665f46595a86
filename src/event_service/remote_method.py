"""One method of another of SpaceONE's services, which knows things by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Generic, TypeVar, cast

import grpc
import structlog
from google.protobuf.message import DecodeError

from event_service.errors import Unavailable
from event_service.lane import Lane, LaneFull

if TYPE_CHECKING:
    from collections.abc import Collection

    from google.protobuf.message import Message

_log = structlog.get_logger(__name__)

# SpaceONE answers a name that it doesn't know with either.
NOT_THERE: Final = frozenset({grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT})

Answer = TypeVar("Answer", bound="Message")


class RemoteMethod(Generic[Answer]):
    """Asks ``service``, which is ``identity`` or ``plugin``, and waits ``seconds`` at most.

    While it is slow, few calls wait for it (``lane``), and what more there is to ask is Unavailable
    at once: an outage of it must not hold the threads of those who need nothing of it.
    """

    def __init__(
        self,
        channel: grpc.Channel,
        service: str,
        path: str,
        answer: type[Answer],
        seconds: float,
        lane: Lane | None = None,
    ) -> None:
        self._service = service
        self._path = path
        self._answer = answer
        self._seconds = seconds
        self._lane = lane or Lane()
        self._call: grpc.UnaryUnaryMultiCallable[Any, bytes] = channel.unary_unary(
            path, request_serializer=_serialized
        )

    def ask(
        self,
        question: Message,
        metadata: tuple[tuple[str, str], ...],
        not_there: Collection[grpc.StatusCode] = NOT_THERE,
    ) -> Answer | None:
        """The answer, None where its status is one of ``not_there``. Raises Unavailable."""
        try:
            with self._lane.held():
                answer = self._call(question, timeout=self._seconds, metadata=metadata)
            # Decoded here and not by grpc, which would log a traceback of what it can't read.
            return self._answer.FromString(answer)
        except LaneFull:
            raise self._silent("none: it is slow, and was not asked") from None
        except DecodeError:
            raise self._silent("OK, with what is no answer") from None
        except grpc.RpcError as fault:
            status = cast("grpc.Call", fault).code()
            if status in not_there:
                return None
            # Its details stay out of the log: they may repeat what was sent.
            raise self._silent(status.name) from None

    def _silent(self, status: str) -> Unavailable:
        _log.warning("not answered", service=self._service, method=self._path, status=status)
        return Unavailable(f"The {self._service} service can't be asked now.")


def _serialized(question: Message) -> bytes:
    return question.SerializeToString()
