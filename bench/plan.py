"""Which points of the axes are measured."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.cases import CASES, Case
from bench.seeding import Stored

if TYPE_CHECKING:
    from collections.abc import Sequence

ALL_STORED = (1_000, 100_000, 1_000_000)
ALL_CLIENTS = (1, 8, 64)
ALL_PAYLOADS = (1, 10, 100)
ALL_PROCESSES = (1, 2)
SHARES = ("tenth", "all")


@dataclass(frozen=True, slots=True)
class Setting:
    """One service on one set of stored events, and what is measured on it."""

    stored: Stored
    processes: int
    clients: tuple[int, ...]
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Axes:
    """Values of each axis; payloads in KiB, shares as in ``SHARES``."""

    stored: Sequence[int] = ALL_STORED[:1]
    shares: Sequence[str] = SHARES[:1]
    payloads: Sequence[int] = ALL_PAYLOADS[:1]
    processes: Sequence[int] = ALL_PROCESSES[:1]
    clients: tuple[int, ...] = ALL_CLIENTS
    cases: tuple[Case, ...] = CASES


FULL = Axes(ALL_STORED, SHARES, ALL_PAYLOADS, ALL_PROCESSES, ALL_CLIENTS, CASES)


def matrix(axes: Axes) -> list[Setting]:
    """Every combination."""
    return [
        Setting(Stored(stored, payload, share == "all"), processes, axes.clients, axes.cases)
        for payload, share, stored, processes in itertools.product(
            axes.payloads, axes.shares, axes.stored, axes.processes
        )
    ]


def sensible(cases: tuple[Case, ...]) -> list[Setting]:
    """One axis after the other, from one common point."""
    reads = tuple(case for case in cases if case.reads)
    few, many, most = ALL_STORED
    found = [
        Setting(Stored(few, 1, all_callers=False), 1, ALL_CLIENTS, cases),
        Setting(Stored(many, 1, all_callers=False), 1, (1, 64), cases),
        Setting(Stored(many, 1, all_callers=True), 1, (1,), reads),
        Setting(Stored(most, 1, all_callers=False), 1, (1,), reads),
        Setting(Stored(few, 10, all_callers=False), 1, (64,), cases),
        Setting(Stored(few, 100, all_callers=False), 1, (64,), cases),
        Setting(Stored(few, 1, all_callers=False), 2, (64,), cases),
    ]
    return [setting for setting in found if setting.cases]
