"""The stages of an aggregation, one after the other (CONTRACT 6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from event_service.errors import InvalidParameter, InvalidParameterType, RequiredParameter
from event_service.query.fields import NO_LISTS, FieldKind, FieldSet
from event_service.query.group import compile_group
from event_service.query.limits import QueryLimits, at_most
from event_service.query.paging import ASCENDING, DESCENDING, Order, ordered
from event_service.query.produced import ProducedRow, Row, new_name
from event_service.query.project import compile_project
from event_service.query.unwinding import compile_unwind
from event_service.query.values import python_value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from google.protobuf import struct_pb2

    from event_service.stubs.spaceone.api.core.v2 import query_pb2


class Aggregation:
    """Compiles stages in their order: each one's keys are names that the one before gives."""

    def __init__(self, fields: FieldSet, now: datetime, limits: QueryLimits) -> None:
        self._row: Row = fields
        self._now = now
        self._limits = limits
        self._sorted = False
        self._stages: list[Mapping[str, Any]] = []

    def add(self, place: str, stage: query_pb2.StatisticsAggregate) -> None:
        """Adds a stage; ``place`` is the parameter, for errors.

        Raises RequiredParameter for a stage that says nothing, InvalidArgument errors that name
        what it misses or gets wrong.
        """
        match stage.WhichOneof("aggregate_alias"):
            case "unwind":
                stages, self._row = compile_unwind(
                    f"{place}.unwind", stage.unwind, self._row, self._now, self._limits
                )
                self._stages += stages
            case "group":
                stages, made = compile_group(f"{place}.group", stage.group, self._row, self._limits)
                self._reshape(made, *stages)
            case "project":
                projected, made = compile_project(
                    f"{place}.project", stage.project, self._row, self._limits
                )
                self._reshape(made, projected)
            case "count":
                self._count(f"{place}.count", stage.count.name)
            case "sort":
                order = _order(f"{place}.sort", stage.sort, self._row, self._limits)
                self._sort(order)
            case "limit":
                self._bound(f"{place}.limit", "$limit", stage.limit, least=1)
            case "skip":
                self._bound(f"{place}.skip", "$skip", stage.skip, least=0)
            case _:
                raise RequiredParameter(place)

    def finished(self, *, paged: bool) -> tuple[Mapping[str, Any], ...]:
        """All stages. Rows that go out as pages are in order, and none shows what is internal."""
        row = self._row
        order = ordered((), row.last_order, row.unshown)
        if paged and not self._sorted and order:
            self._sort(order)
        if isinstance(row, FieldSet) or row.unshown:
            shown = {"$project": {"_id": 0, **dict.fromkeys(row.kinds, 1)}}
            return (*self._stages, shown)
        return tuple(self._stages)

    def _reshape(self, row: ProducedRow, *stages: Mapping[str, Any]) -> None:
        # A project keeps the order of its rows, a group and a count do not.
        self._sorted = self._sorted and "$group" not in stages[0]
        self._stages += stages
        self._row = row

    def _count(self, place: str, name: str) -> None:
        name = new_name(place, name, self._limits)
        self._reshape(
            ProducedRow({name: FieldKind.NUMBER}),
            {"$group": {"_id": None, name: {"$sum": 1}}},
            {"$project": {"_id": 0, name: 1}},
        )

    def _sort(self, order: Order) -> None:
        self._stages.append({"$sort": dict(order)})
        self._sorted = True

    def _bound(self, place: str, operator: str, count: int, *, least: int) -> None:
        if count < least:
            raise InvalidParameter(place, f"it must be at least {least}")
        self._stages.append({operator: count})


def _order(place: str, sorts: struct_pb2.ListValue, row: Row, limits: QueryLimits) -> Order:
    if not sorts.values:
        raise RequiredParameter(f"{place}.key")
    at_most(place, "keys", sorts.values, limits.sort_keys)
    wanted: list[tuple[str, int]] = []
    last = row.last_order
    for at, value in enumerate(sorts.values):
        sort = python_value(value)
        if not isinstance(sort, dict):
            raise InvalidParameterType(f"{place}[{at}]", "object")
        key, desc = sort.get("key"), sort.get("desc")
        if key is None or key == "":
            raise RequiredParameter(f"{place}[{at}].key")
        if not isinstance(key, str):
            raise InvalidParameterType(f"{place}[{at}].key", "string")
        if not isinstance(desc, bool | None):
            raise InvalidParameterType(f"{place}[{at}].desc", "boolean")
        if unknown := set(sort) - {"key", "desc"}:
            raise InvalidParameter(
                f"{place}[{at}]", f"it takes key and desc, not {min(unknown)[:32]}"
            )
        field = row.resolve(key, limits)
        if field.kind not in NO_LISTS:
            last = tuple(name for name in last if row.kinds[name] in NO_LISTS)
        wanted.append((field.path, DESCENDING if desc else ASCENDING))
    return ordered(wanted, last, row.unshown)
