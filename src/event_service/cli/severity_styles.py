"""How bad an event is, as a colour; NO_COLOR and pipes have none."""

from __future__ import annotations

from typing import Final

_STYLES: Final = {
    "CRITICAL": "bold red",
    "ERROR": "red",
    "WARNING": "yellow",
    "INFO": "cyan",
}


def style_of(event_type: str, severity: str) -> str:
    """A style of rich; what is over is green however bad it was."""
    return "green" if event_type == "RECOVERY" else _STYLES.get(severity, "")
