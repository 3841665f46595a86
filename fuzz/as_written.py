"""Imports modules as they are written, also those that were compiled."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    SourceFileLoader,
)
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def modules_as_written() -> Iterator[None]:
    """What is imported inside takes the source: compiled code does not say which lines it ran."""
    source_first = FileFinder.path_hook(
        (SourceFileLoader, SOURCE_SUFFIXES), (ExtensionFileLoader, EXTENSION_SUFFIXES)
    )
    sys.path_hooks.insert(0, source_first)
    sys.path_importer_cache.clear()
    try:
        yield
    finally:
        sys.path_hooks.remove(source_first)
        sys.path_importer_cache.clear()
