"""What an installation, or one webhook, may decide about duplicates and recoveries (CONTRACT 4)."""

from __future__ import annotations

from enum import StrEnum


class RecordingPolicy(StrEnum):
    """Which duplicates become events of their own (CONTRACT 4.4)."""

    CHANGED = "changed"
    ALL = "all"
    FIRST = "first"


class RecoveryMode(StrEnum):
    """Whether a RECOVERY resolves its alert, or a person does (CONTRACT 4.3)."""

    AUTO = "AUTO"
    MANUAL = "MANUAL"
