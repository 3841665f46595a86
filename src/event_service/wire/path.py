"""Where in a request a value stands, as an error message says it: ``data.alerts[3].x``."""

import json
import re
from typing import Any, TypeAlias

# A linked list from the leaf up, so that walking down a large body costs one tuple a level and
# text is made only when something is wrong. What Any is is a Path again; mypyc, which compiles who
# walks, can't follow a type into itself.
Path: TypeAlias = tuple[Any, str | int] | None

_PLAIN = re.compile(r"[A-Za-z0-9_-]{1,64}")
_LONGEST_KEY = 64
# gRPC carries an error's details in a header, and headers have a limit of a few KiB.
_LONGEST_PATH = 256


def path_text(path: Path) -> str:
    """The path from the request's parameter to the value, cut where it gets too long."""
    steps: list[str] = []
    while path is not None:
        path, step = path
        steps.append(_step_text(step, is_first=path is None))
    text = "".join(reversed(steps))
    return text if len(text) <= _LONGEST_PATH else text[:_LONGEST_PATH] + "..."


def _step_text(step: str | int, *, is_first: bool) -> str:
    if isinstance(step, int):
        return f"[{step}]"
    if is_first:
        return step
    if _PLAIN.fullmatch(step):
        return f".{step}"
    short = step if len(step) <= _LONGEST_KEY else step[:_LONGEST_KEY] + "..."
    return f"[{json.dumps(short)}]"
