"""What was found of one thing, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class Mark(StrEnum):
    """How it is. SKIPPED: it could not be looked at, for a reason that another finding has."""

    OK = "ok"
    WARNING = "warning"
    FAILURE = "failure"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of what was found of ``what``, and one of what to do, empty when all is well.

    Neither ever has an address with a password, a token or a key.
    """

    what: str
    mark: Mark
    found: str
    advice: str = ""


def ok(what: str, found: str) -> Finding:
    """All is well."""
    return Finding(what, Mark.OK, found)


def warning(what: str, found: str, advice: str) -> Finding:
    """It works, and should be seen to."""
    return Finding(what, Mark.WARNING, found, advice)


def failure(what: str, found: str, advice: str) -> Finding:
    """It does not work, or will not when it matters."""
    return Finding(what, Mark.FAILURE, found, advice)


def skipped(what: str, found: str) -> Finding:
    """It could not be looked at."""
    return Finding(what, Mark.SKIPPED, found)


def exit_status(findings: Iterable[Finding]) -> int:
    """0 if all is well or only to be seen to, 1 for a failure."""
    return int(any(finding.mark is Mark.FAILURE for finding in findings))
