"""What is noted arrives in the instruments: all of it, once, and where it belongs."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from hypothesis import given
from hypothesis import strategies as st
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from event_service.metrics.tally import Buckets, Tally

BOUNDS = (0.1, 1.0, 10.0)


def _samples(registry: CollectorRegistry) -> dict[str, float]:
    return {
        f"{sample.name}{sample.labels.get('le', '')}": sample.value
        for family in registry.collect()
        for sample in family.samples
    }


@given(st.lists(st.floats(0, 20) | st.sampled_from(BOUNDS)))
def test_many_observations_at_once_are_those_one_by_one(amounts: list[float]) -> None:
    ours, theirs = CollectorRegistry(), CollectorRegistry()
    Buckets("x", "x", registry=ours, buckets=BOUNDS).observe_all(amounts)
    one_by_one = Histogram("x", "x", registry=theirs, buckets=BOUNDS)
    for amount in amounts:
        one_by_one.observe(amount)
    assert _samples(ours) == _samples(theirs)


def test_nothing_is_lost_or_counted_twice_between_threads() -> None:
    registry = CollectorRegistry()
    counter = Counter("c", "c", registry=registry)
    histogram = Buckets("h", "h", registry=registry, buckets=BOUNDS)
    tally = Tally()

    def note(_: int) -> None:
        for _ in range(5_000):
            tally.count(counter, 2)
            tally.observe(histogram, 1)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(note, range(8)))
    tally.fold()
    found = _samples(registry)
    assert (found["c_total"], found["h_count"], found["h_sum"]) == (80_000, 40_000, 40_000)


def test_notes_do_not_pile_up_where_nobody_folds_them() -> None:
    registry = CollectorRegistry()
    counter = Counter("c", "c", registry=registry)
    tally = Tally()
    for _ in range(10_000):
        tally.count(counter)
    assert _samples(registry)["c_total"] > 8_000


def test_of_levels_the_last_counts() -> None:
    registry = CollectorRegistry()
    gauge = Gauge("g", "g", registry=registry)
    tally = Tally()
    for depth in (7, 3, 5):
        tally.level(gauge, depth)
    tally.fold()
    assert _samples(registry)["g"] == 5
