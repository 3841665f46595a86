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
_ALIKE: Final = 0.8


def check_variables(environment: Mapping[str, str]) -> Iterator[Finding]:
    """Finding of variables whose names look like misspelt settings.

    Others are left alone: Kubernetes makes some of a service's name.
    """
    known = {f"{_PREFIX}{name.upper()}" for name in Settings.model_fields}
    given = {name.upper() for name in environment if name.upper().startswith(_PREFIX)}
    for name in sorted(given - known - _OF_COMMANDS):
        alike = difflib.get_close_matches(name, known, n=1, cutoff=_ALIKE)
        if alike:
            found = f"{name} is not read: it is no setting"
            yield warning(_WHAT, found, f"Did you mean {alike[0]}?")
            return
    used = len(given & known)
    yield ok(_WHAT, f"valid, {used} of {len(known)} are set" if used else "valid, all as usual")
