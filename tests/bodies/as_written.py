"""The modules of ``event_service.bodies``, as they were installed and as they are written."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING

from event_service import bodies

if TYPE_CHECKING:
    from types import ModuleType

DIRECTORY = Path(bodies.__file__).parent
SOURCES = sorted(DIRECTORY.glob("[!_]*.py"))


def as_written(name: str) -> ModuleType:
    """The module of that name, run by Python even if it was compiled."""
    spec = spec_from_file_location(f"as_written_{name}", DIRECTORY / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
