"""How bad a message's colour says it is."""

import re
from colorsys import rgb_to_hsv

_NAMED = {"danger": "ERROR", "warning": "WARNING", "good": "INFO"}
_HEX = re.compile("[0-9a-f]{6}")
_GREY = 0.15
# Up to which part of the colour circle, from red over yellow, green and blue to red again.
_HUES = ((0.05, "ERROR"), (0.19, "WARNING"), (0.9, "INFO"), (1.0, "ERROR"))


def colour_severity(colour: str | None) -> str | None:
    """For Slack's three words or six hex digits; None for grey, and for what is no colour."""
    said = (colour or "").strip().lower()
    if said in _NAMED:
        return _NAMED[said]
    digits = said.removeprefix("#")
    if _HEX.fullmatch(digits) is None:
        return None
    hue, saturation, _ = rgb_to_hsv(*(part / 255 for part in bytes.fromhex(digits)))
    if saturation < _GREY:
        return None
    return next(severity for end, severity in _HUES if hue <= end)
