"""A sender's words for how bad it is, as our severities (CONTRACT 3.3)."""

from collections.abc import Iterable, Mapping

from event_service.parsers.reading import text

UNKNOWN = "NOT_AVAILABLE"
ABSENT = "NONE"


class SeverityWords:
    """One sender's words; read without regard to case and outer spaces."""

    def __init__(self, words: Mapping[str, Iterable[str]]) -> None:
        """``words``: for each of our severities, what the sender calls it."""
        self._severities = {
            word.casefold(): severity for severity, given in words.items() for word in given
        }

    def severity(self, value: object) -> str:
        """NONE for what is absent or empty, NOT_AVAILABLE for a word that isn't known."""
        said = text(value)
        if said is None:
            return ABSENT
        return self._severities.get(said.casefold(), UNKNOWN)
