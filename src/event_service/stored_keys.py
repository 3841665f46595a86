"""How a sender's own keys stand in the database: no key there ever starts with ``$``.

MongoDB, its driver and its relatives read meaning into such keys inside a sender's data: the
driver turns ``{"$ref": .., "$id": ..}`` into a DBRef, the embedded store refuses the whole write
for ``{"$oid": "x"}``, ``{"$uuid": "x"}`` or ``{"$minKey": 1}``, and a filter may take one for an
operator. So a key of backslashes (often none) followed by ``$`` gets one backslash more on its
way in and loses it on its way out; every other key, dots and all, is stored as it is.

This is the only place that knows it. What writes a sender's object uses ``to_stored``, what
reads one ``wire.plain_struct`` (or ``from_stored``), what names a key of one in a query
``stored_key``, and what has the database turn keys into texts or texts into keys
``original_in_database`` and ``stored_in_database``.
"""

from collections.abc import Callable, Mapping
from typing import Any

RESERVED = "$"
"""A key without it, wherever it stands, is the same in the database and at the sender."""
_MARK = "\\"


def stored_key(key: str) -> str:
    """The key as the database has it."""
    return _MARK + key if _is_reserved(key) else key


def original_key(key: str) -> str:
    """The sender's key for one of the database.

    Also right for keys never put through here, but for those of backslashes and a ``$``.
    """
    return key[1:] if key[:1] == _MARK and _is_reserved(key) else key


def stored_in_database(key: str) -> dict[str, Any]:
    """``stored_key`` as an expression of MongoDB's; ``key`` is one that gives a text."""
    marked = {"$concat": [{"$literal": _MARK}, key]}
    return {"$cond": [{"$regexMatch": {"input": key, "regex": r"^\\*\$"}}, marked, key]}


def original_in_database(key: str) -> dict[str, Any]:
    """``original_key`` as an expression of MongoDB's; ``key`` is one that gives a text."""
    unmarked = {"$substrCP": [key, 1, {"$strLenCP": key}]}
    return {"$cond": [{"$regexMatch": {"input": key, "regex": r"^\\+\$"}}, unmarked, key]}


def to_stored(data: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of a sender's object, as deep as it goes, with the keys of the database."""
    return _with_keys(data, stored_key)


def from_stored(data: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of ``to_stored``."""
    return _with_keys(data, original_key)


def _is_reserved(key: str) -> bool:
    return key.lstrip(_MARK)[:1] == RESERVED


def _with_keys(data: Mapping[str, Any], key_of: Callable[[str], str]) -> dict[str, Any]:
    return {
        key_of(key) if RESERVED in key else key: value
        if type(value) is str
        else _member(value, key_of)
        for key, value in data.items()
    }


def _member(value: Any, key_of: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return _with_keys(value, key_of)
    if isinstance(value, list):
        return [_member(member, key_of) for member in value]
    return value
