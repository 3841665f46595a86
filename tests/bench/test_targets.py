"""What the bench makes of its samples."""

from __future__ import annotations

from typing import Any

import pytest

from bench.endurance import Reading
from bench.results import Measurement, Memory, Sample, Spread, ratio
from bench.round_trips import read_round_trips
from bench.seeding import Stored
from bench.targets import verdicts

METRICS = """\
# TYPE event_service_store_seconds histogram
event_service_store_seconds_bucket{store="mongodb",operation="insert",le="0.1"} 7.0
event_service_store_seconds_count{store="mongodb",operation="insert"} 7.0
event_service_store_seconds_count{operation="find",store="mongodb"} 3.0
event_service_store_seconds_count{store="redis",operation="decide"} 1e+01
event_service_store_seconds_sum{store="redis",operation="decide"} 0.5
"""


def _sample(calls: int, cpu_seconds: float, **figures: Any) -> Sample:
    return Sample(calls=calls, seconds=1.0, cpu_seconds=cpu_seconds, **figures)


def _measured(case: str, clients: int, service: Sample, events: int = 1_000) -> Measurement:
    return Measurement(
        case=case,
        clients=clients,
        stored=Stored(events, 1, all_callers=False),
        processes=1,
        service=[service],
        floor=[_sample(1_000, 1.0)],
        aio_floor=[],
        inserts=[],
        memory=Memory(100.0, 240.0),
    )


def _reached(measurements: list[Measurement], start: str, *readings: Reading) -> bool | None:
    (one,) = [each for each in verdicts(measurements, readings) if each.target.startswith(start)]
    return one.reached


def test_a_ratio_is_taken_round_by_round() -> None:
    ours = [_sample(50, 1.0), _sample(80, 1.0), _sample(10, 1.0)]
    floor = [_sample(100, 1.0), _sample(100, 2.0), _sample(100, 1.0)]
    assert ratio(ours, floor, lambda one: one.per_second) == Spread(0.5, 0.1, 0.8)
    assert ratio(ours, floor, lambda one: one.per_cpu_second) == Spread(0.5, 0.1, 1.6)
    assert ratio(ours, [], lambda one: one.per_second) is None


def test_round_trips_are_added_up_by_store() -> None:
    assert read_round_trips(METRICS) == {"mongodb": 10.0, "redis": 10.0}
    assert read_round_trips("something_else_count 1") is None
    assert _sample(100, 1.0, round_trips={"mongodb": 10, "redis": 15}).round_trips_per_call == 0.25
    assert _sample(100, 1.0).round_trips_per_call is None


@pytest.mark.parametrize(("cpu_seconds", "reached"), [(2.0, True), (2.1, False)])
def test_create_is_judged_by_core(cpu_seconds: float, reached: bool) -> None:  # noqa: FBT001
    measured = [_measured("create_new", 64, _sample(1_000, cpu_seconds))]
    assert _reached(measured, "create of 1 KiB, 64 clients: half") is reached


def test_other_numbers_of_clients_are_not_what_create_is_judged_by() -> None:
    measured = [_measured("create_new", 8, _sample(1_000, 9.0))]
    assert _reached(measured, "create of 1 KiB, 64 clients: half") is None


@pytest.mark.parametrize(("asked", "few", "never"), [(290, True, True), (310, False, True)])
def test_round_trips_are_judged_where_they_are_counted(
    asked: int,
    few: bool,  # noqa: FBT001
    never: bool,  # noqa: FBT001
) -> None:
    measured = [_measured("create_new", 64, _sample(1_000, 1.0, round_trips={"redis": asked}))]
    assert _reached(measured, "create of 1 KiB, 64 clients: under 0.3") is few
    assert _reached(measured, "create: never more than 5") is never
    assert _reached([_measured("create_new", 64, _sample(1, 1.0))], "create: never") is None


@pytest.mark.parametrize(("p99", "reached"), [(9.9, True), (10.1, False)])
def test_the_tail_is_judged_by_the_middle(p99: float, reached: bool) -> None:  # noqa: FBT001
    measured = [_measured("create_new", 64, _sample(1, 1.0, p50=2.0, p99=p99))]
    assert _reached(measured, "create of 1 KiB, 64 clients: p99") is reached


@pytest.mark.parametrize(("p50", "reached"), [(2.4, True), (2.6, False)])
def test_a_list_is_judged_from_the_fewest_to_the_most_stored(
    p50: float,
    reached: bool,  # noqa: FBT001
) -> None:
    measured = [
        _measured("list_alert", 1, _sample(1_000, 1.0, p50=2.0)),
        _measured("list_alert", 1, _sample(1_000, 1.0, p50=9.0), events=100_000),
        _measured("list_alert", 1, _sample(1_000, 1.0, p50=p50), events=1_000_000),
    ]
    assert _reached(measured, "list_alert, a tenth") is reached
    assert _reached(measured[:1], "list_alert, a tenth") is None
    assert _reached(measured, "list of 20") is True
    few_calls = _measured("list_alert", 1, _sample(19, 1.0, p50=2.0))
    assert _reached([few_calls], "list of 20") is None
    many_calls = _measured("list_alert", 1, _sample(20, 1.0, p50=2.0))
    assert _reached([few_calls, many_calls], "list of 20") is False


@pytest.mark.parametrize(("last", "reached"), [(126.0, True), (128.0, False)])
def test_memory_is_judged_from_the_first_tenth_on(last: float, reached: bool) -> None:  # noqa: FBT001
    readings = (Reading(0, 0, 90.0), Reading(10, 1, 121.0), Reading(100, 9, last))
    assert _reached([], "memory: no growth", *readings) is reached
    assert _reached([], "memory: no growth", *readings[:2]) is None
    measured = [_measured("get", 1, _sample(1, 1.0))]
    assert _reached(measured, "memory per process, idle") is True
    assert _reached(measured, "memory per process, loaded") is True
