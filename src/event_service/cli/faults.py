"""Tells an operator what went wrong in a line, instead of a traceback."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
from pydantic import ValidationError
from pymongo.errors import PyMongoError
from redis.exceptions import RedisClusterException, RedisError

from event_service.cli.terminal import visible
from event_service.errors import ServiceError
from event_service.start_errors import StartError

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
        raise click.ClickException(_settings_told(fault)) from fault
    except PyMongoError as fault:
        raise click.ClickException(f"MongoDB failed: {_first_clause(fault)}") from fault
    except (RedisError, RedisClusterException) as fault:
        raise click.ClickException(f"Redis failed: {_first_clause(fault)}") from fault


def _settings_told(fault: ValidationError) -> str:
    errors = fault.errors(include_input=False, include_url=False, include_context=False)
    return "\n".join(
        f"EVENT_{'.'.join(str(part) for part in error['loc']).upper()}: {error['msg']}"
        for error in errors
    )


def _first_clause(fault: Exception) -> str:
    """The drivers go on for pages: whole topologies, and what they were asked to do."""
    told = str(fault).split("\n", 1)[0].split(", full error", 1)[0].split(", Timeout", 1)[0]
    return f"{type(fault).__name__}: {told}"
