"""What MongoDB makes of a ``$group`` where another store makes something else.

A key that is missing is null to MongoDB where it is the only one of its ``_id``, and stays missing
beside others (its issue SERVER-21992).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


def as_in_mongodb(stages: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """The stages, and what gives their groups the ``_id`` that MongoDB gives them anyway."""
    for stage in stages:
        yield stage
        identity = stage.get("$group", {}).get("_id")
        if isinstance(identity, dict) and len(identity) == 1:
            (name,) = identity
            yield {"$addFields": {"_id": {name: {"$ifNull": [f"$_id.{name}", None]}}}}
