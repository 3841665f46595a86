"""Runs one step and tells how far it is meanwhile."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from event_service.daemon_thread import started
from event_service.model.index_builds import index_builds

if TYPE_CHECKING:
    from collections.abc import Callable

    from pymongo.database import Database

    from event_service.migration.steps import Step

_LOOK_SECONDS: Final = 0.5


@dataclass(frozen=True, slots=True)
class Progress:
    """``done`` of ``total`` documents; both are None where nobody knows."""

    done: int | None
    total: int | None


def follow(
    step: Step, database: Database[dict[str, Any]], tell: Callable[[Progress], None]
) -> None:
    """Run the step to its end. ``tell`` is called on the caller's thread, twice a second.

    Raises pymongo.errors.PyMongoError. An interrupt gets through at once; what the server was
    asked for goes on there until the client is closed.
    """
    counted: list[int] = [0]

    def done(number: int) -> None:
        counted[0] = number

    ended = started(lambda: step.run(database, done), "migration")
    while True:
        try:
            ended.result(timeout=_LOOK_SECONDS)
        except TimeoutError:
            # The driver has timeouts of this kind too: the step may have ended with one.
            if ended.done():
                raise
            tell(_progress(step, database, counted[0]))
        else:
            tell(Progress(step.documents, step.documents))
            return


def _progress(step: Step, database: Database[dict[str, Any]], counted: int) -> Progress:
    if step.documents is not None:
        return Progress(counted, step.documents)
    namespace = f"{database.name}.{step.collection}"
    for build in index_builds(database.client):
        if build.namespace == namespace:
            return Progress(build.done, build.total)
    return Progress(None, None)
