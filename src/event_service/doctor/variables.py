"""Is every EVENT_ variable one that is read?"""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Final

from event_service.doctor.finding import ok, warning
from event_service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from event_service.doctor.finding import Finding

_WHAT: Final = "Settings"
_PREFIX: Final = "EVENT_"
_OF_COMMANDS: Final = frozenset({"EVENT_TOKEN", "EVENT_ACCESS_KEY"})
_KNOWN: Final = frozenset(f"{_PREFIX}{name.upper()}" for name in Settings.model_fields)
_ALIKE: Final = 0.8


def misspelt(environment: Mapping[str, str]) -> list[tuple[str, str]]:
    """Variables whose names look like misspelt settings, each with the setting that is meant.

    Others are left alone: Kubernetes makes some of a service's name.
    """
    return [
        (name, alike)
        for name in sorted(_given(environment) - _KNOWN - _OF_COMMANDS)
        for alike in difflib.get_close_matches(name, _KNOWN, n=1, cutoff=_ALIKE)
    ]


def check_variables(environment: Mapping[str, str]) -> Iterator[Finding]:
    """A finding of each name that is misspelt, or one of them all."""
    slips = misspelt(environment)
    for name, alike in slips:
        yield warning(_WHAT, f"{name} is not read: it is no setting", f"Did you mean {alike}?")
    if not slips:
        used = len(_given(environment) & _KNOWN)
        told = f"valid, {used} of {len(_KNOWN)} are set" if used else "valid, all as usual"
        yield ok(_WHAT, told)


def _given(environment: Mapping[str, str]) -> set[str]:
    return {name.upper() for name in environment if name.upper().startswith(_PREFIX)}
