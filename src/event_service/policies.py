"""The two choices that a webhook or the settings make about its events (CONTRACT 4.3, 4.4)."""

from enum import StrEnum


class RecordingPolicy(StrEnum):
    """What of a duplicate is recorded as an event of its own; the rest is counted."""

    CHANGED = "changed"
    """What differs from what was last recorded for the key."""
    ALL = "all"
    """Every delivery."""
    FIRST = "first"
    """None."""


class RecoveryMode(StrEnum):
    """What a RECOVERY does to the open alert of its key."""

    AUTO = "AUTO"
    """The alert becomes RESOLVED."""
    MANUAL = "MANUAL"
    """The event is recorded and nothing else."""
