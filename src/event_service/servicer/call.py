"""A call as the servicers see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from event_service.admission.presence import always_there
from event_service.errors import AuthenticateFailure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from event_service.admission.presence import Gone
    from event_service.caller import Caller


@dataclass(frozen=True, slots=True)
class Call:
    """Who calls, with what metadata, and how long the answer is waited for.

    ``caller`` is None for methods that need no token (CONTRACT 2: ``Event.create``). ``gone`` says
    whether the answer is still waited for: what can't be taken back asks it before it begins.
    """

    caller: Caller | None
    metadata: Mapping[str, str]
    time_remaining: Callable[[], float | None]
    gone: Gone = always_there

    @property
    def known_caller(self) -> Caller:
        """The caller of a method that needs one."""
        if self.caller is None:
            raise AuthenticateFailure("This method needs a token.")
        return self.caller
