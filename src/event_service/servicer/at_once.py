"""A pool without threads: what is submitted is done by the thread that submits it."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

_Params = ParamSpec("_Params")
_Result = TypeVar("_Result")


class AtOnce(ThreadPoolExecutor):
    """For what is short and waits for nothing. grpcio takes no pool of another class."""

    def __init__(self) -> None:
        super().__init__(1)

    def submit(
        self, fn: Callable[_Params, _Result], /, *args: _Params.args, **kwargs: _Params.kwargs
    ) -> Future[_Result]:
        """Do it; the future is done when it is returned."""
        future: Future[_Result] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except Exception as fault:  # noqa: BLE001  # it is the future's, as in any pool
            future.set_exception(fault)
        return future
