"""Strategies: documents as they are stored and filters as callers send them.

Both draw from the same few values, so that filters find some of the documents and not others.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from hypothesis import strategies as st

# Letters of one simple case pair each: how engines fold the others differs.
TEXTS = st.sampled_from(
    ["a", "A", "b", "aB", "é", "Éa", "a.b", "*", "a\n", "a\0b", " a", "$a", "(a", "[b", "\\a", ""]
)
_NUMBERS = st.sampled_from([0, 1, 2.5, -1])
SCALARS = TEXTS | _NUMBERS | st.booleans() | st.none()
_DAYS = st.integers(1, 5)
_INSTANTS = _DAYS.map(lambda day: datetime(2024, 3, day))  # noqa: DTZ001
_ISO = _DAYS.map(lambda day: f"2024-03-0{day}T09:00:00+09:00") | st.just("2024-03-03")
_SEVERITIES = st.sampled_from(["CRITICAL", "ERROR", "NONE"])
_PATTERNS = st.sampled_from(["a", "^a", "[ab]+", "a.b", "(?:a|é)b?", "[^a]", r"\.", "^$|é", "É"])
_WORDS = st.sampled_from(["now/m", "now/m+2d", "now-10d", "now/w-1w", "now/m + 3d"])
_ORDERS = ("lt", "lte", "gt", "gte")

_INFOS = st.fixed_dictionaries(
    {"x": SCALARS, "n": _NUMBERS},
    optional={
        "tags": st.lists(SCALARS, max_size=2),
        "inner": st.fixed_dictionaries({}, optional={"x": SCALARS}) | SCALARS,
    },
)
DOCUMENTS = st.builds(
    lambda always, sometimes: always | sometimes,
    st.fixed_dictionaries(
        {
            "title": TEXTS,
            "severity": _SEVERITIES,
            "resources": st.lists(TEXTS, max_size=3),
            "additional_info": _INFOS,
            "raw_data": st.just({}),
            "created_at": _INSTANTS,
        }
    ),
    st.fixed_dictionaries(
        {},
        optional={
            "rule": st.none() | TEXTS,
            "provider": TEXTS,
            "occurred_at": st.none() | _INSTANTS,
        },
    ),
)

_TEXT_KEYS = st.sampled_from(["title", "resources", "resource", "rule", "provider"])
_INSTANT_KEYS = st.sampled_from(["created_at", "occurred_at"])
_INNER_KEYS = st.sampled_from(["x", "n", "tags", "inner.x", "nothing"]).map(
    "additional_info.".__add__
)
_KEYS = _TEXT_KEYS | _INSTANT_KEYS | _INNER_KEYS | st.sampled_from(["severity", "repeat_count"])
_VALUES = SCALARS | _ISO | _SEVERITIES


def _filter(
    keys: st.SearchStrategy[str], operators: tuple[str, ...], values: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries({"k": keys, "o": st.sampled_from(operators), "v": values})


def _compared(
    keys: st.SearchStrategy[str], values: st.SearchStrategy[Any]
) -> st.SearchStrategy[dict[str, Any]]:
    return (
        _filter(keys, ("eq", "not"), values)
        | _filter(keys, _ORDERS, values.filter(lambda value: value is not None))
        | _filter(keys, ("in", "not_in"), st.lists(values, max_size=3))
    )


FILTERS = st.one_of(
    _compared(_TEXT_KEYS, TEXTS),
    _compared(_INSTANT_KEYS, _ISO),
    _compared(_INNER_KEYS, SCALARS),
    _compared(_KEYS, _VALUES),
    _filter(_INNER_KEYS, ("exists",), st.booleans()),
    _filter(_KEYS, ("exists",), st.booleans()),
    _filter(_KEYS, ("contain", "not_contain"), TEXTS),
    _filter(_KEYS, ("contain_in", "not_contain_in"), st.lists(TEXTS, max_size=3)),
    _filter(_KEYS, ("regex",), _PATTERNS),
    _filter(_KEYS, ("regex_in",), st.lists(_PATTERNS, max_size=2)),
    _filter(_INSTANT_KEYS, tuple(f"datetime_{order}" for order in _ORDERS), _ISO),
    _filter(_INSTANT_KEYS, tuple(f"timediff_{order}" for order in _ORDERS), _WORDS),
    _filter(_KEYS, ("datetime_gte", "timediff_lt"), st.just("2024-03-02") | st.just("now")).filter(
        lambda part: part["o"].startswith("datetime") is (part["v"] != "now")
    ),
)
CONDITIONS = st.one_of(
    st.fixed_dictionaries({"filter": st.lists(FILTERS, min_size=1, max_size=2)}),
    st.fixed_dictionaries({"filter_or": st.lists(FILTERS, min_size=1, max_size=3)}),
    st.fixed_dictionaries(
        {},
        optional={
            "filter": st.lists(FILTERS, max_size=1),
            "filter_or": st.lists(FILTERS, max_size=2),
            "keyword": TEXTS,
        },
    ),
)
