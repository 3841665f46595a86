"""The methods that this service hosts: a descriptor, what it asks of its caller, what it does."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    from google.protobuf.message import Message

    from event_service.auth.access import Access
    from event_service.servicer.call import Call
    from event_service.wire.encoded import Answer


@dataclass(frozen=True, slots=True)
class Method:
    """One unary method. ``access`` is None where no token is asked for.

    ``service`` and ``name`` are those of the published API (CONTRACT 1.1).
    """

    service: str
    name: str
    request: type[Message]
    access: Access | None
    run: Callable[[Any, Call], Answer]

    @property
    def path(self) -> str:
        """The full method name on the wire."""
        return f"/{self.service}/{self.name}"
