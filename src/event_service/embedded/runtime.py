"""``runtime.json``: where a running service and its stores are reached."""

import json
from dataclasses import asdict, dataclass, field
from typing import Self

RUNTIME_FILE = "runtime.json"


@dataclass(frozen=True, slots=True)
class Runtime:
    """Addresses of a running service. The file is for its owner alone: they may hold passwords."""

    grpc: str
    """``host:port``."""
    http: str | None
    """``host:port``; None without HTTP."""
    mongodb_uri: str = field(repr=False)
    """With the database's name."""
    redis_url: str = field(repr=False)
    pid: int

    def to_json(self) -> str:
        """The content of the file."""
        return json.dumps(asdict(self), indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The reverse; fields that a later version may add are ignored.

        Raises ValueError for what lacks a field.
        """
        content = json.loads(text)
        try:
            return cls(**{name: content[name] for name in cls.__dataclass_fields__})
        except (KeyError, TypeError) as error:
            raise ValueError(f"no content of {RUNTIME_FILE}") from error
