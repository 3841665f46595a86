"""Reading values out of bodies that may hold anything anywhere; nothing here raises."""

import json
from base64 import b64decode
from collections.abc import Iterator, Mapping
from typing import Any

from event_service.bodies import plain_text

_DEEPEST = 32


def text(value: object) -> str | None:
    """A scalar's text, trimmed; None for null, objects, lists and what is empty.

    Whole numbers have no fraction, as numbers arrive as doubles: 93.0 is ``93``.
    """
    said = plain_text.from_scalar(value)
    return said.strip() or None if said is not None else None


def word(value: object) -> str:
    """A scalar's text in lower case, as senders' own words are compared; empty without one."""
    return (text(value) or "").casefold()


def texts_of(*values: object) -> list[str]:
    """The texts of those values that have one, and of the members of lists, in order."""
    flat = (each for value in values for each in (value if isinstance(value, list) else [value]))
    return [said for said in map(text, flat) if said is not None]


def first_text(*values: object) -> str | None:
    """The first of the values that has a text."""
    return next((said for said in map(text, values) if said is not None), None)


def mapping(value: object) -> Mapping[str, Any]:
    """The value when it is an object, else an empty one."""
    return value if isinstance(value, Mapping) else {}


def sequence(value: object) -> list[Any]:
    """The value when it is a list, else an empty one."""
    return value if isinstance(value, list) else []


def mappings(value: object) -> list[Mapping[str, Any]]:
    """Those members of a list that are objects; none for what is no list."""
    return [member for member in sequence(value) if isinstance(member, Mapping)]


def at(value: object, *path: str) -> Any:
    """What lies under these names, one inside the other; None when any of them is missing."""
    for name in path:
        value = mapping(value).get(name)
    return value


def text_at(value: object, *path: str) -> str | None:
    """The text that lies under these names, one inside the other."""
    return text(at(value, *path))


def joined(*values: object, by: str = " ") -> str | None:
    """As ``texts_of``, in one text; None when none has one."""
    return by.join(texts_of(*values)) or None


def present(fields: Mapping[str, object]) -> dict[str, Any]:
    """The fields that say something: without null and empty texts, objects and lists."""
    return {name: value for name, value in fields.items() if not _is_empty(value)}


def texts(*fields: Mapping[str, object]) -> dict[str, str]:
    """The fields that say something as texts, for additional_info; objects and lists as JSON.

    Of fields of one name, the last that says something stays.
    """
    return {name: said for each in fields for name, said in _texts(each)}


def json_text(value: object) -> str:
    """An object or list as JSON text, its numbers written as ``text`` writes them.

    What is nested more than 32 deep is null there, so that no body exhausts the stack.
    """
    return json.dumps(_plain(value, _DEEPEST), ensure_ascii=False)


def json_object(value: object) -> Mapping[str, Any] | None:
    """The object that a JSON text holds, or None. Senders put bodies into bodies as texts, and
    templates quote such a text once more.
    """
    found = _json(value, '{"')
    found = _json(found, "{") if isinstance(found, str) else found
    return found if isinstance(found, Mapping) else None


def base64_object(value: object) -> Mapping[str, Any] | None:
    """The object that a JSON text in base64 holds, as some envelopes bring it, or None."""
    if not isinstance(value, str):
        return None
    try:
        told = b64decode(value, validate=True).decode()
    except ValueError:
        return None
    return json_object(told)


def _json(value: object, beginnings: str) -> object:
    if not isinstance(value, str) or value.lstrip()[:1] not in {*beginnings}:
        return None
    try:
        found: object = json.loads(value)
    except (ValueError, RecursionError):
        return None
    return found


def _is_empty(value: object) -> bool:
    return value is None or (isinstance(value, str | Mapping | list | tuple) and not value)


def _texts(fields: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    for name, value in present(fields).items():
        said = json_text(value) if isinstance(value, Mapping | list | tuple) else text(value)
        if said is not None:
            yield name, said


def _plain(value: object, depth: int) -> object:
    if isinstance(value, Mapping | list | tuple) and not depth:
        return None
    if isinstance(value, Mapping):
        return {str(name): _plain(member, depth - 1) for name, member in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(member, depth - 1) for member in value]
    if isinstance(value, float) and value.is_integer() and abs(value) < plain_text.LONGEST_WHOLE:
        return int(value)
    return value
