"""The call that is being answered: what every line of the log says of it."""

from __future__ import annotations

import re
from contextvars import ContextVar, Token
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from event_service.ids import random_digits

if TYPE_CHECKING:
    from collections.abc import Mapping

_GIVEN_ID: Final = re.compile(r"[!-~]{1,128}")
_WEBHOOK_ID: Final = re.compile(r"webhook-[0-9a-f]{12}")
_MOST_DOMAIN: Final = 128


class Transport(StrEnum):
    """What carried a call here."""

    GRPC = "grpc"
    HTTP = "http"


@dataclass(frozen=True, slots=True)
class Arrival:
    """A call as it came. ``method`` is the full name, ``/package.Service/method``."""

    method: str
    transport: Transport
    metadata: Mapping[str, str] = field(repr=False)

    @property
    def request_id(self) -> str:
        """``transaction_id`` of the metadata if it is one short word of ASCII, else a new one."""
        given = self.metadata.get("transaction_id", "")
        return given if _GIVEN_ID.fullmatch(given) else random_digits(16)


@dataclass(slots=True)
class CallUnderWay:
    """One call. Who calls is known only after a while: a role and its domain, or a webhook."""

    method: str
    transport: Transport
    request_id: str
    caller: str | None = None
    domain_id: str | None = None


_current: ContextVar[CallUnderWay | None] = ContextVar("call_under_way", default=None)


def begin(call: CallUnderWay) -> Token[CallUnderWay | None]:
    """From here on, in this thread or task, that call is answered."""
    return _current.set(call)


def end(token: Token[CallUnderWay | None]) -> None:
    """It has been answered; ``token`` is that of ``begin``."""
    _current.reset(token)


def current() -> CallUnderWay | None:
    """The call that is answered in this thread or task."""
    return _current.get()


def called_by(role: str, domain_id: str) -> None:
    """The caller of the current call has shown who they are."""
    call = _current.get()
    if call is not None:
        call.caller, call.domain_id = role, domain_id[:_MOST_DOMAIN]


def called_by_webhook(webhook_id: str) -> None:
    """The current call is one of that webhook.

    What has not the form of an id is not kept: it may be a key in the wrong place.
    """
    call = _current.get()
    if call is not None and _WEBHOOK_ID.fullmatch(webhook_id):
        call.caller = webhook_id
