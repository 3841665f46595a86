"""Changes a JSON text as JSON: a fuzzer that knows bytes alone rarely gets past the reader."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from random import Random

Place = tuple[str | int, ...]

_MOST_CHANGES = 4
_DEEP = 60
_LONG = 300
_ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 1, 2.5, 1e15, 1e300, -1e-300, 10**30, 1e400),
    *("", " ", "\0", "\ud800", "é", "$", "$where", "$$ROOT", ".", "a.b", "a\0b", "now-1h"),
    *("2024-03-01T01:00:00Z", "0001-01-01T00:00:00+14:00", "1709254800", "4", "%Y-%m", "(a+)+$"),
    *([], {}, [[]], [{}], {"": ""}, {"$ref": "a", "$id": 1}, {"$where": "1"}),
)


class JsonChanges:
    """Changes texts, with the names and values that ``known`` texts have."""

    def __init__(self, known: Sequence[bytes]) -> None:
        self._values: list[Any] = list(_ODD)
        names: set[str] = {"", "$where", "a.b"}
        for text in known:
            try:
                whole = json.loads(text)
            except ValueError:
                continue
            for place in _places(whole):
                self._values.append(_at(whole, place))
                names |= {step for step in place if isinstance(step, str)}
        self._names = sorted(names)

    def changed(self, text: bytes, longest: int, random: Random) -> bytes | None:
        """The text with a few members other than they were; None for what is no JSON.

        Of changes that would make it longer than ``longest`` bytes only those before are made.
        """
        made = None
        try:
            whole = json.loads(text)
            for _ in range(random.randint(1, _MOST_CHANGES)):
                whole = self._change(whole, random)
                said = json.dumps(whole, ensure_ascii=bool(random.randrange(2)))
                longer = said.encode("utf-8", "surrogatepass")
                if len(longer) > longest:
                    break
                made = longer
        except (ValueError, RecursionError):
            return None
        return made

    def _change(self, whole: Any, random: Random) -> Any:
        places = list(_places(whole))
        if not places:
            return {random.choice(self._names): random.choice(self._values)}
        place = random.choice(places)
        change: Callable[[Any, Random], Any] = random.choice(
            (self._other, self._other, self._with_member, _repeated, _nested, _as_text, _without)
        )
        return _replaced(whole, place, change(_at(whole, place), random))

    def _other(self, _: Any, random: Random) -> Any:
        return random.choice(self._values)

    def _with_member(self, value: Any, random: Random) -> Any:
        if isinstance(value, dict):
            return {**value, random.choice(self._names): random.choice(self._values)}
        if isinstance(value, list):
            return [*value, random.choice(self._values)]
        return {random.choice(self._names): value}


def _repeated(value: Any, random: Random) -> Any:
    times = random.choice((2, 3, 20, _LONG))
    return value * times if isinstance(value, str) else [value] * times


def _nested(value: Any, random: Random) -> Any:
    for _ in range(random.choice((1, 2, _DEEP))):
        value = {"a": value} if random.randrange(2) else [value]
    return value


def _as_text(value: Any, _: Random) -> Any:
    return json.dumps(value)


def _without(value: Any, random: Random) -> Any:
    if isinstance(value, dict | list) and value:
        gone = random.choice(list(value) if isinstance(value, dict) else range(len(value)))
        return _replaced(value, (gone,), _GONE)
    return None


_GONE: Any = object()


def _places(value: Any, at: Place = ()) -> Iterator[Place]:
    members = value.items() if isinstance(value, dict) else ()
    for step, member in enumerate(value) if isinstance(value, list) else members:
        yield (*at, step)
        yield from _places(member, (*at, step))


def _at(value: Any, place: Place) -> Any:
    for step in place:
        value = value[step]
    return value


def _replaced(value: Any, place: Place, new: Any) -> Any:
    if not place:
        return new
    step, *rest = place
    copy = value.copy()
    copy[step] = _replaced(value[step], tuple(rest), new)
    if copy[step] is _GONE:
        del copy[step]
    return copy
