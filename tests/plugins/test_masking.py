"""What a plugin was given as options is not in what it is quoted with."""

from __future__ import annotations

from typing import Any

import pytest
from google.protobuf.struct_pb2 import Struct

from event_service.plugins.masking import masked

PREFIXES = ["key-" + "x" * more for more in range(8)]
"""The longest must go first, whatever the order of the options."""


@pytest.mark.parametrize(
    ("options", "said", "shown"),
    [
        ({"key": " hunter2\n"}, "hunter2 is wrong, hunter2!", "*** is wrong, ***!"),
        ({"list": [{"of": {"more": "hunter2"}}, "other"]}, "hunter2, other", "***, ***"),
        ({"four": "abcd", "three": "xyz"}, "abcd xyz", "*** xyz"),
        ({"number": 12345, "yes": True, "none": None}, "12345 is no port", "12345 is no port"),
        (dict(zip("12345678", PREFIXES, strict=True)), " ".join(PREFIXES), " ".join(["***"] * 8)),
    ],
)
def test_texts_of_options_are_not_shown(options: dict[str, Any], said: str, shown: str) -> None:
    struct = Struct()
    struct.update(options)
    assert masked(said, struct) == shown
