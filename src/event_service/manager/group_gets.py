"""Single documents for many callers in one read: those of one scope share it."""

from __future__ import annotations

import threading
from functools import partial
from typing import TYPE_CHECKING

from event_service.lru_dict import LruDict
from event_service.manager.group_commit import GroupCommit
from event_service.metrics.deliveries import batch_taken

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from event_service.caller import Scope

    ReadAll = Callable[[Scope, Sequence[str], float], Mapping[str, bytes]]
    """Called with a scope, ids and seconds; the documents of those ids that are in the scope.

    A document is its BSON.
    """

_MOST_SCOPES = 1_024
_MOST_AT_ONCE = 128


class GroupGets:
    """What callers of one scope ask for at the same time is read at once. Any thread may call."""

    def __init__(self, read: ReadAll, seconds: float) -> None:
        """``seconds`` is how long a read may take, with the wait for it."""
        self._read = read
        self._seconds = seconds
        self._lock = threading.Lock()
        self._groups: LruDict[Scope, GroupCommit[str, bytes | None]] = LruDict(_MOST_SCOPES)

    def get(self, scope: Scope, entity_id: str) -> bytes | None:
        """The document of that id, if it is in the scope. Raises what the read raises."""
        return self._group(scope).do(entity_id)

    @property
    def waiting(self) -> int:
        """How many callers wait for their read right now."""
        with self._lock:
            return sum(group.waiting for group in self._groups.values())

    def _group(self, scope: Scope) -> GroupCommit[str, bytes | None]:
        with self._lock:
            group = self._groups.use(scope)
            if group is None:

                def work(ids: Sequence[str], seconds: float) -> Sequence[bytes | None]:
                    found = self._read(scope, ids, seconds)
                    return [found.get(one) for one in ids]

                group = self._groups[scope] = GroupCommit(
                    work, self._seconds, _MOST_AT_ONCE, partial(batch_taken, "get")
                )
            return group
