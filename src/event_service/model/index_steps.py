"""What can be done to the indexes of a database, each a step that may be repeated."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from pymongo.errors import OperationFailure

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pymongo.database import Database

    from event_service.model.index_shape import DeclaredIndex, Document, FoundIndex, IndexShape

_INDEX_NOT_FOUND = 27
_OPTIONS_CONFLICT = 85
_KEY_SPECS_CONFLICT = 86


@dataclass(frozen=True, slots=True)
class MakeIndex:
    """Build an index that is missing."""

    index: DeclaredIndex

    @property
    def collection(self) -> str:
        """The collection that is read for it."""
        return self.index.collection

    def __str__(self) -> str:
        """What it does, in a line."""
        return f"build the index {self.index.shape}"

    def apply(self, database: Database[Document]) -> None:
        """Raises ``pymongo.errors.DuplicateKeyError`` for documents that break a unique one."""
        _create(database, self.index.collection, self.index.shape)


@dataclass(frozen=True, slots=True)
class ReplaceIndex:
    """Build an index in the place of one that has the same fields and does something else."""

    index: DeclaredIndex
    old: FoundIndex

    @property
    def collection(self) -> str:
        """The collection that is read for it."""
        return self.index.collection

    def __str__(self) -> str:
        """What it does, in a line."""
        return f"replace the index {self.old.shape} by {self.index.shape}"

    def apply(self, database: Database[Document]) -> None:
        """The old one goes last, so that queries and a failed build always have one.

        Raises as ``MakeIndex`` does.
        """
        collection, shape = self.index.collection, self.index.shape
        try:
            _create(database, collection, shape, name=f"{self.old.name}_renewed")
        except OperationFailure as fault:
            if fault.code not in (_OPTIONS_CONFLICT, _KEY_SPECS_CONFLICT):
                raise
            # MongoDB takes no two that differ in this option alone.
            _drop(database, collection, self.old.name)
            _create(database, collection, shape)
            return
        _drop(database, collection, self.old.name)


@dataclass(frozen=True, slots=True)
class ChangeIndex:
    """Change an index in place: building it anew would read the whole collection."""

    old: FoundIndex
    changes: Mapping[str, Any]
    """Options of MongoDB's ``collMod``."""

    @property
    def collection(self) -> str:
        """The collection whose index it is."""
        return self.old.collection

    def __str__(self) -> str:
        """What it does, in a line."""
        changes = ", ".join(f"{name} {value}" for name, value in self.changes.items())
        return f"change the index {self.old.shape}: {changes}"

    def apply(self, database: Database[Document]) -> None:
        """Ask for the change."""
        index = {"name": self.old.name, **self.changes}
        database.command("collMod", self.old.collection, index=index)


@dataclass(frozen=True, slots=True)
class DropIndex:
    """Drop an index."""

    old: FoundIndex

    @property
    def collection(self) -> str:
        """The collection whose index it is."""
        return self.old.collection

    def __str__(self) -> str:
        """What it does, in a line."""
        return f"drop the index {self.old.shape}"

    def apply(self, database: Database[Document]) -> None:
        """One that is gone already is no fault."""
        _drop(database, self.old.collection, self.old.name)


IndexStep: TypeAlias = MakeIndex | ReplaceIndex | ChangeIndex | DropIndex


def _create(
    database: Database[Document], collection: str, shape: IndexShape, name: str | None = None
) -> None:
    options = shape.options if name is None else {**shape.options, "name": name}
    database[collection].create_index(list(shape.keys), **options)


def _drop(database: Database[Document], collection: str, name: str) -> None:
    try:
        database[collection].drop_index(name)
    except OperationFailure as fault:
        if fault.code != _INDEX_NOT_FOUND:  # another process was faster
            raise
