from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from google.protobuf.json_format import ParseDict

from event_service.errors import InvalidArgument
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.limits import QueryLimits
from event_service.query.search import compile_search
from event_service.stubs.spaceone.api.core.v2 import query_pb2

_FILE = Path(__file__).parents[1] / "vectors" / "time_vectors.json"
_VECTORS = json.loads(_FILE.read_text(encoding="utf-8"))
_NOW = datetime.fromisoformat(_VECTORS["now"])


def _compiled(value: Any) -> Any:
    query = ParseDict(
        {"filter": [{"k": "created_at", "v": value, "o": "timediff_gte"}]}, query_pb2.Query()
    )
    return compile_search(query, {}, EVENT_FIELDS, _NOW, QueryLimits()).where


@pytest.mark.parametrize("vector", _VECTORS["timediff"], ids=lambda vector: repr(vector["q"]))
def test_vector(vector: dict[str, Any]) -> None:
    if vector.get("error"):
        with pytest.raises(InvalidArgument):
            _compiled(vector["q"])
    else:
        instant = datetime.fromisoformat(vector["dt"])
        assert _compiled(vector["q"]) == {"created_at": {"$gte": instant}}


@pytest.mark.parametrize("word", ["now-٣d", "now+9999999999999999999999d", "now-9999w9", "now\0"])
def test_what_only_looks_like_a_time_word_is_refused(word: str) -> None:
    with pytest.raises(InvalidArgument):
        _compiled(word)


def test_an_instant_before_the_first_year_is_refused() -> None:
    with pytest.raises(InvalidArgument, match="years 1 to 9999"):
        _compiled("now-800000d")
