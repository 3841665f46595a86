"""What a fault is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

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
    processes: int = 1


class Fault(Protocol):
    """A fault that is made again and again."""

    @property
    def name(self) -> str:
        """What it is called on the command line."""

    def impossible(self) -> str | None:
        """Why it can't be made on this system; None if it can."""

    def needs(self, directory: Path) -> Needs:
        """What it needs of the service, whose data directory is ``directory``."""

    def strike(self, stand: Stand, random: Random) -> float:
        """Make it and end it; the moment (``monotonic``) from which all was there again.

        Raises chaos.stand.NoReturn.
        """
