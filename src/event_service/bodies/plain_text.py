"""A sender's texts and objects, made fit to be kept: trimmed, storable, readable as JSON."""

from collections.abc import Iterable, Mapping
from math import copysign
from typing import Any

LONGEST_WHOLE = 1e15
MOST_LEVELS = 100
"""As deep as a request may be nested, and more than an event in it can be."""


def cleaned(text: str) -> str:
    """The text with U+FFFD for lone surrogates, which neither BSON nor protobuf can carry."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def from_scalar(value: object) -> str | None:
    """The text that a scalar stands for; None for objects, lists and null.

    Numbers arrive as doubles, so a whole one is written without a fraction: 600.0 is ``600``.
    """
    match value:
        case str():
            return cleaned(value)
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < LONGEST_WHOLE:
            return str(int(value))
        case int() | float():
            return str(value)
        case _:
            return None


def trimmed_object(data: Mapping[str, Any]) -> dict[str, Any]:
    """The object with keys and texts trimmed, through objects (CONTRACT 3.5).

    Lists keep their members' spaces. Numbers become doubles, as they would have been on the wire,
    and keys are put in order, as deep as it goes: what says the same is the same. Of keys that trim
    to the same, the last stays. ``data`` stays as it is; what of it needs no change is shared.
    Raises RecursionError for more than ``MOST_LEVELS`` objects and lists inside one another.
    """
    return _object(data if isinstance(data, dict) else dict(data), MOST_LEVELS, trims=True)


def _object(data: dict[str, Any], room: int, *, trims: bool) -> dict[str, Any]:
    _check_room(room)
    members = data if _are_fit(data) else _renamed(data, trims=trims)
    if not _are_in_order(members):
        return {key: _value(members[key], room - 1, trims=trims) for key in sorted(members)}
    kept = members
    for key, value in members.items():
        its = _value(value, room - 1, trims=trims)
        if its is not value:
            if kept is data:
                kept = dict(data)
            kept[key] = its
    return kept


def _list(data: list[Any], room: int) -> list[Any]:
    _check_room(room)
    kept = data
    for place, value in enumerate(data):
        its = _value(value, room - 1, trims=False)
        if its is not value:
            if kept is data:
                kept = list(data)
            kept[place] = its
    return kept


def _check_room(room: int) -> None:
    # Compiled code has nothing else that ends it before the stack does, and the process with it.
    if room <= 0:
        raise RecursionError(f"more than {MOST_LEVELS} objects and lists inside one another")


def _renamed(data: dict[str, Any], *, trims: bool) -> dict[str, Any]:
    if trims:
        return {_key(key).strip(): value for key, value in data.items()}
    return {_key(key): value for key, value in data.items()}


def _are_in_order(keys: Iterable[str]) -> bool:
    before = ""
    for key in keys:
        if key < before:
            return False
        before = key
    return True


def _are_fit(keys: Iterable[str]) -> bool:
    """Whether nothing has to be done to any of the keys, as nearly always."""
    together = "".join(keys)
    return " " not in together and together.isprintable()


def _key(key: str) -> str:
    # BSON ends a key at NUL. A request's own keys were refused before; a parser may make others.
    return cleaned(key).replace("\0", "\ufffd")


def _value(value: Any, room: int, *, trims: bool) -> Any:
    if isinstance(value, str):
        text = cleaned(value)
        return text.strip() if trims else text
    if isinstance(value, float) and not _is_kept(value):
        return 0.0 if value == 0.0 else str(value)
    if isinstance(value, dict):
        return _object(value, room, trims=trims)
    if isinstance(value, list):
        return _list(value, room)
    if isinstance(value, tuple):
        return _list(list(value), room)
    return _double(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _is_kept(number: float) -> bool:
    # 0.0 and -0.0 are one number. Infinity and NaN are none.
    if number == 0.0:
        return copysign(1.0, number) > 0.0
    return number - number == 0.0


def _double(number: int) -> float | str:
    try:
        return float(number)
    except OverflowError:
        return str(number)
