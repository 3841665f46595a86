"""Work in a thread that keeps nobody: not who waits for it, and not the process that ends."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")


def started(work: Callable[[], T], name: str) -> Future[T]:
    """Begin the work in a thread of that name; what it raises is raised by who waits for it."""
    future: Future[T] = Future()

    def run() -> None:
        try:
            future.set_result(work())
        except BaseException as fault:  # noqa: BLE001  # whoever waits would wait for ever
            future.set_exception(fault)

    threading.Thread(target=run, name=name, daemon=True).start()
    return future
