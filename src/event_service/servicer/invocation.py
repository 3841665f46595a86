"""A call of a method, whatever carried it here: who calls, what is asked, the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from event_service.admission.presence import start_only_for
from event_service.servicer.call import Call
from event_service.under_way import called_by

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from google.protobuf.message import Message

    from event_service.admission.presence import Gone
    from event_service.auth.authenticator import Authenticator
    from event_service.servicer.method import Method
    from event_service.wire.encoded import Answer


class Invoker:
    """Calls methods for callers that it has made sure of."""

    def __init__(self, authenticator: Authenticator) -> None:
        self._authenticator = authenticator

    def invoke(
        self,
        method: Method,
        metadata: Mapping[str, str],
        time_remaining: Callable[[], float | None],
        decode: Callable[[], Message],
        gone: Gone,
    ) -> Answer:
        """The answer; ``decode`` makes the request, once the caller may call.

        Raises CallerGone, and whatever authentication, ``decode`` and the method raise.
        """
        start_only_for(gone)
        caller = None
        if method.access is not None:
            caller = self._authenticator.caller(metadata, method.access)
            called_by(caller.role, caller.scope.domain_id)
        return method.run(decode(), Call(caller, metadata, time_remaining, gone))
