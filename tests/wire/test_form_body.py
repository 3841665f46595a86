"""The payload of a form is what urllib reads, without an object for each of its escapes."""

from __future__ import annotations

import tracemalloc
from urllib.parse import unquote_to_bytes

import pytest

from event_service.wire.form_body import without_form


def test_what_is_no_form_stays() -> None:
    assert without_form(b'{"payload=": "%41+"}') == b'{"payload=": "%41+"}'


@pytest.mark.parametrize(
    "text",
    [b"", b"a", b"%7b%7D", b"100% of %41%4", b"%%41%g1%", b"%41" * 1000 + b"b", b"\xff%ff\n%0a"],
)
def test_escapes(text: bytes) -> None:
    assert without_form(b"payload=" + text) == unquote_to_bytes(text)


def test_what_else_a_form_means() -> None:
    assert without_form(b"payload=a+b%2B&more=c&payload=d") == b"a b+"


@pytest.mark.parametrize("repeated", [b"%", b"%4", b"%41", b"%41a"])
def test_memory_for_a_few_copies_is_taken(repeated: bytes) -> None:
    body = b"payload=" + repeated * 100_000
    tracemalloc.start()
    try:
        without_form(body)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 8 * len(body)
