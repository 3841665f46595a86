"""How many members a sender's object has in all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from event_service.errors import TooLarge

if TYPE_CHECKING:
    from collections.abc import Mapping

MEMBER_BYTES = 2
"""The fewest bytes that a member takes, in JSON (``1,``) and in a message: a body of fewer than
this times the limit of members needs no counting."""


def check_members(read: Mapping[str, Any], most: int, name: str) -> None:
    """Raises TooLarge, naming the parameter ``name``, when objects and lists have more members.

    What is done with a body costs by the member, not by the byte: four million bytes of empty lists
    would hold the interpreter for ten seconds.
    """
    count = 0
    containers: list[Any] = [read]
    while containers:
        container = containers.pop()
        count += len(container)
        if count > most:
            raise TooLarge(f"members of {name}", most)
        members = container.values() if isinstance(container, dict) else container
        containers += [member for member in members if isinstance(member, dict | list)]
