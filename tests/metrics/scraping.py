"""Reads what Prometheus would read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from event_service.metrics.exposition import exposition
from event_service.metrics.names import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from event_service.metrics.names import Metric


def series_of(metric: Metric) -> frozenset[str]:
    """The names that a query may ask for."""
    if metric.kind is Kind.HISTOGRAM:
        return frozenset(f"{metric.name}_{part}" for part in ("bucket", "count", "sum"))
    return frozenset({metric.name})


class Scrape:
    """The samples of one exposition in Prometheus' text format."""

    def __init__(self, text: str) -> None:
        self.families = list(text_string_to_metric_families(text))
        self.samples = [sample for family in self.families for sample in family.samples]

    def value(self, name: str, **labels: str) -> float:
        """The sum of the samples of that name that have these labels; 0 without any."""
        return sum(
            sample.value
            for sample in self.samples
            if sample.name == name and labels.items() <= sample.labels.items()
        )

    def names(self) -> frozenset[str]:
        """The names of all samples."""
        return frozenset(sample.name for sample in self.samples)

    def labels(self, name: str) -> list[Mapping[str, str]]:
        """The labels of every sample of that name."""
        return [sample.labels for sample in self.samples if sample.name == name]


def own_scrape() -> Scrape:
    """What the process of the test has counted."""
    return Scrape(exposition("")[0].decode())
