"""Bodies to try the service with, one per source, as the source would send them.

``{{serial}}`` in a text stands for what tells one alarm of the sample from another.
"""

from __future__ import annotations

import json
from importlib.resources import files
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

_SERIAL = "{{serial}}"
_SUFFIX = ".json"


def sample_names() -> list[str]:
    """The sources that there is a sample of, in order."""
    names = [entry.name for entry in files(__name__).iterdir()]
    return sorted(name.removesuffix(_SUFFIX) for name in names if name.endswith(_SUFFIX))


def sample(source: str, serial: int) -> Mapping[str, Any]:
    """The body of a firing alarm; of one serial number, it is the same alarm every time.

    Raises ValueError when there is no sample of the source.
    """
    if source not in sample_names():
        raise ValueError(f"there is no sample of {source}")
    text = files(__name__).joinpath(f"{source}{_SUFFIX}").read_text(encoding="utf-8")
    # Digits alone stay themselves also in a text of JSON within JSON.
    body: dict[str, Any] = json.loads(text.replace(_SERIAL, str(serial)))
    return body
