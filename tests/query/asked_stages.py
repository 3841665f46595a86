"""Strategies: lists and stats as callers send them, sensible and not."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from tests.query.asked import CONDITIONS

# Names of fields, of what stages may have made of them, and what tries to be more than a name.
_NAMES = st.sampled_from(["a", "b"])
_KEYS = st.sampled_from(
    [
        *("title", "severity", "resources", "created_at", "occurred_at", "project_id", "domain_id"),
        *("additional_info", "additional_info.x", "additional_info.n", "additional_info.tags"),
        *("additional_info.inner", "additional_info.inner.x", "raw_data", "event_id"),
        *("a", "b", "a.x"),
        *("$$ROOT", "$title", "no_such"),
    ]
)
_GOOD_KEYS = _KEYS.filter(lambda key: not key.startswith(("$", "no_")))
_VALUES = st.sampled_from([1, "ERROR", "a", "2024-03-03", True])
_SORTS = st.lists(
    st.fixed_dictionaries({"key": _GOOD_KEYS, "desc": st.booleans()}), min_size=1, max_size=2
)
_GROUP_CONDITIONS = st.lists(
    st.fixed_dictionaries(
        {
            "key": _GOOD_KEYS,
            "value": _VALUES,
            "operator": st.sampled_from(["eq", "not", "gt", "gte", "lt", "lte"]),
        }
    ),
    max_size=2,
)
_GROUP_FIELDS = st.one_of(
    st.fixed_dictionaries(
        {
            "name": _NAMES,
            "key": _GOOD_KEYS,
            "operator": st.sampled_from(
                ["max", "min", "first", "last", "push", "add_to_set", "merge_objects"]
            ),
        }
    ),
    st.fixed_dictionaries(
        {
            "name": _NAMES,
            "key": _GOOD_KEYS,
            "operator": st.sampled_from(["count", "sum", "average"]),
            "conditions": _GROUP_CONDITIONS,
        }
    ),
)
_GROUP_KEYS = st.fixed_dictionaries(
    {"key": _GOOD_KEYS, "name": _NAMES},
    optional={"date_format": st.sampled_from(["year", "%Y-%m-%d", "day"])},
)
_PROJECTS = st.fixed_dictionaries(
    {"name": _NAMES},
    optional={
        "operator": st.sampled_from(
            ["add", "multiply", "size", "sum", "array_to_object", "object_to_array"]
        )
    },
)
_STAGES = st.one_of(
    st.fixed_dictionaries({"unwind": st.fixed_dictionaries({"path": _GOOD_KEYS})}),
    st.fixed_dictionaries(
        {
            "group": st.fixed_dictionaries(
                {
                    "keys": st.lists(_GROUP_KEYS, max_size=2, unique_by=lambda key: key["name"]),
                    "fields": st.lists(_GROUP_FIELDS, max_size=1),
                }
            )
        }
    ),
    st.fixed_dictionaries({"count": st.fixed_dictionaries({"name": _NAMES})}),
    st.fixed_dictionaries({"sort": _SORTS}),
    st.fixed_dictionaries(
        {
            "project": st.fixed_dictionaries(
                {
                    "fields": st.lists(
                        st.builds(lambda key, made: {"key": key, **made}, _GOOD_KEYS, _PROJECTS)
                        | st.builds(
                            lambda one, other, operator, name: {
                                "key": f"{one},{other}",
                                "operator": operator,
                                "name": name,
                            },
                            _GOOD_KEYS,
                            _GOOD_KEYS,
                            st.sampled_from(["subtract", "divide", "add"]),
                            _NAMES,
                        ),
                        min_size=1,
                        max_size=2,
                        unique_by=lambda field: field["name"],
                    ),
                    "exclude_keys": st.booleans(),
                }
            )
        }
    ),
    st.fixed_dictionaries({"limit": st.integers(0, 5)}),
    st.fixed_dictionaries({"skip": st.integers(0, 2)}),
)


def _with(conditions: dict[str, Any], more: dict[str, Any]) -> dict[str, Any]:
    return {**conditions, **more}


STATS = st.builds(
    _with,
    CONDITIONS | st.just({}),
    st.one_of(
        st.fixed_dictionaries({"distinct": _KEYS}),
        st.fixed_dictionaries({"aggregate": st.lists(_STAGES, min_size=1, max_size=2)}),
        st.fixed_dictionaries({"aggregate": st.lists(_STAGES, min_size=2, max_size=4)}),
    ),
)
LISTS = st.builds(
    _with,
    CONDITIONS | st.just({}),
    st.fixed_dictionaries(
        {},
        optional={
            "only": st.lists(_GOOD_KEYS, min_size=1, max_size=3),
            "unwind": st.fixed_dictionaries({"path": _GOOD_KEYS}),
            "minimal": st.booleans(),
            "sort": _SORTS,
            "page": st.fixed_dictionaries({"start": st.integers(1, 3), "limit": st.integers(1, 3)}),
        },
    ),
)
