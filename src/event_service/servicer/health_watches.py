"""Who watches health is told by a thread of its own, which nobody waits for.

grpcio's way to send blocks until the bytes are on the wire, and whether they ever are is the
client's choice: it may give no window, or not read. So a change is only noted here, and each
watch's own thread says it when it can.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from grpc_health.v1.health_pb2 import HealthCheckResponse

from event_service.admission.no_room import no_room

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    import grpc

    Send: TypeAlias = Callable[[HealthCheckResponse | None], None]
    Status: TypeAlias = int

_SERVING: Final = HealthCheckResponse.SERVING
_NOT_SERVING: Final = HealthCheckResponse.NOT_SERVING

MOST_WATCHES: Final = 256
"""At the same time: each has a thread."""
_LAST_WORD_SECONDS: Final = 3.0
"""For how long an end may be on its way to who watches."""


class HealthWatches:
    """The health of services, and who watches it."""

    def __init__(self, services: Iterable[str]) -> None:
        """Of the services, none of which is serving yet."""
        self._news = threading.Condition()
        self._health: dict[str, Status] = dict.fromkeys(services, _NOT_SERVING)
        self._watching: set[_Watch] = set()
        self._settled = False
        self._ending = False

    def status(self, service: str) -> Status | None:
        """The health of a service; None if there is no such service."""
        with self._news:
            return self._health.get(service)

    def statuses(self) -> Mapping[str, Status]:
        """The health of each service."""
        with self._news:
            return dict(self._health)

    def set(self, service: str, *, serving: bool) -> None:
        """Have it told, if that is news. Without effect after ``settle``."""
        with self._news:
            if not self._settled:
                self._health[service] = _SERVING if serving else _NOT_SERVING
                self._news.notify_all()

    def settle(self) -> None:
        """Nothing is serving, for good; may be called again."""
        with self._news:
            self._settled = True
            self._health = dict.fromkeys(self._health, _NOT_SERVING)
            self._news.notify_all()

    def end(self) -> None:
        """End every watch with OK, or cancel it if that can't be said in a few seconds."""
        with self._news:
            self._ending = True
            self._news.notify_all()
            if not self._watching:
                return
        cancelling = threading.Timer(_LAST_WORD_SECONDS, self._cancel)
        cancelling.daemon = True
        cancelling.start()

    def follow(self, service: str, context: grpc.ServicerContext, send: Send) -> None:
        """Tell what holds now, and each change of it. Raises QuotaExceeded if too many watch.

        ``send`` is that of a call of grpcio's which is not blocking; None ends the call.
        """
        one = _Watch(service, context, send)
        with self._news:
            if len(self._watching) >= MOST_WATCHES:
                raise no_room("watches of health at the same time", MOST_WATCHES)
            self._watching.add(one)
        if context.add_callback(lambda: self._forget(one)):
            threading.Thread(target=self._tell, args=(one,), name="watch", daemon=True).start()
        else:
            self._forget(one)

    def _tell(self, one: _Watch) -> None:
        told: Status | None = None
        while (status := self._next(one, told)) is not None:
            one.send(HealthCheckResponse(status=status))
            told = status
        one.send(None)

    def _next(self, one: _Watch, told: Status | None) -> Status | None:
        """What is to be told next, as soon as there is such; None at the end."""
        with self._news:
            while one in self._watching:
                status = self._health.get(one.service, HealthCheckResponse.SERVICE_UNKNOWN)
                if status != told:
                    return status
                if self._ending:
                    break
                self._news.wait()
        return None

    def _forget(self, one: _Watch) -> None:
        # In grpcio's polling thread: nothing may be waited for that waits for it.
        with self._news:
            self._watching.discard(one)
            self._news.notify_all()

    def _cancel(self) -> None:
        with self._news:
            late = list(self._watching)
        for one in late:
            one.context.cancel()


@dataclass(frozen=True, slots=True, eq=False)
class _Watch:
    """One who watches. Each is another one, even of the same service."""

    service: str
    context: grpc.ServicerContext
    send: Send
