"""Lines of the log come out whole, in their order and soon; warnings at once."""

from __future__ import annotations

import io
import os
import select
import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from event_service.log_writer import LogWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

    from _typeshed import ReadableBuffer

    from event_service.log_writer import Line


def text_of(line: Line) -> str:
    return str(line["text"])


class Pipe:
    """What a reader sees of it."""

    def __init__(self) -> None:
        self.read_end, write_end = os.pipe()
        self.stream: BinaryIO = os.fdopen(write_end, "wb")

    def portion(self) -> bytes:
        """What is there, waiting until there is something."""
        ready, _, _ = select.select([self.read_end], [], [], 10)
        assert ready, "nothing comes"
        return os.read(self.read_end, 1_000_000)


class Portions(io.BytesIO):
    """What was written in one go each time."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[bytes] = []

    def write(self, portion: ReadableBuffer) -> int:
        self.seen.append(bytes(portion))
        return super().write(portion)


@pytest.fixture
def pipe() -> Iterator[Pipe]:
    pipe = Pipe()
    yield pipe
    pipe.stream.close()
    os.close(pipe.read_end)


def test_a_line_comes_by_itself(pipe: Pipe) -> None:
    LogWriter(pipe.stream, text_of).write_soon({"text": "one"})
    assert pipe.portion() == b"one\n"


def test_a_warning_comes_at_once_and_after_those_before_it(pipe: Pipe) -> None:
    writer = LogWriter(pipe.stream, text_of)
    writer.write_soon({"text": "one"})
    writer.write({"text": "two"})
    assert select.select([pipe.read_end], [], [], 0)[0]
    assert pipe.portion() == b"one\ntwo\n"


def test_several_lines_stay_below_what_a_pipe_keeps_together() -> None:
    stream = Portions()
    writer = LogWriter(stream, text_of)
    sent = [str(number) * 1_000 for number in range(10)]
    for text in sent[:-1]:
        writer.write_soon({"text": text})
    writer.write({"text": sent[-1]})
    assert all(
        portion.endswith(b"\n") and len(portion) <= select.PIPE_BUF for portion in stream.seen
    )
    assert b"".join(stream.seen).decode().split() == sent
    assert len(stream.seen) < len(sent)


def test_none_is_lost_when_many_come(pipe: Pipe) -> None:
    writer = LogWriter(pipe.stream, text_of)
    threads, each = 8, 5_000
    seen: list[bytes] = []

    def read() -> None:
        with os.fdopen(os.dup(pipe.read_end), "rb") as reader:
            seen.extend(reader.readline() for _ in range(threads * each))

    def send(number: int) -> None:
        for at in range(each):
            writer.write_soon({"text": f"{number}-{at}"})

    senders = [threading.Thread(target=send, args=(number,)) for number in range(threads)]
    reading = threading.Thread(target=read)
    for thread in (reading, *senders):
        thread.start()
    for thread in (*senders, reading):
        thread.join(60)
    came = [line.decode().strip().split("-") for line in seen]
    for number in range(threads):
        assert [int(at) for of, at in came if of == str(number)] == list(range(each))


def test_what_cannot_be_written_fails_nobody() -> None:
    stream = io.BytesIO()
    writer = LogWriter(stream, text_of)
    stream.close()
    writer.write({"text": "lost"})


def test_a_surrogate_is_written_as_what_it_is(pipe: Pipe) -> None:
    LogWriter(pipe.stream, text_of).write({"text": "a\udc80"})
    assert pipe.portion() == b"a\\udc80\n"


def test_the_last_lines_of_a_process_are_written() -> None:
    program = (
        "import sys\n"
        "from event_service.log_writer import LogWriter\n"
        "LogWriter(sys.stderr.buffer, str).write_soon({'last': 1})\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], check=True, capture_output=True, text=True
    )
    assert done.stderr == "{'last': 1}\n"
