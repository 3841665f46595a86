"""A JSON object as bytes (RFC 8259), from senders that nobody controls."""

from __future__ import annotations

import json
from math import isfinite
from typing import TYPE_CHECKING, Any, NoReturn

from event_service.bodies.plain_text import cleaned
from event_service.errors import InvalidParameter, InvalidParameterType
from event_service.wire.members import MEMBER_BYTES, check_members
from event_service.wire.path import path_text
from event_service.wire.struct import DEFAULT_LIMITS, StructLimits

if TYPE_CHECKING:
    from event_service.wire.path import Path

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def json_object(
    body: bytes, limits: StructLimits = DEFAULT_LIMITS, name: str = "data"
) -> dict[str, Any]:
    """The object that ``body`` is, as ``struct_to_dict`` would have given it: numbers are doubles.

    Of keys that come twice the last stays; a lone surrogate becomes U+FFFD. ``name`` is what the
    object is called in errors. Raises InvalidParameter for what is no JSON (NaN, Infinity and
    what is no UTF-8 among it), for a number that no double can hold, for NUL in a key and for
    nesting over the limit; InvalidParameterType for JSON that is no object; TooLarge for more
    members than the limit.
    """
    try:
        read = _DECODER.decode(body.removeprefix(_BYTE_ORDER_MARK).decode("utf-8"))
    except UnicodeDecodeError as error:
        raise InvalidParameter(name, f"not UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        reason = f"no JSON: {error.msg} at line {error.lineno}, column {error.colno}"
        raise InvalidParameter(name, reason) from None
    except _NoNumber as error:
        raise InvalidParameter(name, str(error)) from None
    except RecursionError:
        raise InvalidParameter(name, "nested too deep") from None
    if not isinstance(read, dict):
        raise InvalidParameterType(name, "an object")
    if len(body) > limits.members * MEMBER_BYTES:
        check_members(read, limits.members, name)
    return _object(read, (None, name), limits.depth)


class _NoNumber(ValueError):
    pass


def _double(text: str) -> float:
    number = float(text)
    if not isfinite(number):
        raise _NoNumber("a number is too large for a double")
    return number


def _no_constant(text: str) -> NoReturn:
    raise _NoNumber(f"{text} is no JSON")


_DECODER = json.JSONDecoder(
    parse_int=_double, parse_float=_double, parse_constant=_no_constant, strict=True
)


def _object(members: dict[str, Any], path: Path, room: int) -> dict[str, Any]:
    if room <= 0:
        raise InvalidParameter(path_text(path), "nested too deep")
    checked: dict[str, Any] = {}
    for key, value in members.items():
        if "\0" in key:
            raise InvalidParameter(path_text((path, key)), "a key must not hold NUL")
        checked[cleaned(key)] = _value(value, path, key, room - 1)
    return checked


def _value(value: Any, parent: Path, step: str | int, room: int) -> Any:
    if isinstance(value, str):
        return cleaned(value)
    if isinstance(value, dict):
        return _object(value, (parent, step), room)
    if isinstance(value, list):
        if room <= 0:
            raise InvalidParameter(path_text((parent, step)), "nested too deep")
        path = (parent, step)
        return [_value(member, path, index, room - 1) for index, member in enumerate(value)]
    return value
