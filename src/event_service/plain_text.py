"""A sender's texts and objects, made fit to be kept: trimmed, storable, readable as JSON."""

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any

LONGEST_WHOLE = 1e15


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
    """A copy with keys and texts trimmed, through objects; lists keep their members' spaces.

    Numbers become doubles, as they would have been on the wire, and keys are put in order, as deep
    as it goes: what says the same is the same. Of keys that trim to the same, the last stays.
    """
    return {
        name: value.strip() if type(value) is str and value.isascii() else _trimmed(value)
        for name, value in _in_order(data, lambda key: _key(key).strip())
    }


def _in_order(data: Mapping[str, Any], name_of: Callable[[str], str]) -> Sequence[tuple[str, Any]]:
    names = "".join(data)
    if names.isprintable() and " " not in names:  # all of them are fit already, as nearly always
        return sorted(data.items())
    return sorted({name_of(key): value for key, value in data.items()}.items())


def _key(key: str) -> str:
    # BSON ends a key at NUL. A request's own keys were refused before; a parser may make others.
    return cleaned(key).replace("\0", "\ufffd")


def _trimmed(value: Any) -> Any:
    if isinstance(value, str):
        return cleaned(value).strip()
    if isinstance(value, Mapping):
        return trimmed_object(value)
    return _kept(value)


def _kept(value: Any) -> Any:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, int | float):
        return _double(value)
    if isinstance(value, list | tuple):
        return [_kept(member) for member in value]
    if isinstance(value, Mapping):
        return {
            name: member if type(member) is str and member.isascii() else _kept(member)
            for name, member in _in_order(value, _key)
        }
    return value


def _double(number: float) -> float | str:
    try:
        double = float(number)
    except OverflowError:
        double = float("inf")
    # 0.0 and -0.0 are one number.
    return double + 0.0 if isfinite(double) else str(number)
