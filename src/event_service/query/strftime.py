"""``strftime`` as expressions of MongoDB's, for dates in UTC and the C locale.

MongoDB's own format knows few of the directives, and means another thing by some of them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from event_service.query.expressions import Expression

_DIRECTIVE: Final = re.compile(r"%(.?)", re.DOTALL)

_OF_MONGODB: Final = frozenset("YmdHMSjuVGUzL%")
"""Directives that mean the same in MongoDB's format; L, its milliseconds, is no one else's."""

_SHORT_FOR: Final[Mapping[str, str]] = {
    "c": "%a %b %e %H:%M:%S %Y",
    "D": "%m/%d/%y",
    "f": "%L000",
    "F": "%Y-%m-%d",
    "h": "%b",
    "n": "\n",
    "r": "%I:%M:%S %p",
    "R": "%H:%M",
    "t": "\t",
    "T": "%H:%M:%S",
    "x": "%m/%d/%y",
    "X": "%H:%M:%S",
    "Z": "UTC",
}

_DAYS: Final = ("Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday")
_MONTHS: Final = (
    *("January", "February", "March", "April", "May", "June", "July", "August"),
    *("September", "October", "November", "December"),
)
_CHOSEN: Final[Mapping[str, tuple[str, int, Sequence[str]]]] = {
    "a": ("$dayOfWeek", 1, [day[:3] for day in _DAYS]),
    "A": ("$dayOfWeek", 1, _DAYS),
    "b": ("$month", 1, [month[:3] for month in _MONTHS]),
    "B": ("$month", 1, _MONTHS),
    "e": ("$dayOfMonth", 1, [f"{day:2}" for day in range(1, 32)]),
    "I": ("$hour", 0, [f"{(hour - 1) % 12 + 1:02}" for hour in range(24)]),
    "p": ("$hour", 0, ["AM"] * 12 + ["PM"] * 12),
    "w": ("$dayOfWeek", 1, "0123456"),
}
"""Which part of a date chooses one of the texts, and the part's least number."""

_CUT: Final[Mapping[str, tuple[str, int]]] = {"C": ("%Y", 0), "y": ("%Y", 2), "g": ("%G", 2)}
"""Two digits: of which year, and after how many of its digits."""


class UnknownDirective(ValueError):
    """A format has a directive that is not taken, which the error's text is."""


def strftime(date: Expression, date_format: str) -> Expression:
    """The text that the format makes of ``date``, which must give a date.

    All directives of the C standard without a modifier are taken, and Python's ``%f``. Raises
    UnknownDirective.
    """
    written = _DIRECTIVE.sub(lambda found: _SHORT_FOR.get(found[1], found[0]), date_format)
    # Each is worked out once: a caller may repeat in two characters what takes hundreds to ask for.
    names: dict[str, str] = {}
    parts: list[Expression] = []
    for piece in filter(None, _pieces(written)):
        if piece.startswith("%"):
            parts.append(f"$${names.setdefault(piece, f'p{len(names)}')}")
        else:
            parts.append({"$literal": piece} if piece.startswith("$") else piece)
    made = {name: _made(date, piece) for piece, name in names.items()}
    return {"$let": {"vars": made, "in": {"$concat": parts}}}


def _pieces(date_format: str) -> Iterator[str]:
    """Texts, single directives of our own, and as much as goes on from one of MongoDB's."""
    first, *rest = _DIRECTIVE.split(date_format)
    # What MongoDB formats begins with a directive: with a $ it would name a field.
    run = ""
    yield first
    for directive, text in zip(rest[::2], rest[1::2], strict=True):
        if directive in _OF_MONGODB:
            run += f"%{directive}{text}"
            continue
        yield run
        run = ""
        yield f"%{directive}"
        yield text
    yield run


def _made(date: Expression, piece: str) -> Expression:
    directive = piece[1:2]
    if directive in _OF_MONGODB:
        return {"$dateToString": {"format": piece, "date": date}}
    if directive in _CHOSEN:
        part, least, texts = _CHOSEN[directive]
        return _one_of(texts, {"$subtract": [{part: date}, least]})
    if directive in _CUT:
        year, after = _CUT[directive]
        return {"$substrBytes": [{"$dateToString": {"format": year, "date": date}}, after, 2]}
    if directive == "W":
        days = {"$subtract": [{"$dayOfYear": date}, {"$isoDayOfWeek": date}]}
        week = {"$floor": {"$divide": [{"$add": [days, 7]}, 7]}}
        return _one_of([f"{number:02}" for number in range(54)], week)
    raise UnknownDirective(f"%{directive}")


def _one_of(texts: Sequence[str], place: Expression) -> Expression:
    width = len(texts[0])
    if any(len(text) != width for text in texts):
        return {"$arrayElemAt": [[*texts], place]}
    # A list takes more bytes to ask for than its texts do.
    return {"$substrBytes": ["".join(texts), {"$multiply": [width, place]}, width]}
