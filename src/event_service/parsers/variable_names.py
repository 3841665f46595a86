"""The names that people give the members of a body which they write with a sender's variables."""

import re
from collections.abc import Mapping
from typing import Any

# Between the words of alertTransition and of EVENT.ID.
_BETWEEN_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[.\- ]")
_SEPARATORS = "_.- "
# No sender has as many variables: what has more members is no template, and not worth the time.
_MOST_NAMES = 500


def by_variable(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """The body with its names in lower case too, and an underscore between words.

    ``alertTransition``, ``ALERT_TRANSITION`` and ``alert_transition`` are one variable, and so are
    ``EVENT.ID`` and ``event_id``. Of names of one variable, the one that is written so wins. A body
    of more than 500 members is left as it is.
    """
    if len(body) > _MOST_NAMES:
        return body
    return {_variable(name): value for name, value in body.items()} | dict(body)


def spellings(variable: str) -> frozenset[str]:
    """How ``event_id`` is written: also as eventId and EventId, and in small or capital letters
    with a dot, hyphen or space in it.

    For the marks of a source, which are names as they stand.
    """
    parted = {case.replace("_", by) for case in (variable, variable.upper()) for by in _SEPARATORS}
    pascal = "".join(word.capitalize() for word in variable.split("_"))
    return frozenset(parted | {pascal, pascal[0].lower() + pascal[1:]})


def _variable(name: str) -> str:
    return _BETWEEN_WORDS.sub("_", name).lower()
