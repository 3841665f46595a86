"""Which shards a read asks, worked out from what the service's own query compiler makes of it.

MongoDB joins the ``$match`` stages that a pipeline begins with and asks the shards that their
equalities on the shard key leave. A ranged compound key is narrowed by its leading fields too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from google.protobuf.json_format import ParseDict
from mongoengine import BooleanField, DateTimeField, DictField, IntField, ListField, StringField

from event_service.model.alert import Alert
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.fields import FieldKind, FieldSet
from event_service.query.limits import QueryLimits
from event_service.query.scope import narrow, within
from event_service.query.search import compile_search
from event_service.query.staging import match_stages, parts_of
from event_service.query.statistics import compile_statistics
from event_service.stubs.spaceone.api.core.v2 import query_pb2
from simulate.asked import ROLES

if TYPE_CHECKING:
    from event_service.caller import Caller
    from simulate.asked import Asked

_NOW = datetime(2024, 3, 14, 15, 9, 26)  # noqa: DTZ001 - instants are naive UTC
_LIMITS = QueryLimits()
_KINDS: Mapping[type, FieldKind] = {
    StringField: FieldKind.STRING,
    IntField: FieldKind.NUMBER,
    BooleanField: FieldKind.BOOLEAN,
    DateTimeField: FieldKind.DATETIME,
    DictField: FieldKind.DOCUMENT,
    ListField: FieldKind.DOCUMENT,
}

ALERT_FIELDS = FieldSet(
    kinds={
        name: kind
        for name, declared in Alert._fields.items()
        for kind in (_KINDS.get(type(declared)),)
        if kind is not None and name != "id"
    },
    aliases={},
    id_field="alert_id",
    keyword_fields=("alert_id", "title"),
    minimal=("alert_id", "title", "state"),
    lookups=(("alert_id",), ("domain_id", "workspace_id"), ("domain_id",)),
)
"""Alerts as a service of them would compile queries; this service serves events alone."""

_FIELDS = {"event": EVENT_FIELDS, "alert": ALERT_FIELDS}


@dataclass(frozen=True, slots=True)
class Target:
    """How many values of a shard key a read leaves; None where it leaves them open.

    ``narrowed`` says that leading fields of the key are fixed and others are not.
    """

    values: int | None
    narrowed: bool

    @property
    def words(self) -> str:
        """As the table has it."""
        if self.values is not None:
            return "one" if self.values == 1 else f"at most {self.values}"
        return "those of the range" if self.narrowed else "all"


def pipeline(asked: Asked, caller: Caller) -> Sequence[Mapping[str, Any]]:
    """The leading ``$match`` stages that the service sends for it."""
    fields = _FIELDS[asked.collection]
    if asked.entity_id:
        where: Mapping[str, Any] = {fields.id_field: {"$eq": asked.entity_id}}
    elif asked.statistics is not None:
        statistics = ParseDict(dict(asked.statistics), query_pb2.StatisticsQuery())
        where = compile_statistics(statistics, fields, _NOW, _LIMITS).where
    else:
        query = ParseDict(dict(asked.listed or {}), query_pb2.Query())
        parameters = narrow(caller, asked.parameters)
        where = compile_search(query, parameters, fields, _NOW, _LIMITS).where
    return match_stages(parts_of(within(caller.scope, where)), fields.lookups)


def target(stages: Sequence[Mapping[str, Any]], shard_key: Sequence[str]) -> Target:
    """Which of the shards of a collection sharded by those fields a pipeline asks."""
    fixed: dict[str, int] = {}
    for stage in stages:
        if "$match" not in stage:
            break
        for name, number in _equalities(stage["$match"]):
            fixed[name] = min(number, fixed.get(name, number))
    values = 1
    for place, name in enumerate(shard_key):
        if name not in fixed:
            return Target(None, narrowed=place > 0)
        values *= fixed[name]
    return Target(values, narrowed=True)


def targets(asked: Asked, shard_key: Sequence[str]) -> Mapping[str, tuple[str, ...]]:
    """The words of each target, with the callers that get it (a role, or role and confinement)."""
    found: dict[str, tuple[str, ...]] = {}
    for caller in ROLES:
        words = target(pipeline(asked, caller), shard_key).words
        found[words] = (*found.get(words, ()), _called(caller))
    return found


def _called(caller: Caller) -> str:
    confined = caller.role == "SYSTEM_TOKEN" and caller.scope.workspace_id is not None
    return f"{caller.role} of a workspace" if confined else caller.role


def _equalities(condition: Mapping[str, Any]) -> Iterator[tuple[str, int]]:
    """The fields that a condition fixes, each with how many values it leaves."""
    for name, test in condition.items():
        if name == "$and":
            for part in test:
                yield from _equalities(part)
        elif not name.startswith("$"):
            if not isinstance(test, Mapping) or "$eq" in test:
                yield name, 1
            elif "$in" in test:
                yield name, max(1, len(test["$in"]))
