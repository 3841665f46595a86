"""Who asks, and how far that caller sees (CONTRACT 2)."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """The tenant a read or write is confined to.

    ``workspace_id`` None means every workspace of the domain; ``projects`` None means every
    project, an empty set none at all.
    """

    domain_id: str
    workspace_id: str | None = None
    projects: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class Caller:
    """An authenticated caller: its role's name, for the log, and its scope."""

    role: str
    scope: Scope
