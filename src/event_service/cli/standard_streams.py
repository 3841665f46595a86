"""Standard input, output and error, which whoever starts a program may have closed."""

from __future__ import annotations

import os
import sys
from typing import Final

_MODES: Final = {"stdin": "r", "stdout": "w", "stderr": "w"}


def open_standard_streams() -> None:
    """Open those that are closed on nothing, for this process and those that it starts.

    Else what is opened next would take their place, and get what is written to them.
    """
    for name, mode in _MODES.items():
        if getattr(sys, name) is None:
            # The lowest number that is free: that of the stream.
            descriptor = os.open(os.devnull, os.O_RDWR)
            os.set_inheritable(descriptor, True)  # noqa: FBT003  # it takes no name
            setattr(sys, name, os.fdopen(descriptor, mode, encoding="utf-8"))
