"""The shard keys that are worth a thought, and what they do to the declared unique indexes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from event_service.model.indexes import DECLARED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

SHARD_KEYS: Mapping[str, tuple[tuple[str, ...], ...]] = {
    "event": (
        ("event_id",),
        ("domain_id", "event_id"),
        ("domain_id",),
        ("domain_id", "created_at"),
    ),
    "alert": (
        ("domain_id", "workspace_id"),
        ("dedup_key",),
        ("alert_id",),
        ("domain_id",),
    ),
}
"""For each collection. ``hashed`` or not makes no difference to any rule here."""

_FIXES: Mapping[str, frozenset[str]] = {
    "event_id": frozenset({"domain_id"}),
    "alert_id": frozenset({"domain_id", "workspace_id"}),
    "dedup_key": frozenset({"domain_id", "workspace_id"}),
}
"""What a value fixes of the others. A digest is of one tenant, and so is an id: a call that comes
twice comes from one webhook, and ids are only asked for within a tenant. But ``created_at`` is that
of each delivery, and a number or an id says nothing of the key."""


@dataclass(frozen=True, slots=True)
class UniqueIndex:
    """A unique index that a collection declares, by its fields."""

    collection: str
    fields: tuple[str, ...]

    def stands_under(self, shard_key: Sequence[str]) -> bool:
        """Whether MongoDB takes it on a collection sharded so: the key must lead the index."""
        return self.fields[: len(shard_key)] == tuple(shard_key)

    def means_the_same(self, shard_key: Sequence[str]) -> bool:
        """Whether the index led by the shard key still keeps single what this one does."""
        fixed = set(self.fields).union(*(_FIXES.get(field, ()) for field in self.fields))
        return fixed.issuperset(shard_key)

    def led_by(self, shard_key: Sequence[str]) -> tuple[str, ...]:
        """The fields that it would have to be over instead."""
        return (*shard_key, *(field for field in self.fields if field not in shard_key))


def unique_indexes() -> Iterator[UniqueIndex]:
    """Those of ``event`` and ``alert``, as the documents declare them."""
    for index in DECLARED:
        if index.collection in SHARD_KEYS and index.shape.unique:
            yield UniqueIndex(index.collection, tuple(name for name, _ in index.shape.keys))
