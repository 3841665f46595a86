"""A sender's words for how bad it is, as our severities (CONTRACT 3.3)."""

from collections.abc import Iterable, Mapping

from event_service.parsers.reading import text

UNKNOWN = "NOT_AVAILABLE"
ABSENT = "NONE"
# What most senders call it, and their users where it is left to them.
CUSTOMARY = {
    "CRITICAL": ("critical", "crit", "page", "emergency", "emerg", "fatal", "disaster", "p1"),
    "ERROR": ("error", "err", "major", "high", "p2"),
    "WARNING": ("warning", "warn", "minor", "medium", "average", "ticket", "p3"),
    "INFO": ("info", "information", "informational", "notice", "low", "debug", "p4", "p5"),
    "NONE": ("none",),
}


class SeverityWords:
    """One sender's words; read without regard to case and outer spaces."""

    def __init__(self, *words: Mapping[str, Iterable[str]], absent: str = ABSENT) -> None:
        """``words``: for each of our severities, what the sender calls it.

        ``absent`` is the severity of what says none.
        """
        self._absent = absent
        self._severities = {
            word.casefold(): severity
            for each in words
            for severity, given in each.items()
            for word in given
        }

    def severity(self, value: object) -> str:
        """``absent`` for what is absent or empty, NOT_AVAILABLE for a word that isn't known."""
        said = text(value)
        if said is None:
            return self._absent
        return self._severities.get(said.casefold(), UNKNOWN)
