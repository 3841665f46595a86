"""Strategies: queries that try to reach what isn't the caller's, with all that a query has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from event_service.query.operators import OPERATORS
from tests.service.tenants import DOMAINS, PROJECTS, TENANTS, WORKSPACES

_TENANT_KEYS = ("domain_id", "workspace_id", "project_id", "user_projects")
# What must never be a name: operators, the database's own, and what is kept of keys.
_NO_KEYS = (
    *("$where", "$or", "$expr", "$$ROOT", "_id", "domain_id.$ne", "title__ne", "project_id__in"),
    *("access_key", "access_key_hash", "access_key_sealed", "webhook_url"),
)
_MARKS = tuple(tenant.mark for tenant in TENANTS)
_IDS = (*DOMAINS, *WORKSPACES, *PROJECTS)
_TEXTS = st.sampled_from((*_IDS, *_MARKS, "domain", "<", "t", "", "event", "webhook", "ENABLED"))
_SCALARS = _TEXTS | st.sampled_from([0, 1, 2.5, True, None])
_PATTERNS = st.sampled_from([".*", "domain-[12]", "^w", "<d2>", "(a|<w2>)", "[^a]", "p.o"])
_ISO = st.sampled_from(["2024-03-01", "2024-03-01T12:00:00+09:00", "2030-01-01"])
_WORDS = st.sampled_from(["now", "now-10000d", "now/w+1d"])
_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "exists": st.booleans(),
    "regex": _PATTERNS,
    "regex_in": st.lists(_PATTERNS, max_size=2),
    "match": st.fixed_dictionaries({"mark": _TEXTS}) | st.just({"$gt": ""}),
} | {
    name: st.lists(_TEXTS, max_size=3) for name in ("in", "not_in", "contain_in", "not_contain_in")
}
# Objects, as somebody would send them who takes the query language for MongoDB's.
_WRONG = st.sampled_from([{"$ne": "domain-1"}, {"$gt": ""}, [{"$ne": 1}], {"domain_id": "x"}])


@dataclass(frozen=True)
class Names:
    """The names of one resource type: its id, texts, objects with ``mark``, lists and all."""

    id_field: str
    texts: tuple[str, ...]
    inner: tuple[str, ...]
    parameters: tuple[str, ...]


EVENTS = Names(
    "event_id",
    (
        *("event_key", "title", "description", "severity", "rule", "resources", "resource"),
        *("account", "alert_id", "webhook_id", "created_at"),
    ),
    ("additional_info.mark", "additional_info", "raw_data.mark", "raw_data.list.mark"),
    ("resource", "account", "webhook_id", "event_key", "alert_id"),
)
WEBHOOKS = Names(
    "webhook_id",
    ("name", "state", "created_at"),
    ("tags.mark", "tags.n", "tags", "plugin_info", "requests.total"),
    ("name",),
)


def _value(operator: str) -> st.SearchStrategy[Any]:
    if operator in _VALUES:
        return _VALUES[operator]
    if operator.startswith("datetime"):
        return _ISO
    if operator.startswith("timediff"):
        return _WORDS
    if operator.endswith("contain"):
        return _TEXTS
    return _SCALARS


def _often(usual: st.SearchStrategy[Any], seldom: st.SearchStrategy[Any]) -> Any:
    return st.integers(0, 30).flatmap(lambda n: seldom if n == 0 else usual)


def _keys(names: Names) -> Any:
    usual = st.sampled_from(_TENANT_KEYS) | st.sampled_from(
        (names.id_field, *names.texts, *names.inner)
    )
    return _often(usual, st.sampled_from(_NO_KEYS))


def _filters(names: Names) -> st.SearchStrategy[dict[str, Any]]:
    return st.sampled_from(sorted(OPERATORS)).flatmap(
        lambda operator: st.fixed_dictionaries(
            {"k": _keys(names), "o": st.just(operator), "v": _often(_value(operator), _WRONG)}
        )
    )


def _conditions(names: Names) -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {},
        optional={
            "filter": st.lists(_filters(names), max_size=2),
            "filter_or": st.lists(_filters(names), max_size=3),
            "keyword": st.lists(_TEXTS, max_size=2).map(" ".join),
        },
    )


def _joined(parts: tuple[dict[str, Any], ...]) -> dict[str, Any]:
    return {key: value for part in parts for key, value in part.items()}


def parameters(names: Names) -> st.SearchStrategy[dict[str, str]]:
    """Direct parameters of a list, mostly none."""
    values = {
        "workspace_id": st.sampled_from((*WORKSPACES, "workspace-9")),
        "project_id": st.sampled_from((*PROJECTS, "project-9")),
        **dict.fromkeys(names.parameters, st.sampled_from(_MARKS)),
    }
    one = st.sampled_from(sorted(values)).flatmap(
        lambda name: st.fixed_dictionaries({name: values[name]})
    )
    return st.just({}) | st.just({}) | one


def reaching_filters() -> list[dict[str, Any]]:
    """Every operator on everything that makes a tenant, with what it takes."""
    usual = {"exists": True, "regex": ".*", "regex_in": [".*"], "match": {"x": ""}}
    lists = {key: list(_IDS) for key in ("in", "not_in", "contain_in", "not_contain_in")}
    made = []
    for operator in sorted(OPERATORS):
        for key, others in (("domain_id", "domain-2"), ("workspace_id", "workspace-2")):
            value = (usual | lists).get(operator, others)
            if operator.startswith("datetime"):
                value = "2024-03-01"
            if operator.startswith("timediff"):
                value = "now"
            made.append({"k": key, "o": operator, "v": value})
            made.append({"k": "project_id", "o": operator, "v": value})
    return made


def lists(names: Names) -> st.SearchStrategy[dict[str, Any]]:
    """Queries of a list."""
    shape = st.fixed_dictionaries(
        {},
        optional={
            "sort": st.lists(
                st.fixed_dictionaries({"key": _keys(names), "desc": st.booleans()}), max_size=2
            ),
            "only": st.lists(_keys(names), min_size=1, max_size=3),
            "unwind": st.fixed_dictionaries({"path": _keys(names)}),
            "minimal": st.booleans(),
            "count_only": st.booleans(),
            "page": st.fixed_dictionaries({"start": st.integers(1, 3), "limit": st.integers(0, 4)}),
            "lookup": st.just([{"from": "webhook", "as": "title"}]) | st.just([]),
        },
    )
    return st.tuples(_conditions(names), shape).map(_joined)


def _stages(names: Names) -> st.SearchStrategy[list[dict[str, Any]]]:
    """Stages whose rows don't depend on the order of equal ones."""
    key = _keys(names)
    ordered = [{"sort": [{"key": names.id_field}]}]
    fields = st.fixed_dictionaries(
        {
            "name": st.just("f"),
            "key": key,
            "operator": st.sampled_from(["max", "min", "first", "last", "push", "add_to_set"]),
        }
    ) | st.fixed_dictionaries(
        {
            "name": st.just("f"),
            "key": key,
            "operator": st.sampled_from(["count", "sum", "average"]),
            "conditions": st.lists(
                st.fixed_dictionaries(
                    {"key": key, "value": _TEXTS, "operator": st.sampled_from(["eq", "not", "gt"])}
                ),
                max_size=1,
            ),
        }
    )
    group = st.fixed_dictionaries(
        {
            "keys": st.lists(st.fixed_dictionaries({"key": key, "name": st.just("k")}), max_size=1),
            "fields": st.lists(fields, max_size=1),
        }
    ).map(lambda stage: [*ordered, {"group": stage}])
    cut = st.integers(1, 30).map(lambda n: [*ordered, {"limit": n}])
    skip = st.integers(0, 3).map(lambda n: [*ordered, {"skip": n}])
    unwind = key.map(lambda path: [{"unwind": {"path": path}}])
    count = st.just([{"count": {"name": "n"}}])
    project = st.fixed_dictionaries({"key": key, "name": st.just("x")}).map(
        lambda field: [{"project": {"fields": [field]}}]
    )
    before = st.lists(cut | skip | unwind, max_size=1)
    last = group | count | project | cut
    return st.tuples(before, last).map(
        lambda parts: [*(stage for stages in parts[0] for stage in stages), *parts[1]]
    )


def stats(names: Names) -> st.SearchStrategy[dict[str, Any]]:
    """Queries of a stat."""
    asked = st.fixed_dictionaries({"distinct": _keys(names)}) | st.fixed_dictionaries(
        {"aggregate": _stages(names)}
    )
    return st.tuples(_conditions(names), asked).map(_joined)
