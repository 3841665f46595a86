"""What a source of alerts is: the seam that every parser fits (CONTRACT 3.3).

A source is one module with a constant ``SOURCE``: in this package, or in another distribution
that names it in the entry-point group ``event_service.parsers``.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

Body: TypeAlias = Mapping[str, Any]
"""A request's ``data``: JSON values, as ``wire.struct.struct_to_dict`` gives them."""

Options: TypeAlias = Mapping[str, Any]
"""The options of the webhook's plugin; a parser ignores those that it doesn't know."""

Parser: TypeAlias = Callable[[Body, Options], Sequence[object]]
"""From a body to raw results, each in the shape of CONTRACT 3.3.

A parser changes neither argument, reads no clock, and raises nothing but ParseFailure, and that
only when nothing in the body can be understood. It judges no single result: what it can't read
it hands on as it is, and ``normalise`` refuses it alone, so that its siblings live (CONTRACT 3.4).
"""


MOST_RESULTS = 5_000
"""How many events one body may hold: one with more is refused whole."""


def readable(members: Sequence[Any]) -> Sequence[Any]:
    """The members that a result is made of each: one more than there may be is enough to refuse
    a body, and a million of them would hold the interpreter for half a minute.
    """
    return members[: MOST_RESULTS + 1]


class ParseFailure(Exception):
    """A body, or one result of it, that can't be understood.

    ``reason`` is recorded and shown. It says what was looked for and never quotes what was found:
    bodies hold secrets, and the same fault must give the same reason.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Source:
    """A kind of sender.

    ``plugin_ids`` are further names it is found by. ``general`` says that its bodies may look like
    any other's: it is asked last whether it recognises one, but for those that it ``claims``, which
    are its own whatever else they look like. Each of its bodies has at its top one
    of the names that are ``marks``, so that it is not asked about others; without any it always is.
    ``shallow`` says that it looks at what stands at the top of a body or a result alone, and hands
    on the rest as it is, in no object of its own making: it may get bodies whose objects are still
    encoded (RawBSONDocument). All others get dictionaries.
    """

    name: str
    parse: Parser
    recognises: Callable[[Body], bool]
    looks_like: str
    plugin_ids: tuple[str, ...] = ()
    general: bool = False
    marks: frozenset[str] = frozenset()
    shallow: bool = False
    claims: Callable[[Body], bool] | None = None


class Reading(NamedTuple):
    """The raw results of a body, and the name of the source that they were read as."""

    source: str
    results: Sequence[object]
