"""What tells one index from another: its fields, and the options that change what it does.

Names are left out. Nothing asks for an index by its name, and to rename one is to build it anew.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymongo.database import Database

Document = dict[str, Any]
_SECONDS_OF_A_DAY = 86_400
Keys = tuple[tuple[str, int | str], ...]


@dataclass(frozen=True, slots=True)
class IndexShape:
    """An index as the service sees it. Two of equal shape do the same."""

    keys: Keys
    unique: bool = False
    sparse: bool = False
    partial: Mapping[str, Any] | None = None
    """Which documents it has; None for all."""
    expire_seconds: int | None = None
    """The age at which documents vanish; None for never."""
    collation: Mapping[str, Any] | None = None

    @classmethod
    def of(cls, keys: Keys, options: Mapping[str, Any]) -> Self:
        """From the fields and the options of MongoDB's ``createIndexes`` or ``listIndexes``."""
        age = options.get("expireAfterSeconds")
        return cls(
            keys=keys,
            unique=bool(options.get("unique")),
            sparse=bool(options.get("sparse")),
            partial=_plain(options.get("partialFilterExpression")),
            # Old versions of MongoDB have kept NaN, and some of them take it for 0.
            expire_seconds=None if age is None else int(age) if math.isfinite(age) else 0,
            collation=_plain(options.get("collation")),
        )

    @property
    def options(self) -> dict[str, Any]:
        """The options for ``Collection.create_index``."""
        given = {
            "unique": self.unique or None,
            "sparse": self.sparse or None,
            "partialFilterExpression": self.partial,
            "expireAfterSeconds": self.expire_seconds,
            "collation": self.collation,
        }
        return {name: value for name, value in given.items() if value is not None}

    @property
    def fields(self) -> str:
        """The fields in a line, such as ``domain_id, -created_at``."""
        return ", ".join(
            f"-{name}" if way == -1 else name if way == 1 else f"{name} ({way})"
            for name, way in self.keys
        )

    def __str__(self) -> str:
        """The fields, and in words what the options make of them."""
        words = [
            word
            for word, holds in (
                ("unique", self.unique),
                ("sparse", self.sparse),
                ("partial", self.partial is not None),
                ("with a collation", self.collation is not None),
                (f"expires after {self._age}", self.expire_seconds is not None),
            )
            if holds
        ]
        return f"{self.fields} ({', '.join(words)})" if words else self.fields

    @property
    def _age(self) -> str:
        days, rest = divmod(self.expire_seconds or 0, _SECONDS_OF_A_DAY)
        return f"{self.expire_seconds} s" if rest else f"{days} d"


@dataclass(frozen=True, slots=True)
class DeclaredIndex:
    """An index that a collection must have."""

    collection: str
    shape: IndexShape


@dataclass(frozen=True, slots=True)
class FoundIndex:
    """An index that a collection has. ``hidden`` ones are kept up and serve no query."""

    collection: str
    name: str
    shape: IndexShape
    hidden: bool = False


def found_indexes(database: Database[Document], collection: str) -> tuple[FoundIndex, ...]:
    """The indexes of a collection but the one of ``_id``; none if there is no such collection."""
    return tuple(
        FoundIndex(
            collection,
            index["name"],
            IndexShape.of(tuple(index["key"].items()), index),
            hidden=bool(index.get("hidden")),
        )
        for index in database[collection].list_indexes()
        if index["name"] != "_id_"
    )


def _plain(value: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if not value or value.get("locale") == "simple":
        return None
    return {
        key: _plain(inner) if isinstance(inner, dict) else inner for key, inner in value.items()
    }
