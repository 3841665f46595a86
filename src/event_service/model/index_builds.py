"""How far the builds of indexes are that a server works on right now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pymongo.errors import OperationFailure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pymongo import MongoClient

_MESSAGE = "Index Build"


@dataclass(frozen=True, slots=True)
class IndexBuild:
    """A build under way: of which collection (``database.collection``), and how far.

    ``done`` of ``total`` counts what the present phase reads; both are None where the server
    doesn't say.
    """

    namespace: str
    done: int | None = None
    total: int | None = None

    @property
    def percent(self) -> int | None:
        """How much of the present phase is done."""
        if self.done is None or not self.total:
            return None
        return min(100, 100 * self.done // self.total)


def index_builds(client: MongoClient[dict[str, Any]]) -> tuple[IndexBuild, ...]:
    """The builds under way; none where the server doesn't say or the user may not ask."""
    stage = {"$currentOp": {"allUsers": True, "idleConnections": False}}
    try:
        return read_builds(client.admin.aggregate([stage]))
    except OperationFailure:
        return ()


def read_builds(operations: Iterable[Mapping[str, Any]]) -> tuple[IndexBuild, ...]:
    """The builds among the operations of ``$currentOp``.

    A build shows twice: as the command that waits for it, and as the work, which has the progress.
    """
    found: dict[str, IndexBuild] = {}
    for operation in operations:
        command = operation.get("command") or {}
        at_work = str(operation.get("msg", "")).startswith(_MESSAGE)
        if not at_work and "createIndexes" not in command:
            continue
        namespace = str(operation.get("ns") or "")
        if namespace.endswith(".$cmd") and "createIndexes" in command:
            namespace = f"{namespace.removesuffix('$cmd')}{command['createIndexes']}"
        progress = operation.get("progress") or {}
        build = IndexBuild(namespace, progress.get("done"), progress.get("total"))
        if namespace not in found or build.done is not None:
            found[namespace] = build
    return tuple(found.values())
