"""Rows that a stage of an aggregation made: their names, and which names may be made."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, TypeAlias

from event_service.errors import InvalidParameter
from event_service.query.fields import NO_LISTS, Field, FieldKind, FieldSet, path_segments
from event_service.query.values import required
from event_service.stored_keys import original_key

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Mapping

    from event_service.query.expressions import Expression
    from event_service.query.limits import QueryLimits

ORDERING_KEYS = 3
"""So many keys of a group order its rows by themselves. A sort has ten more names and one of each
stage that unwinds, and MongoDB takes no more than 32."""
_SHOWN = 300


@dataclass(frozen=True, slots=True)
class ProducedRow:
    """The names of a row with what they hold; ``keys`` are those of the group it stands for.

    ``unshown`` are names beside them that only the order of rows needs: no caller sees one.
    """

    kinds: Mapping[str, FieldKind]
    keys: tuple[str, ...] = ()
    unshown: tuple[str, ...] = ()

    def resolve(self, key: str, limits: QueryLimits) -> Field:
        """The field of that name, or the one inside it.

        Raises InvalidParameter naming the key when no stage before made it.
        """
        first, *inner = path_segments(key, limits)
        kind = self.kinds.get(first)
        if kind is None:
            names = ", ".join(map(original_key, self.kinds))[:_SHOWN]
            raise InvalidParameter(
                key[:64], f"no stage before it makes a field of that name, there are: {names}"
            )
        return Field(".".join((first, *inner)), FieldKind.INSIDE if inner else kind)

    @property
    def last_order(self) -> tuple[str, ...]:
        """The first keys of the group, none behind one that may be a list.

        Where it has more, all are among ``unshown``: no two rows are equal in both.
        """
        keys = self.keys[:ORDERING_KEYS]
        lists = (at for at, key in enumerate(keys, 1) if self.kinds[key] not in NO_LISTS)
        return keys[: next(lists, ORDERING_KEYS)]


Row: TypeAlias = FieldSet | ProducedRow
"""What a stage works on."""


@dataclass(frozen=True, slots=True)
class Made:
    """A field of the new rows: its name, the expression that makes it, and what it holds.

    ``shown`` is what becomes of it when a group's rows are made (1: it stays as it is).
    """

    name: str
    expression: Expression
    kind: FieldKind
    shown: Expression = 1


def kinds_of(place: str, made: Iterable[Made]) -> dict[str, FieldKind]:
    """What each name holds. Raises InvalidParameter when two fields have one name."""
    kinds: dict[str, FieldKind] = {}
    for field in made:
        if field.name in kinds:
            raise InvalidParameter(place, f"two fields are called {field.name[:64]}")
        kinds[field.name] = field.kind
    return kinds


def unshown_name(taken: Container[str]) -> str:
    """A name for ``unshown`` that is none of those ``taken``."""
    return next(name for at in count() if (name := f"__order_{at}") not in taken)


def new_name(place: str, name: str, limits: QueryLimits) -> str:
    """What a field of that name is called in the database; ``place`` is the parameter, for errors.

    Raises RequiredParameter for none, InvalidParameter for one with a meaning of its own.
    """
    name = required(f"{place}.name", name)
    if "." in name or name == "_id":
        raise InvalidParameter(f"{place}.name", "it must not be _id or contain a dot")
    try:
        (stored,) = path_segments(name, limits)
    except InvalidParameter:
        reason = f"it starts with $, has a NUL or more than {limits.key_length} characters"
        raise InvalidParameter(f"{place}.name", reason) from None
    return stored
