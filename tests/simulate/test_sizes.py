"""What is stored weighs what it weighs."""

from __future__ import annotations

from dataclasses import replace

import pytest

from event_service.model.event import Event
from event_service.settings import Settings
from event_service.store_clients import mongodb_connections
from simulate.scenario import Mix
from simulate.sizes import Population, document_bytes, index_sizes
from simulate.sizing import CONNECTIONS, Plan, size


def test_raw_data_are_stored_as_they_are() -> None:
    assert document_bytes(10_240) - document_bytes(1_024) == 10_240 - 1_024


def test_every_declared_index_is_counted_and_those_of_the_id_and_of_retention() -> None:
    names = [index.name for index in index_sizes(Population())]
    declared = [
        ", ".join(name for name, _ in one["fields"])
        for one in Event._meta["index_specs"]  # noqa: SLF001 - as ``model.indexes`` reads it
    ]
    assert names == ["_id", *declared, "created_at"]


def test_the_more_is_stored_the_more_neighbours_share() -> None:
    few = sum(index.entry_bytes for index in index_sizes(Population(events=1e6)))
    many = sum(index.entry_bytes for index in index_sizes(Population(events=1e10)))
    assert many < few


def test_the_scarcest_decides_how_many_shards_there_are() -> None:
    large = size(Plan(raw_bytes=100 * 1024))
    assert large.shards == large.shards_for_disk
    fast = size(Plan(rate=1e6, stored=1e9))
    assert fast.shards == fast.shards_for_writes


def test_what_repeats_is_not_stored_and_fills_the_store_later() -> None:
    mix = Mix(repeats=0.8, recoveries=0.05, changes=0.05)
    repeating, not_repeating = size(Plan(mix=mix)), size(Plan(mix=replace(mix, repeats=0.0)))
    assert repeating.recorded == pytest.approx(20_000)
    assert repeating.days_to_stored == pytest.approx(not_repeating.days_to_stored * 5)


@pytest.mark.usefixtures("no_event_variables")
def test_a_process_may_open_as_many_connections_as_the_service_says() -> None:
    assert mongodb_connections(Settings()) == CONNECTIONS
