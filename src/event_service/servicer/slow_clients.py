"""Requests that are announced and don't come, and answers that aren't taken: such calls are ended.

grpcio waits in a thread, without a limit, for a request's message, and for each of several answers
to be on the wire: a few clients that open calls and send nothing, or take nothing, would hold every
thread there is. And what has come of a message is in memory, of gRPC's, before anybody can ask how
large it gets.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, TypeAlias

import grpc

from event_service.admission.presence import caller_gone
from event_service.errors import InvalidArgument
from event_service.stoppable_thread import periodic

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LOOK_SECONDS = 1.0
_LONG_SECONDS = 2.0

_Calls: TypeAlias = dict[int, tuple[float, grpc.ServicerContext]]
"""By the identity of its context: since when a client is waited for, the longest first."""


class SlowClients:
    """Ends the calls of clients that are waited for longer than ``seconds``.

    Of those that are waited for longer than 2 s, it leaves the ``most`` (at least 1) that came
    last.
    """

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds = seconds
        self._most = most
        self._awaited: _Calls = {}
        self._looking = periodic(self._look, min(_LOOK_SECONDS, seconds), "slow-clients")

    def start(self) -> None:
        """Begin to look who is late."""
        self._looking.start()

    def stop(self) -> None:
        """No longer look; may be called again, and before ``start``."""
        self._looking.stop()

    def next(self, requests: Iterator[bytes], context: grpc.ServicerContext) -> bytes | None:
        """The next message of a call, or None if there is no further one.

        Raises ``grpc.RpcError``, which is grpcio's to handle, when the call ended meanwhile: it is
        cancelled if the message does not come in time.
        """
        with self.waiting(context):
            return next(requests, None)

    def waiting(self, context: grpc.ServicerContext) -> Awaited:
        """While the client of a call is waited for, as around the ``yield`` of one of its answers.

        The call is cancelled if that takes too long.
        """
        return Awaited(self._awaited, context)

    def only(self, requests: Iterator[bytes], context: grpc.ServicerContext) -> bytes:
        """The message of a call that has one. Raises CallerGone and InvalidArgument."""
        try:
            message = self.next(requests, context)
        except grpc.RpcError:
            raise caller_gone() from None
        if message is None:
            raise InvalidArgument("The request has no message.")
        return message

    def give_up(self, seconds: float = 0) -> None:
        """Cancel the calls that are waited for longer than that."""
        for context in self._late(seconds):
            context.cancel()

    def _look(self) -> None:
        self.give_up(self._seconds)
        for context in self._late(_LONG_SECONDS)[: -self._most]:
            context.cancel()

    def _late(self, seconds: float) -> Sequence[grpc.ServicerContext]:
        """Those that are waited for longer than that, the longest first."""
        before = time.monotonic() - seconds
        return [context for since, context in list(self._awaited.values()) if since < before]


class Awaited:
    """A ``with`` in which the client of a call is among those that are waited for."""

    __slots__ = ("_among", "_context")

    def __init__(self, among: _Calls, context: grpc.ServicerContext) -> None:
        self._among = among
        self._context = context

    def __enter__(self) -> None:
        self._among[id(self._context)] = (time.monotonic(), self._context)

    def __exit__(self, *_: object) -> None:
        del self._among[id(self._context)]
