"""Tells an operator what went wrong in a line, instead of a traceback."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from pydantic import ValidationError
from pymongo.errors import PyMongoError

from event_service.cli.terminal import visible
from event_service.errors import ServiceError
from event_service.start_errors import StartError
from event_service.store_clients import REDIS_FAULTS, first_clause

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def told_plainly() -> Iterator[None]:
    """Turn faults that have a reason outside of the program into one of click's, with exit 1."""
    try:
        yield
    except ServiceError as fault:
        raise click.ClickException(visible(fault.details)) from fault
    except StartError as fault:
        raise click.ClickException(str(fault)) from fault
    except ValidationError as fault:
        raise click.ClickException("\n".join(settings_told(fault))) from fault
    except PyMongoError as fault:
        raise click.ClickException(f"MongoDB failed: {first_clause(fault)}") from fault
    except REDIS_FAULTS as fault:
        raise click.ClickException(f"Redis failed: {first_clause(fault)}") from fault


def settings_told(fault: ValidationError) -> list[str]:
    """A line for each setting that is wrong, without its value."""
    errors = fault.errors(include_input=False, include_url=False, include_context=False)
    return [
        f"EVENT_{'.'.join(str(part) for part in error['loc']).upper()}: {error['msg']}"
        for error in errors
        # A default that was not made because of another setting says nothing of its own.
        if error["type"] != "default_factory_not_called"
    ]
