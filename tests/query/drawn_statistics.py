"""Stats whose stages fit one another: each names what the rows before it are likely to hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.query.drawn_events import SCALARS

if TYPE_CHECKING:
    from random import Random

Known = dict[str, str]
"""What a row has, and what it is likely to hold."""

_STORED = {
    "severity": ("severity",),
    "text": ("title", "rule", "event_id"),
    "date": ("created_at", "occurred_at"),
    "number": ("additional_info.n", "additional_info.x", "repeat_count"),
    "list": ("resources", "additional_info.tags", "raw_data.objects", "raw_data.deep.l"),
    "pairs": ("raw_data.pairs", "raw_data.any"),
    "object": ("additional_info.inner", "additional_info", "raw_data.deep.o", "raw_data.no"),
    "any": (
        "additional_info.inner.x y",
        "additional_info.inner.y",
        "raw_data.any.x",
        "raw_data.no",
    ),
}
STORED: Known = {key: kind for kind, keys in _STORED.items() for key in keys}
_NAMES = ("a", "b", "a b", "é", "__order_0", "x")
_ORDERS = ("eq", "not", "gt", "gte", "lt", "lte")
_FORMS = ("year", "month", "day", "%Y-%m", "%Y-%m-%d", "%Y-%m-%d %H", "%H:%M", "%A $ %j")
_WANTED: dict[str, tuple[Any, ...]] = {
    "severity": ("CRITICAL", "ERROR", "NONE"),
    "text": ("event-2", "a", "A", "é"),
    "number": (0, 1, 2.5, -1, True),
    "date": ("2024-03-01T23:59:58.007Z", "2024-02-02T08:59:58.007+09:00", "2024-03-01"),
}
_ANYTHING = tuple(value for value in SCALARS if value not in ("", None))
_STAGES = {"group": 5, "project": 4, "sort": 4, "unwind": 4, "limit": 1, "skip": 1, "count": 1}
_OF_ONE = {
    "size": ("list", "number"),
    "sum": ("list", "number"),
    "array_to_object": ("pairs", "object"),
    "object_to_array": ("object", "pairs"),
}
_OF_SEVERAL = {"add": 3, "subtract": 2, "multiply": 3, "divide": 2}
_ACCUMULATORS = {
    **dict.fromkeys(("sum", "average"), ("number", "number")),
    **dict.fromkeys(("max", "min", "first", "last"), ("any", "")),
    **dict.fromkeys(("push", "add_to_set"), ("any", "list")),
    "count": ("any", "number"),
    "merge_objects": ("object", "object"),
}
_IN_ORDER = {"first", "last", "push", "merge_objects"}


class DrawnStat:
    """One query, with what is known of its rows so far."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._known: Known = STORED
        self._keys: tuple[str, ...] = ()
        self._made: Known = {}

    def query(self) -> dict[str, Any]:
        query: dict[str, Any] = {}
        if self._seldom(6):
            query[self._random.choice(["filter", "filter_or"])] = [self._condition("k", "o", "v")]
        if self._seldom(10):
            query["keyword"] = self._random.choice(["a", "B event-1", "É"])
        if self._seldom(3):
            query["page"] = {"limit": self._random.randint(1, 3)}
        if self._seldom(8):
            return query | {"distinct": self._key()}
        stages = [stage for _ in range(self._random.randint(1, 4)) for stage in self._stages()]
        return query | {"aggregate": stages}

    def _seldom(self, of: int) -> bool:
        return self._random.randrange(of) == 0

    def _key(self, *kinds: str) -> str:
        """Mostly one that holds what is wanted, if any does."""
        alike = [key for key, kind in self._known.items() if kind in kinds]
        return self._random.choice(alike if alike and not self._seldom(5) else sorted(self._known))

    def _condition(self, key: str, operator: str, value: str) -> dict[str, Any]:
        name = self._key(self._random.choice(list(_WANTED)))
        alike = _WANTED.get(self._known[name], _ANYTHING)
        wanted = self._random.choice(_ANYTHING if self._seldom(5) else alike)
        return {key: name, operator: self._random.choice(_ORDERS), value: wanted}

    def _stages(self) -> list[dict[str, Any]]:
        """A stage, mostly behind one that orders its rows when their order matters."""
        total = ["event_id"] if "event_id" in self._known else [*self._keys]
        stage = self._stage()
        ((name, asked),) = stage.items()
        taken = {field["operator"] for field in asked["fields"]} if name == "group" else set()
        if not total or self._seldom(4) or not (name in ("limit", "skip") or taken & _IN_ORDER):
            return [stage]
        return [{"sort": [{"key": key, "desc": self._seldom(2)} for key in total]}, stage]

    def _stage(self) -> dict[str, Any]:
        (name,) = self._random.choices(list(_STAGES), weights=list(_STAGES.values()))
        if name == "unwind":
            stage: dict[str, Any] = {"path": self._key("list", "pairs")}
            if self._seldom(4):
                stage["filter"] = [self._condition("k", "o", "v")]
            kind = self._known.get(stage["path"])
            if kind in ("list", "pairs") and stage["path"] != "resources":
                inner = {f"{stage['path']}.{part}": "any" for part in ("x", "k", "v")}
                self._known = {**self._known, stage["path"]: "any", **inner}
            return {name: stage}
        if name == "sort":
            kinds = ("severity", "text", "number", "date", "list", "any")
            keys = {self._key(*kinds) for _ in range(self._random.randint(1, 2))}
            return {name: [{"key": key, "desc": self._seldom(2)} for key in sorted(keys)]}
        if name in ("limit", "skip"):
            return {name: self._random.randint(1, 4 if name == "limit" else 2)}
        if name == "count":
            counted = self._random.choice(_NAMES)
            self._known, self._keys = {counted: "number"}, ()
            return {name: {"name": counted}}
        names = self._random.sample(_NAMES, k=self._random.randint(1, 3))
        self._made = {}
        return {name: self._group(names) if name == "group" else self._project(names)}

    def _group(self, names: list[str]) -> dict[str, Any]:
        keyed = self._random.randint(0, len(names))
        stage = {
            "keys": [self._group_key(name) for name in names[:keyed]],
            "fields": [self._group_field(name) for name in names[keyed:]],
        }
        self._known, self._keys = self._made, tuple(names[:keyed])
        return stage

    def _project(self, names: list[str]) -> dict[str, Any]:
        stage: dict[str, Any] = {"fields": [self._project_field(name) for name in names]}
        if self._seldom(2):
            stage["exclude_keys"] = True
            self._keys = ()
        self._known = {key: self._known[key] for key in self._keys} | self._made
        self._keys = tuple(key for key in self._keys if key not in names)
        return stage

    def _make(self, name: str, kind: str) -> None:
        self._made[name] = kind
        if kind in ("object", "any"):
            self._made |= {f"{name}.x": "any", f"{name}.v": "any"}

    def _group_key(self, name: str) -> dict[str, Any]:
        if self._seldom(3):
            self._make(name, "text")
            form = self._random.choice(_FORMS)
            return {"key": self._key("date"), "name": name, "date_format": form}
        key = self._key("severity", "text", "any", "number", "object")
        self._make(name, self._known[key])
        return {"key": key, "name": name}

    def _group_field(self, name: str) -> dict[str, Any]:
        operator = self._random.choice(list(_ACCUMULATORS))
        takes, makes = _ACCUMULATORS[operator]
        field: dict[str, Any] = {"name": name, "operator": operator}
        if operator in ("count", "sum", "average"):
            parts = range(self._random.randint(0, 2))
            field["conditions"] = [self._condition("key", "operator", "value") for _ in parts]
        if operator == "push" and self._seldom(2):
            keys = {"k": self._key("text"), "v": self._key()}
            field["fields"] = [{"key": key, "name": part} for part, key in keys.items()]
            makes = "pairs"
        elif operator != "count":
            field["key"] = self._key(takes) if takes != "any" else self._key()
        self._make(name, makes or self._known[field["key"]])
        return field

    def _project_field(self, name: str) -> dict[str, Any]:
        operator = self._random.choice([None, *_OF_ONE, *_OF_SEVERAL])
        if operator is None:
            key = self._key()
            self._make(name, self._known[key])
            return {"key": key, "name": name}
        if operator in _OF_SEVERAL:
            self._make(name, "number")
            several = range(self._random.randint(2, _OF_SEVERAL[operator]))
            key = ",".join(self._key("number") for _ in several)
            return {"key": key, "name": name, "operator": operator}
        takes, makes = _OF_ONE[operator]
        key = self._key(takes)
        self._make(name, makes)
        return {"key": key, "name": name, "operator": operator}
