"""Strategies: documents as they are stored and filters as callers send them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

# Letters of one simple case pair each: how engines fold the others differs.
TEXTS = st.text(alphabet='aAbBéÉ.*+[(\\^$|{- "\n\0', max_size=4)
_NUMBERS = st.sampled_from([-1, 0, 1, 2, 2.5, 10])
SCALARS = st.none() | st.booleans() | _NUMBERS | TEXTS
_INSTANTS = st.integers(1, 6).map(lambda day: datetime(2024, 3, day))  # noqa: DTZ001
_PATTERNS = ["", "a", "^a", "[ab]+", "a.b", "(?:a|é)b?", "[^a]", r"\.", "(a)|b", "É"]
_WORDS = ["now", "now/m", "now/m+2d", "now-10d", "now/w"]


def _sometimes(**fields: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({}, optional=fields)


DOCUMENTS = st.builds(
    lambda always, sometimes: always | sometimes,
    st.fixed_dictionaries(
        {
            "title": TEXTS,
            "severity": st.sampled_from(["CRITICAL", "ERROR", "NONE"]),
            "resources": st.lists(TEXTS, max_size=3),
            "additional_info": _sometimes(
                x=SCALARS,
                y=SCALARS,
                tags=st.lists(SCALARS, max_size=2),
                inner=_sometimes(x=SCALARS) | SCALARS,
            ),
            "raw_data": st.just({}),
            "created_at": _INSTANTS,
        }
    ),
    _sometimes(rule=st.none() | TEXTS, provider=TEXTS, occurred_at=st.none() | _INSTANTS),
)

KEYS = st.sampled_from(
    [
        *("title", "severity", "resources", "resource", "rule", "provider"),
        *("created_at", "occurred_at", "repeat_count", "raw_data.x"),
        *("additional_info.x", "additional_info.y", "additional_info.tags"),
        *("additional_info.inner.x", "additional_info.nothing"),
    ]
)
_ISO = st.integers(1, 6).map(lambda day: f"2024-03-0{day}T09:00:00+09:00")
_VALUES = SCALARS | _ISO | st.just("2024-03-04") | st.sampled_from(["CRITICAL", "ERROR"])
_ORDERS = ("lt", "lte", "gt", "gte")


def _filter(operators: list[str], values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.fixed_dictionaries({"k": KEYS, "o": st.sampled_from(operators), "v": values})


FILTERS = st.one_of(
    _filter(["eq", "not"], _VALUES),
    _filter(list(_ORDERS), _VALUES.filter(lambda value: value is not None)),
    _filter(["in", "not_in"], st.lists(_VALUES, max_size=3)),
    _filter(["exists"], st.booleans()),
    _filter(["contain", "not_contain"], TEXTS),
    _filter(["contain_in", "not_contain_in"], st.lists(TEXTS, max_size=3)),
    _filter(["regex"], st.sampled_from(_PATTERNS)),
    _filter(["regex_in"], st.lists(st.sampled_from(_PATTERNS), max_size=2)),
    _filter([f"datetime_{order}" for order in _ORDERS], _ISO),
    _filter([f"timediff_{order}" for order in _ORDERS], st.sampled_from(_WORDS)),
)
CONDITIONS = _sometimes(
    filter=st.lists(FILTERS, max_size=2),
    filter_or=st.lists(FILTERS, max_size=2),
    keyword=TEXTS,
)
