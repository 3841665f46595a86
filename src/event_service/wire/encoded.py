"""A message as its bytes.

gRPC needs no more of an answer. To read them into a message, only to write them again, takes
longer than all else in a list of large events, and several times their size in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar

from google.protobuf.message import Message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

DAMAGED: Final = "its bytes are damaged, a string is not UTF-8, or it is nested too deep"
"""Why protobuf does not read what should be the bytes of a message."""

_M_co = TypeVar("_M_co", bound=Message, covariant=True)


@dataclass(frozen=True, slots=True)
class Encoded(Generic[_M_co]):
    """The bytes of a message of that kind.

    They come in parts, each of which is such a message too: together they say what all of them
    say, in that order. So nobody has to have a large answer as a message all at once.
    """

    kind: type[_M_co]
    parts: Sequence[bytes]

    @property
    def content(self) -> bytes:
        """All of the bytes."""
        return b"".join(self.parts)

    def message(self) -> _M_co:
        """The message, a new one each time. Raises DecodeError if the bytes are none."""
        return self.kind.FromString(self.content)


Answer: TypeAlias = Message | Encoded[Message]
"""What a method answers with."""


def content_of(answer: Answer) -> bytes:
    """The bytes of an answer."""
    return answer.content if isinstance(answer, Encoded) else answer.SerializeToString()


def messages_in(answer: Answer) -> Iterable[Message]:
    """The messages that an answer comes in: mostly one, the answer itself."""
    if not isinstance(answer, Encoded):
        return (answer,)
    return map(answer.kind.FromString, answer.parts)
