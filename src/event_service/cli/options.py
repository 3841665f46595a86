"""Options that several commands share, and the settings that come of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from event_service.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    Option: TypeAlias = Callable[[Callable[..., Any]], Callable[..., Any]]

LOCAL_WORKSPACE: Final = "workspace-local"
LOCAL_PROJECT: Final = "project-local"
"""Where webhooks are that are made without naming a place."""

data_dir_option: Option = click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Directory of the embedded stores [EVENT_DATA_DIR].",
)

address_option: Option = click.option(
    "--address", help="host:port; else that of the data directory or the settings."
)

json_option: Option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def settings_of(**given: object) -> Settings:
    """Settings of the environment; what was given on the command line wins.

    There are no options for addresses of stores: a password in one would stand in every list of
    processes. Raises pydantic.ValidationError.
    """
    return Settings.model_validate(
        {key: value for key, value in given.items() if value is not None}
    )


def variables_of(**given: object) -> dict[str, str]:
    """What was given on the command line, as variables for a process of ours."""
    return {f"EVENT_{key.upper()}": str(value) for key, value in given.items() if value is not None}
