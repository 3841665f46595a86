"""What goes wrong in the event loop itself, outside of any request."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING, Any, Final

import structlog

if TYPE_CHECKING:
    import asyncio

_log = structlog.get_logger(__name__)

_NO_ROOM: Final = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""What accept() fails with when this process, or the system, can open nothing more."""
_TELL_SECONDS: Final = 60.0


class LoopFaults:
    """An exception handler of one event loop.

    asyncio goes on trying to take a connection that there is no room for, thousands of times in a
    second, and tells of every try with a traceback: that is one line a minute here. All else is
    told as asyncio does.
    """

    def __init__(self) -> None:
        self._told_at: float | None = None

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        """Tell of one fault, in the loop's thread."""
        fault = context.get("exception")
        if not isinstance(fault, OSError) or fault.errno not in _NO_ROOM:
            loop.default_exception_handler(context)
            return
        now = loop.time()
        if self._told_at is None or now - self._told_at >= _TELL_SECONDS:
            self._told_at = now
            _log.error("no connection can be taken", fault=fault.strerror)
