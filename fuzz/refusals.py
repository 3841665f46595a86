"""The errors that bad input may have, and what each of them must look like (CONTRACT 1.5)."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING
from urllib.parse import quote

from event_service.errors import (
    AuthenticateFailure,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    ServiceError,
    TooLarge,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

_DETAILS = re.compile(r"ERROR_[A-Z_]+: [^ ]", re.DOTALL)
_LONGEST = 8 * 1024
"""Bytes of a header that gRPC is sure to carry; details are written in it as a URL would be."""
_CALLERS_FAULT = (InvalidArgument, TooLarge, PermissionDenied, NotFound, AuthenticateFailure)


@contextmanager
def refused_well() -> Iterator[None]:
    """Lets pass what is the caller's own fault, when it is said as errors are; nothing else."""
    try:
        yield
    except _CALLERS_FAULT as error:
        check_refusal(error)


def check_refusal(error: ServiceError) -> None:
    """Raises AssertionError for an error that can't go over the wire."""
    assert _DETAILS.match(error.details), error.details[:200]
    assert len(quote(error.details)) <= _LONGEST, error.details[:200]
