"""The alerts of dedup keys, as the database has them: those of many keys in one call."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

from bson.int64 import Int64
from pymongo import ASCENDING, DESCENDING
from pymongo.errors import OperationFailure
from pymongo.read_concern import ReadConcern

from event_service.manager.alert_update import A_TEXT, RESOLVED
from event_service.manager.read_values import text_of
from event_service.wire.foreign import count_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from collections.abc import Collection as Digests

    from pymongo.collection import Collection

Document = dict[str, Any]
_Stages: TypeAlias = "list[Mapping[str, Any]]"
_Ask: TypeAlias = "Callable[[_Stages, int], list[Document]]"
"""Runs stages that answer with that many rows at most."""

_NEWEST_FIRST = {"$sort": {"dedup_key": ASCENDING, "episode": DESCENDING}}
_NEWEST = ("alert_id", "episode", "state", "superseded", "created_at", "last_seen_at")
_ENDING = ("alert_id", "recovery_event_id", "resolved_at")
_EPISODE = {"$gte": 0, "$lt": 2**53, "$not": {"$type": "array"}}
"""The number of an episode, as any program may write it."""
_NO_REPLICA_SET = 123


@dataclass(frozen=True, slots=True)
class KeyAlert:
    """The newest alert of a dedup key, as the database has it.

    ``is_open`` says that it can be joined by a recovery, ``holds`` that it can by any delivery,
    and that no newer alert may be opened while its window lasts.
    ``seen_at`` is when its last delivery came (UTC), None if nothing tells; ``last_seen_at`` what
    the database has for that.
    """

    alert_id: str
    episode: int
    is_open: bool
    holds: bool
    seen_at: datetime | None
    last_seen_at: object


@dataclass(frozen=True, slots=True)
class EndedAlert:
    """An alert that was resolved, when (UTC), and the id of the recovery that did it."""

    alert_id: str
    recovery_event_id: str
    resolved_at: datetime


@dataclass(frozen=True, slots=True)
class Recoverable:
    """What a recovery of a key may concern (CONTRACT 4.3).

    ``open`` is the id of the newest open alert, however old, empty if there is none; ``ended`` the
    newest of those that were resolved lately.
    """

    open: str = ""
    ended: EndedAlert | None = None


class KeyAlerts:
    """The alerts of a database, by their keys' digests."""

    def __init__(self, alerts: Collection[Document]) -> None:
        self._alerts = alerts
        # Of a primary that a majority still takes for theirs: one that an election has replaced
        # may not know that yet, nor of the alerts that were opened since.
        self._of_majority = alerts.with_options(read_concern=ReadConcern("linearizable"))

    def newest(self, digests: Digests[str]) -> dict[str, KeyAlert]:
        """The newest alert of each key that has one.

        One that another program has left without an id holds nothing: nobody can join it.
        """
        return self._newest(self._ask, digests)

    def recoverable(self, digests: Digests[str], since: datetime) -> dict[str, Recoverable]:
        """What recoveries of the keys may concern: open alerts, or those resolved ``since`` (UTC).

        Nobody who was replaced as the primary answers.
        """
        found = dict.fromkeys(digests, Recoverable())
        others = []
        for key, alert in self._newest(self._ask_majority, digests).items():
            if alert.is_open:
                found[key] = Recoverable(open=alert.alert_id)
            else:
                others.append(key)
        # Only then all alerts of a key are looked at: it may have many.
        return found | self._older(others, since) if others else found

    def _newest(self, ask: _Ask, digests: Digests[str]) -> dict[str, KeyAlert]:
        found = _newest_rows(ask, digests, [])
        odd = [key for key, one in found.items() if type(one.get("episode")) not in {int, Int64}]
        if odd:
            # Another program's word for it may stand before all numbers, or be one that is none.
            for key in odd:
                del found[key]
            found |= _newest_rows(ask, odd, [{"$match": {"episode": _EPISODE}}])
        return {key: _key_alert(one) for key, one in found.items()}

    def _older(self, digests: Digests[str], since: datetime) -> dict[str, Recoverable]:
        lately = [{"state": {"$ne": RESOLVED}}, {"resolved_at": {"$not": {"$lte": since}}}]
        ended = {"$eq": ["$state", RESOLVED]}
        found = self._ask_majority(
            [
                {"$match": {"dedup_key": {"$in": list(digests)}}},
                {"$match": {"$or": lately, "alert_id": A_TEXT, "episode": _EPISODE}},
                _NEWEST_FIRST,
                {"$group": {"_id": {"key": "$dedup_key", "ended": ended}, **_firsts(_ENDING)}},
            ],
            2 * len(digests),
        )
        opened = {one["_id"]["key"]: one["alert_id"] for one in _rows(found, ended=False)}
        resolved = {one["_id"]["key"]: _ended(one) for one in _rows(found, ended=True)}
        return {key: Recoverable(opened.get(key, ""), resolved.get(key)) for key in digests}

    def _ask(self, stages: _Stages, rows: int) -> list[Document]:
        # All in one answer: a cursor is closed when its end comes with it.
        return self._alerts.aggregate(stages, batchSize=rows + 1).to_list()

    def _ask_majority(self, stages: _Stages, rows: int) -> list[Document]:
        try:
            return self._of_majority.aggregate(stages, batchSize=rows + 1).to_list()
        except OperationFailure as fault:
            if fault.code != _NO_REPLICA_SET:
                raise
            # A server of its own, which no other can replace.
            return self._ask(stages, rows)


def _newest_rows(ask: _Ask, digests: Digests[str], stages: _Stages) -> dict[str, Document]:
    # For this MongoDB can do with one entry of the index for each key, however many alerts it has.
    rows = ask(
        [
            {"$match": {"dedup_key": {"$in": list(digests)}}},
            *stages,
            _NEWEST_FIRST,
            {"$group": {"_id": "$dedup_key", **_firsts(_NEWEST)}},
        ],
        len(digests),
    )
    # A list that has one of the keys in it is none of them.
    return {one["_id"]: one for one in rows if isinstance(one["_id"], str)}


def _firsts(fields: Iterable[str]) -> Document:
    return {name: {"$first": f"${name}"} for name in fields}


def _rows(found: Sequence[Document], *, ended: bool) -> list[Document]:
    # A list that has one of the keys in it is none of them.
    return [
        one for one in found if isinstance(one["_id"]["key"], str) and one["_id"]["ended"] is ended
    ]


def _key_alert(found: Document) -> KeyAlert:
    alert_id, last_seen_at = text_of(found.get("alert_id")), found.get("last_seen_at")
    is_open = bool(alert_id) and found.get("state") != RESOLVED
    times = (last_seen_at, found.get("created_at"))
    return KeyAlert(
        alert_id=alert_id,
        episode=count_of(found["episode"]),
        is_open=is_open,
        holds=is_open and not found.get("superseded"),
        seen_at=next((time for time in times if isinstance(time, datetime)), None),
        last_seen_at=last_seen_at,
    )


def _ended(found: Document) -> EndedAlert | None:
    event_id, resolved_at = text_of(found.get("recovery_event_id")), found.get("resolved_at")
    if not event_id or not isinstance(resolved_at, datetime):
        return None
    return EndedAlert(found["alert_id"], event_id, resolved_at)
