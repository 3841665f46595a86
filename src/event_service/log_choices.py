"""What the settings choose about the log."""

from enum import StrEnum


class LogFormat(StrEnum):
    """How a line of the log is written."""

    AUTO = "auto"
    JSON = "json"
    CONSOLE = "console"


class LoggedCalls(StrEnum):
    """Which calls have a line of the log each; those that fail always have one."""

    ALL = "all"
    SLOW = "slow"
    ERRORS = "errors"
