"""What an app may do: that is not in its token but in the identity service."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, NamedTuple, TypeAlias

from event_service.loading_cache import Lifetimes

# Shorter than a key's: an app that was switched off shall notice.
APP_LIFETIMES: Final = Lifetimes(found=60.0, stale=540.0)


class App(NamedTuple):
    """An app of a domain."""

    domain_id: str
    client_id: str


@dataclass(frozen=True, slots=True)
class AppGrant:
    """The permissions of an app's role, and the projects that it is confined to."""

    permissions: tuple[str, ...]
    projects: frozenset[str]


AppGrants: TypeAlias = Callable[[App], AppGrant | None]
"""What an app may do; None if there is none or it is disabled.

Raises Unavailable when that can't be found out now. Any thread may call it.
"""
