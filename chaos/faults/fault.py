"""What a fault is."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from random import Random

    from chaos.stand import Stand


@dataclass(frozen=True, slots=True)
class Needs:
    """How the service has to be started for a fault; see ``service.ServiceProcess``."""

    environment: Mapping[str, str] = field(default_factory=dict)
    wrapper: Sequence[str] = ()
    visible: str = ""


class Fault(ABC):
    """A fault that is made again and again. ``name`` is what the command line calls it."""

    name: str
    rounds_of_a_service: ClassVar[int] = 1_000
    """How often one service can take it; then there is another one."""

    def impossible(self) -> str | None:
        """Why it can't be made on this system; None if it can."""
        return None

    def needs(self, directory: Path) -> Needs:  # noqa: ARG002
        """What it needs of the service, whose data directory is ``directory``."""
        return Needs()

    @abstractmethod
    def strike(self, stand: Stand, random: Random) -> float:
        """Make it and end it; the moment (``monotonic``) from which all was there again.

        Raises chaos.stand.NoReturn.
        """
