"""What the OpenTelemetry SDK has to say of its variables, before there is a log to say it in."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_SDK: Final = "opentelemetry"


@contextmanager
def complaints() -> Iterator[list[str]]:
    """Gather what the SDK warns of meanwhile, which would go to standard error as it is.

    A complaint is kept without what it quotes: that may be a header which holds a token.
    """
    kept: list[str] = []
    listener = _Listener(kept)
    logger = logging.getLogger(_SDK)
    logger.addHandler(listener)
    propagated, logger.propagate = logger.propagate, False
    try:
        yield kept
    finally:
        logger.propagate = propagated
        logger.removeHandler(listener)


class _Listener(logging.Handler):
    def __init__(self, kept: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._kept = kept

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the text with its gaps; the same is said once for spans and once for the log."""
        text = str(record.msg)
        if text not in self._kept:
            self._kept.append(text)
