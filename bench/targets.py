"""The targets of the product, and whether the figures reach them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.endurance import Reading, growth
from bench.results import Measurement, middle, ratio

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MANY = 64
"""The number of clients that most targets speak of."""

_CREATE_PART = 0.5
_CREATE_TRIPS = 0.3
_MOST_TRIPS = 5.0
_TAIL = 5.0
_GET_PART = 0.6
_LIST_MICROSECONDS = 1_500.0
_ENOUGH_CALLS = 20
"""With fewer, what the service does beside them (looking after its stores) is most of its CPU."""
_GROWTH = 1.25
"""What is still taken for the same time: rounds differ by as much."""
_IDLE_MEBIBYTES = 120.0
_LOADED_MEBIBYTES = 250.0
_MEMORY_GROWTH = 1.05


@dataclass(frozen=True, slots=True)
class Verdict:
    """A target, what was measured, and whether it is reached; None: it wasn't measured."""

    target: str
    measured: str
    reached: bool | None


def verdicts(
    measurements: Sequence[Measurement], readings: Sequence[Reading] = ()
) -> list[Verdict]:
    """Every target, from what was measured of it."""
    creates = [each for each in measurements if each.case.startswith(("create", "http"))]
    lists = [each for each in measurements if each.case.startswith("list")]
    crowds = [each for each in measurements if each.clients == MANY]
    found: list[Verdict] = []
    for kibibytes in sorted({each.stored.kibibytes for each in crowds}) or [1]:
        sized = [each for each in crowds if each.stored.kibibytes == kibibytes]
        new = [each for each in sized if each.case == "create_new"]
        get = [each for each in sized if each.case == "get"]
        create = f"create of {kibibytes} KiB, {MANY} clients"
        found += [
            _part(f"{create}: half of the floor, per core", new, _CREATE_PART),
            _trips(f"{create}: under 0.3 round trips", new, _CREATE_TRIPS),
            _tail(f"{create}: p99 under 5 times p50", new),
            _part(f"get of {kibibytes} KiB, {MANY} clients: 0.6 of the floor", get, _GET_PART),
        ]
    small = [each for each in lists if each.stored.kibibytes == 1]
    return [
        *found,
        _trips("create: never more than 5 round trips", creates, _MOST_TRIPS),
        _most("list of 20: at most 1.5 ms of the service's CPU", small, _LIST_MICROSECONDS),
        *_growth(small),
        _memory("idle", [each.memory.idle for each in measurements], _IDLE_MEBIBYTES),
        _memory("loaded", [each.memory.loaded for each in measurements], _LOADED_MEBIBYTES),
        _endurance(readings),
    ]


def _part(target: str, measured: Sequence[Measurement], least: float) -> Verdict:
    found = []
    for each in measured:
        per_core = ratio(each.service, each.floor, lambda sample: sample.per_cpu_second)
        clock = ratio(each.service, each.floor, lambda sample: sample.per_second)
        if per_core is not None and clock is not None:
            found.append(
                (per_core.median, f"{per_core.median:.2f} (by the clock {clock.median:.2f})")
            )
    return _worst(target, sorted(found), least, above=True)


def _trips(target: str, measured: Sequence[Measurement], most: float) -> Verdict:
    counted = [
        (trips, f"{trips:.2f} ({each.case}, {each.clients} clients)")
        for each in measured
        if (trips := each.round_trips_per_call()) is not None
    ]
    return _worst(target, sorted(counted, reverse=True), most, above=False)


def _tail(target: str, measured: Sequence[Measurement]) -> Verdict:
    found = []
    for each in measured:
        p50 = middle(each.service, "p50")
        p99 = middle(each.service, "p99")
        if p50:
            found.append((p99 / p50, f"{p99 / p50:.1f} times ({p99:.1f} ms, {p50:.1f} ms)"))
    return _worst(target, sorted(found, reverse=True), _TAIL, above=False)


def _most(target: str, measured: Sequence[Measurement], most: float) -> Verdict:
    found = [
        (used, f"{used / 1_000:.2f} ms ({each.case}, {each.clients} clients)")
        for each in measured
        if sum(sample.calls for sample in each.service) >= _ENOUGH_CALLS
        for used in [middle(each.service, "cpu_per_call")]
    ]
    return _worst(target, sorted(found, reverse=True), most, above=False)


def _growth(lists: Sequence[Measurement]) -> Iterator[Verdict]:
    alone = [each for each in lists if each.processes == 1]
    fewest = min((each.clients for each in alone), default=0)
    series: dict[tuple[str, bool], dict[int, float]] = {}
    for each in alone:
        if each.clients == fewest:
            times = series.setdefault((each.case, each.stored.all_callers), {})
            times[each.stored.events] = middle(each.service, "p50")
    for (case, all_callers), times in series.items():
        few, many = min(times), max(times)
        share = "all" if all_callers else "a tenth"
        target = f"{case}, {share} the caller's: no growth with the stored"
        if few == many:
            yield Verdict(target, "", None)
        else:
            text = f"{times[few]:.1f} ms of {few:,}, {times[many]:.1f} ms of {many:,}"
            yield Verdict(target, text, times[many] <= _GROWTH * times[few])


def _memory(when: str, found: Sequence[float], most: float) -> Verdict:
    worst = [(each, f"{each:.0f} MiB") for each in sorted(found, reverse=True)]
    return _worst(f"memory per process, {when}: under {most:.0f} MiB", worst, most, above=False)


def _endurance(readings: Sequence[Reading]) -> Verdict:
    target = "memory: no growth over a million creates"
    times = growth(readings)
    if times is None:
        return Verdict(target, "", None)
    first, last = readings[1], readings[-1]
    text = (
        f"{first.mebibytes:.0f} MiB after {first.creates:,},"
        f" {last.mebibytes:.0f} MiB after {last.creates:,}"
    )
    return Verdict(target, text, times <= _MEMORY_GROWTH)


def _worst(
    target: str, found: Sequence[tuple[float, str]], bound: float, *, above: bool
) -> Verdict:
    """By the first of what was found, which is the worst."""
    if not found:
        return Verdict(target, "", None)
    value, text = found[0]
    return Verdict(target, text, value >= bound if above else value < bound)
