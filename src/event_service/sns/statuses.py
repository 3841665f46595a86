"""What the HTTP status of an answer of SNS means."""

from __future__ import annotations

from typing import Final

OK: Final = 200
_TOO_MANY, _THEIR_FAULT = 429, 500


def passes(status: int) -> bool:
    """Whether it is a refusal that another try may not meet any more."""
    return status == _TOO_MANY or status >= _THEIR_FAULT
