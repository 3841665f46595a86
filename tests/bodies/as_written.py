"""The modules of ``event_service.bodies``, as they were installed and as they are written."""

from __future__ import annotations

from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import strategies as st

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


def in_both_forms(name: str) -> pytest.MarkDecorator:
    """Runs a test with the module of that name in either form, as ``module``."""
    installed = import_module(f"event_service.bodies.{name}")
    return pytest.mark.parametrize(
        "module", [installed, as_written(name)], ids=["installed", "as written"]
    )


def objects(
    keys: st.SearchStrategy[str], scalars: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    """Objects with these keys, of objects and lists of these scalars."""
    values = st.recursive(
        scalars,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(keys, inner, max_size=5),
        max_leaves=30,
    )
    return st.dictionaries(keys, values, max_size=8)
