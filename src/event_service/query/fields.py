"""Which fields a resource has: a key of a query is the name of one of them, or an error."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from typing import TYPE_CHECKING

from event_service.errors import InvalidParameter
from event_service.query.limits import QueryLimits, at_most
from event_service.stored_keys import stored_key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.query.kept_apart import KeptApart


class FieldKind(Enum):
    """What a field holds."""

    STRING = auto()
    NUMBER = auto()
    BOOLEAN = auto()
    DATETIME = auto()
    STRING_LIST = auto()
    DOCUMENT = auto()
    """An object (or a list of them) that dotted keys reach into."""
    INSIDE = auto()
    """Something inside a document, or made by a stage: it may be anything, or missing."""


NO_LISTS = (FieldKind.STRING, FieldKind.NUMBER, FieldKind.BOOLEAN, FieldKind.DATETIME)
"""Kinds that no list is of. MongoDB refuses an order of which two names hold lists in one row."""


@dataclass(frozen=True, slots=True)
class Field:
    """A field that a key was resolved to: ``path`` is safe to hand to the database as a name.

    ``declared`` says that every row has the field, be it null.
    """

    path: str
    kind: FieldKind
    declared: bool = False

    @property
    def value(self) -> str:
        """The field's value, in an expression."""
        return f"${self.path}"


@dataclass(frozen=True, slots=True)
class FieldSet:
    """The fields of one resource type.

    ``kinds`` has every field that is stored, ``aliases`` other names that callers may use,
    ``keyword_fields`` those that a keyword is looked for in, ``minimal`` those that a minimal
    list shows, ``lookups`` leading fields of its indexes, the most selective first, and
    ``newest_lookups`` those of indexes that have ``default_sort`` next. ``unshown`` are names
    beside the fields, which callers neither see nor use. ``apart`` is the field, if any, that
    documents may have elsewhere.
    """

    kinds: Mapping[str, FieldKind]
    aliases: Mapping[str, str]
    id_field: str
    keyword_fields: tuple[str, ...]
    minimal: tuple[str, ...]
    lookups: tuple[tuple[str, ...], ...] = ()
    newest_lookups: tuple[tuple[str, ...], ...] = ()
    default_sort: str = "created_at"
    unshown: tuple[str, ...] = ()
    apart: KeptApart | None = None

    def resolve(self, key: str, limits: QueryLimits) -> Field:
        """The field that a key means; only documents have fields inside (CONTRACT 5).

        Raises InvalidParameter naming the key when no field is called so.
        """
        whole = self._declared(key)
        if whole is not None:
            return whole
        first, *inner = path_segments(key, limits)
        outer = self._declared(first)
        if outer is None:
            raise InvalidParameter(_shown(key), "no such field")
        if outer.kind is not FieldKind.DOCUMENT:
            raise InvalidParameter(_shown(key), f"{first} has no fields inside")
        return Field(".".join((outer.path, *inner)), FieldKind.INSIDE)

    @property
    def last_order(self) -> tuple[str, ...]:
        """The id: no two rows are equal in it and in ``unshown``."""
        return (self.id_field,)

    def _declared(self, name: str) -> Field | None:
        path = self.aliases.get(name, name)
        kind = self.kinds.get(path)
        return None if kind is None else Field(path, kind, declared=True)


def path_segments(key: str, limits: QueryLimits) -> list[str]:
    """The names of a dotted key as the database has them.

    Raises InvalidParameter naming the key: no name may be empty, or mean something to MongoDB.
    """
    at_most(_shown(key), "characters", key, limits.key_length)
    segments = key.split(".")
    at_most(_shown(key), "dotted names", segments, limits.key_depth)
    for segment in segments:
        if not segment:
            raise InvalidParameter(_shown(key), "a name in it is empty")
        if segment.startswith("$"):
            raise InvalidParameter(_shown(key), "a name in it starts with $")
        if "\0" in segment:
            raise InvalidParameter(_shown(key), "it contains a NUL character")
    return [stored_key(segment) for segment in segments]


def _shown(key: str) -> str:
    longest = 64
    return key if len(key) <= longest else key[:longest] + "..."
