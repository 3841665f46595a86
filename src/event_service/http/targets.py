"""The targets of requests, in the form that every path is looked up in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

if TYPE_CHECKING:
    from starlette.types import Scope

_AUTHORITY: Final = re.compile(rb"https?://[^/]*", re.IGNORECASE)


def in_origin_form(scope: Scope) -> None:
    """Leave the path alone of a target that is a whole address, as it is sent to proxies.

    A server has to take it (RFC 9112 3.2.2); whose name it has is nobody's concern here.
    """
    authority = _AUTHORITY.match(scope["raw_path"])
    if authority is not None:
        raw_path = scope["raw_path"][authority.end() :]
        scope.update(raw_path=raw_path, path=unquote(raw_path.decode("ascii")))
