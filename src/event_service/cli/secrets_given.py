"""Keys and tokens from where a list of processes doesn't show them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pathlib import Path


def secret_given(given: str | None, file: Path | None, variable: str) -> str | None:
    """What was given, else the file's content, else the variable; None if there is none of them.

    Raises click.ClickException, naming the place and never its content.
    """
    if given is not None and file is not None:
        raise click.UsageError("a key is given, and a file with one too")
    if given is not None:
        return given
    if file is None:
        return os.environ.get(variable) or None
    try:
        content = file.read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as fault:
        raise click.ClickException(f"{file} can't be read: {type(fault).__name__}") from None
    if not content:
        raise click.ClickException(f"{file} is empty")
    return content
