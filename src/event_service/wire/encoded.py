"""A message as its bytes.

gRPC needs no more of an answer. To read them into a message, only to write them again, takes
longer than all else in a list of large events, and several times their size in memory.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeAlias, TypeVar

from google.protobuf.message import Message

_M_co = TypeVar("_M_co", bound=Message, covariant=True)


@dataclass(frozen=True, slots=True)
class Encoded(Generic[_M_co]):
    """The bytes of a message of that kind."""

    kind: type[_M_co]
    content: bytes

    def message(self) -> _M_co:
        """The message, a new one each time. Raises DecodeError if the bytes are none."""
        return self.kind.FromString(self.content)


Answer: TypeAlias = Message | Encoded[Message]
"""What a method answers with."""


def content_of(answer: Answer) -> bytes:
    """The bytes of an answer."""
    return answer.content if isinstance(answer, Encoded) else answer.SerializeToString()


def message_in(answer: Answer) -> Message:
    """The message that an answer is."""
    return answer.message() if isinstance(answer, Encoded) else answer
