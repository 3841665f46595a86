"""A sender's texts and objects, made fit to be kept: trimmed, storable, readable as JSON."""

from collections.abc import Iterable, Mapping
from typing import Any

LONGEST_WHOLE = 1e15
MOST_LEVELS = 100
"""As deep as a request may be nested, and more than an event in it can be."""


def cleaned(text: str) -> str:
    """The text with U+FFFD for lone surrogates, which neither BSON nor protobuf can carry."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


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
    """A copy with keys and texts trimmed, through objects (CONTRACT 3.5).

    Lists keep their members' spaces. Numbers become doubles, as they would have been on the wire,
    and keys are put in order, as deep as it goes: what says the same is the same. Of keys that trim
    to the same, the last stays.
    Raises RecursionError for more than ``MOST_LEVELS`` objects and lists inside one another.
    """
    return _trimmed_object(dict(data), MOST_LEVELS)


def _trimmed_object(data: dict[str, Any], room: int) -> dict[str, Any]:
    _check_room(room)
    members = data if _are_fit(data) else {_key(key).strip(): data[key] for key in data}
    return {key: _trimmed(members[key], room - 1) for key in sorted(members)}


def _kept_object(data: dict[str, Any], room: int) -> dict[str, Any]:
    _check_room(room)
    members = data if _are_fit(data) else {_key(key): data[key] for key in data}
    return {key: _kept(members[key], room - 1) for key in sorted(members)}


def _kept_list(data: list[Any], room: int) -> list[Any]:
    _check_room(room)
    return [_kept(member, room - 1) for member in data]


def _check_room(room: int) -> None:
    # Compiled code has nothing else that ends it before the stack does, and the process with it.
    if room <= 0:
        raise RecursionError(f"more than {MOST_LEVELS} objects and lists inside one another")


def _are_fit(keys: Iterable[str]) -> bool:
    """Whether nothing has to be done to any of the keys, as nearly always."""
    together = "".join(keys)
    return " " not in together and together.isprintable()


def _key(key: str) -> str:
    # BSON ends a key at NUL. A request's own keys were refused before; a parser may make others.
    return cleaned(key).replace("\0", "\ufffd")


def _trimmed(value: Any, room: int) -> Any:
    if isinstance(value, str):
        return cleaned(value).strip()
    if isinstance(value, dict):
        return _trimmed_object(value, room)
    return _kept(value, room)


def _kept(value: Any, room: int) -> Any:
    if isinstance(value, str):
        return value if value.isascii() else cleaned(value)
    if isinstance(value, float):
        return _kept_number(value)
    if isinstance(value, dict):
        return _kept_object(value, room)
    if isinstance(value, list):
        return _kept_list(value, room)
    if isinstance(value, tuple):
        return _kept_list(list(value), room)
    return _double(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _kept_number(number: float) -> float | str:
    # 0.0 and -0.0 are one number. Infinity and NaN are none.
    return number + 0.0 if number - number == 0.0 else str(number)


def _double(number: int) -> float | str:
    try:
        return float(number)
    except OverflowError:
        return str(number)
