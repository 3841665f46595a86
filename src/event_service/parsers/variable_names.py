"""The names that people give the members of a body which they write with a sender's variables."""

import re
from collections.abc import Mapping
from typing import Any

# Between the words of alertTransition and of EVENT.ID.
_BETWEEN_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[.\- ]")
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


def spellings(variable: str) -> tuple[str, str, str, str]:
    """How ``event_id`` is written: also as eventId, EVENT_ID and EVENT.ID.

    For the marks of a source, which are names as they stand.
    """
    first, *rest = variable.split("_")
    camel = first + "".join(word.capitalize() for word in rest)
    upper = variable.upper()
    return (variable, camel, upper, upper.replace("_", "."))


def _variable(name: str) -> str:
    return _BETWEEN_WORDS.sub("_", name).lower()
