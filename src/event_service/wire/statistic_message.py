"""The answer of a stat (CONTRACT 6)."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import bson
from google.protobuf.struct_pb2 import Struct

from event_service.instants import format_instant
from event_service.wire.encoded import Encoded
from event_service.wire.struct import encoded_struct

if TYPE_CHECKING:
    from collections.abc import Sequence


def statistic_struct(results: Sequence[Any], total_count: int | None) -> Encoded[Struct]:
    """``{"results": [...]}``, with ``total_count`` where there is one.

    An instant that is a value of a row, or a distinct value, is written as everywhere. Clients
    get those deeper inside, in what ``push`` and ``add_to_set`` gather, as plain ISO strings
    (``2024-03-01T01:00:00Z``): so the vector ``stat.field.push-fields`` has it.
    """
    answer: dict[str, Any] = {"results": [_row(result) for result in results]}
    if total_count is not None:
        answer["total_count"] = total_count
    return Encoded(Struct, (encoded_struct(bson.encode(answer)),))


def _row(result: Any) -> Any:
    if isinstance(result, dict):
        return {name: _value(value) for name, value in result.items()}
    return _value(result)


def _value(value: Any) -> Any:
    return format_instant(value) if isinstance(value, datetime) else _inner(value)


def _inner(value: Any) -> Any:
    if isinstance(value, datetime):
        return format_instant(value).replace(".000Z", "Z")
    if isinstance(value, dict):
        return {name: _inner(member) for name, member in value.items()}
    if isinstance(value, list):
        return [_inner(member) for member in value]
    return value
