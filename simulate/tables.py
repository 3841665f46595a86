"""The tables that ``make simulate`` prints and docs/scaling.md has."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from simulate.asked import ALERTS, EVENTS
from simulate.redis_tags import tags_of_masters
from simulate.scenario import Mix
from simulate.shard_keys import SHARD_KEYS, unique_indexes
from simulate.sizes import Population, index_sizes
from simulate.sizing import Plan, in_words, size
from simulate.table import Table
from simulate.targeting import targets

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from simulate.measures import Result

_MASTERS = (3, 6, 8, 12, 16, 32)
_NOTHING_REPEATS = Mix(0.0, 0.0, 0.0)


def computed_tables(plan: Plan) -> tuple[Table, ...]:
    """Those that no run is needed for."""
    return (
        _unique_table(),
        _target_table("event"),
        _target_table("alert"),
        _index_table(plan),
        _sizing_table(plan),
        _tag_table(),
    )


def run_table(results: Sequence[Result]) -> Table:
    """What the runs showed."""
    return Table(
        name="runs",
        title="Simulated runs",
        columns=(
            "Run", "`event` by", "`alert` by", "answered per s", "p50 ms", "p99 ms", "batch",
            "trips per call", "refused", "failed", "counts per s", "skew of events",
            "skew of alerts", "busiest shard",
        ),
        rows=[run_row(result) for result in results],
    )  # fmt: skip


def run_row(result: Result) -> tuple[str, ...]:
    """The line of one run."""
    return (
        result.name,
        result.event_key,
        result.alert_key,
        f"{result.throughput:,.0f}",
        f"{result.p50:.0f}",
        f"{result.p99:.0f}",
        f"{result.batch_mean:.0f}",
        f"{result.trips_per_call:.2f}",
        f"{result.refused / result.arrived:.1%}",
        f"{result.failed / result.arrived:.1%}",
        f"{result.counts_written:,.0f}",
        f"{result.event_skew:.1f}",
        f"{result.alert_skew:.1f}",
        f"{result.busiest_shard:.0%}",
    )


def _unique_table() -> Table:
    rows = []
    for index in unique_indexes():
        for key in SHARD_KEYS[index.collection]:
            if index.stands_under(key):
                fate = "stands"
            else:
                rule = "the same rule" if index.means_the_same(key) else "**the rule is lost**"
                fate = f"refused; could be {_code(index.led_by(key))}: {rule}"
            rows.append((f"`{index.collection}`", _code(index.fields), _code(key), fate))
    return Table(
        name="unique indexes",
        title="Unique indexes under each shard key",
        columns=("Collection", "Unique index", "Shard key", "What becomes of it"),
        rows=rows,
    )


def _target_table(collection: str) -> Table:
    keys = SHARD_KEYS[collection]
    return Table(
        name=f"{collection} targets",
        title=f"Shards that a read of {collection} asks, by shard key",
        columns=("Request", *(_code(key) for key in keys)),
        rows=[
            (asked.what, *(_in_one_cell(targets(asked, key)) for key in keys))
            for asked in (*EVENTS, *ALERTS)
            if asked.collection == collection
        ],
    )


def _in_one_cell(found: Mapping[str, tuple[str, ...]]) -> str:
    if len(found) == 1:
        return next(iter(found))
    return "; ".join(f"{words} ({', '.join(callers)})" for words, callers in found.items())


def _index_table(plan: Plan) -> Table:
    days = size(plan).days_to_stored
    return Table(
        name="index sizes",
        title="Indexes of event",
        columns=("Index", "Bytes of an entry", "All of them", "New entries go"),
        rows=[
            (
                _code((index.name,)),
                f"{index.entry_bytes:.0f}",
                f"{index.entry_bytes * plan.stored / 1e12:.2f} TB",
                "everywhere" if index.everywhere else "to the newest end of a tenant, or of all",
            )
            for index in index_sizes(Population(events=plan.stored, days=days))
        ],
    )


def _sizing_table(plan: Plan) -> Table:
    plans = [
        replace(plan, mix=mix, raw_bytes=raw_bytes)
        for mix in (plan.mix, _NOTHING_REPEATS)
        for raw_bytes in (1024, 10 * 1024)
    ]
    columns = [dict(in_words(one, size(one))) for one in plans]
    return Table(
        name="sizing",
        title="What the rate and the number of stored events ask for",
        columns=("", *(f"{_of(one)}, {one.raw_bytes // 1024} KiB" for one in plans)),
        rows=[(name, *(column[name] for column in columns)) for name in columns[0]],
    )


def _of(plan: Plan) -> str:
    return f"{plan.mix.repeats:.0%} repeats" if plan.mix.repeats else "nothing repeats"


def _tag_table() -> Table:
    return Table(
        name="tags",
        title="Hash tags per master of a Redis Cluster",
        columns=("Masters", "fewest", "most", "busiest to mean"),
        rows=[
            (str(masters), str(min(tags)), str(max(tags)), f"{max(tags) * masters / sum(tags):.2f}")
            for masters in _MASTERS
            for tags in (tags_of_masters(masters),)
        ],
    )


def _code(names: Sequence[str]) -> str:
    return f"`{', '.join(names)}`"
