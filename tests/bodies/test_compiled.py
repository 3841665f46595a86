"""Where a C compiler can be had, ``event_service.bodies`` is compiled, from what stands there."""

from __future__ import annotations

import shutil
import sysconfig
from importlib.machinery import PathFinder
from pathlib import Path

import pytest

from tests.bodies.as_written import SOURCES


@pytest.mark.parametrize("source", SOURCES, ids=lambda source: source.stem)
def test_is_compiled_and_up_to_date(source: Path) -> None:
    # Not by ``__file__``: it is wrong where one compiled module was imported by another.
    found = PathFinder.find_spec(source.stem, [str(source.parent)])
    assert found is not None
    used = Path(str(found.origin))
    compiler = shutil.which("cc") or shutil.which("gcc")
    headers = Path(sysconfig.get_path("include"), "Python.h")
    if used == source:
        assert not (compiler and headers.exists()), "make .venv/.test compiles it"
    else:
        assert used.stat().st_mtime >= source.stat().st_mtime, "make .venv/.test compiles it again"


def test_there_is_something_to_compile() -> None:
    assert SOURCES
