"""The instruments are those of the names, and none has more values of a label than it may."""

from __future__ import annotations

import pytest

from event_service.draft import EventType, Severity
from event_service.metrics import calls, deliveries, instruments, stores
from event_service.metrics.names import METRICS, Kind
from tests.metrics.scraping import own_scrape, series_of

PATH = "/tests.Metrics/call"
STRANGE = "event-0123456789ab"


def _tell_everything(word: str) -> None:
    calls.call_handled(word, "OK", 0.1)
    calls.refused(word)
    deliveries.event_done(word, word, word, word)
    deliveries.dedup_answered(word)
    deliveries.batch_taken(word, 1)
    deliveries.queued(word, 1)
    deliveries.alert_changed(word)
    deliveries.plugin_answered(word, 0.1)
    stores.store_answered("mongodb", word, 0.1)
    stores.store_failed("redis", word)


def test_every_metric_has_its_instrument() -> None:
    declared = {
        metric.name.removesuffix("_total"): (metric.kind, metric.says, set(metric.labels))
        for metric in METRICS
    }
    made = {
        family.name: (Kind(family.type), family.documentation)
        for family in instruments.REGISTRY.collect()
        if not family.name.startswith("process_")
    }
    assert made == {name: (kind, says) for name, (kind, says, _) in declared.items()}
    _tell_everything("x")
    stores.store_up("redis", up=True)
    instruments.BUILD_INFO.labels("1").set(1)
    for family in own_scrape().families:
        for sample in family.samples:
            if family.name in declared:
                assert set(sample.labels) - {"le"} == declared[family.name][2]


def test_names_are_those_that_a_query_asks_for() -> None:
    _tell_everything("x")
    stores.store_up("redis", up=True)
    instruments.BUILD_INFO.labels("1").set(1)
    wanted = frozenset().union(*map(series_of, METRICS))
    found = {name for name in own_scrape().names() if not name.startswith("process_")}
    assert found == wanted


def test_what_is_thought_up_outside_is_no_label() -> None:
    _tell_everything("y")
    before = len(own_scrape().samples)
    for number in range(50):
        _tell_everything(f"{STRANGE}{number}")
    scrape = own_scrape()
    assert len(scrape.samples) == before
    assert STRANGE not in str(scrape.samples)
    assert scrape.value("grpc_server_handled_total", grpc_method="other") >= 50
    assert scrape.value("event_service_events_total", source="other", outcome="other") >= 50


@pytest.mark.parametrize("outcome", ["recorded", "repeated", "dropped"])
def test_events_by_what_they_are(outcome: str) -> None:
    deliveries.sources_installed(["grafana"])
    labels = {"source": "grafana", "event_type": "RECOVERY", "severity": "INFO", "outcome": outcome}
    before = own_scrape().value("event_service_events_total", **labels)
    deliveries.event_done("grafana", EventType.RECOVERY, Severity.INFO, outcome)
    deliveries.event_done("grafana", "RECOVERY", "INFO", outcome, count=2)
    assert own_scrape().value("event_service_events_total", **labels) == before + 3


def test_what_has_never_happened_is_there_as_none() -> None:
    calls.methods_hosted([PATH])
    scrape = own_scrape()
    for name, labels in (
        ("grpc_server_handled_total", {"grpc_method": "call", "grpc_code": "OK"}),
        ("event_service_alerts_total", {"change": "resolved"}),
        ("event_service_dedup_answers_total", {"origin": "batch"}),
        ("event_service_refused_total", {"reason": "deadline"}),
        ("event_service_plugin_calls_total", {"outcome": "skipped"}),
        ("event_service_store_failures_total", {"store": "redis", "operation": "decide"}),
        ("event_service_worker_restarts_total", {}),
    ):
        assert any(labels.items() <= found.items() for found in scrape.labels(name)), name
