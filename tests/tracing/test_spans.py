"""Spans as the service makes them: within a call, across threads, and into a plugin."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from opentelemetry.trace import StatusCode

from event_service.errors import Unavailable
from event_service.plugins.client import PluginClient
from event_service.servicer.faults import answered
from event_service.tracing import spans
from event_service.under_way import Arrival, Transport, current
from tests.plugins.running import running_plugin

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import ReadableSpan
    from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

METHOD = "/tests.Tracing/call"
TRACE = "0af7651916cd43dd8448eb211c80319c"
ARRIVAL = Arrival(METHOD, Transport.GRPC, {"traceparent": f"00-{TRACE}-b7ad6b7169203331-01"})


def _named(ended: InMemorySpanExporter, name: str) -> ReadableSpan:
    (found,) = [span for span in ended.get_finished_spans() if span.name == name]
    return found


def _trace(span: ReadableSpan) -> str:
    assert span.context is not None
    return f"{span.context.trace_id:032x}"


def test_steps_lie_within_the_call(ended: InMemorySpanExporter) -> None:
    def work() -> None:
        with spans.span("outer", kind="x"), spans.span("inner"):
            assert spans.trace_ids() is not None

    answered(ARRIVAL, work)
    call, outer, inner = (_named(ended, name) for name in (METHOD[1:], "outer", "inner"))
    assert outer.parent == call.context
    assert inner.parent == outer.context
    assert _trace(call) == TRACE
    assert outer.attributes == {"kind": "x"}


def test_nothing_of_a_call_is_left_behind(ended: InMemorySpanExporter) -> None:
    answered(ARRIVAL, lambda: None)
    assert spans.trace_ids() is None
    assert spans.link() is None
    assert current() is None
    assert ended.get_finished_spans()


def test_nothing_is_left_behind_of_a_call_that_the_end_of_the_process_ends(
    ended: InMemorySpanExporter,
) -> None:
    def work() -> None:
        raise SystemExit

    with pytest.raises(SystemExit):
        answered(ARRIVAL, work)
    assert spans.trace_ids() is None
    assert current() is None
    assert ended.get_finished_spans()


def test_an_error_shows_by_its_kind_and_not_by_its_text(ended: InMemorySpanExporter) -> None:
    def work() -> None:
        with spans.span("step"):
            raise ValueError("hunter2")

    with pytest.raises(Exception, match="Unforeseen"):
        answered(ARRIVAL, work)
    step, call = _named(ended, "step"), _named(ended, METHOD[1:])
    assert (step.status.status_code, step.status.description) == (StatusCode.ERROR, "ValueError")
    assert call.status.status_code is StatusCode.ERROR
    assert not step.events
    assert "hunter2" not in step.to_json() + call.to_json()


def test_what_the_store_can_not_do_is_an_error_of_ours(ended: InMemorySpanExporter) -> None:
    def work() -> None:
        raise Unavailable("down")

    with pytest.raises(Unavailable):
        answered(ARRIVAL, work)
    call = _named(ended, METHOD[1:])
    assert call.status.status_code is StatusCode.ERROR
    assert (call.attributes or {})["rpc.grpc.status_code"] == 14


def test_work_for_several_calls_names_them_all(ended: InMemorySpanExporter) -> None:
    waiting: list[spans.Link | None] = []
    for _ in range(2):
        answered(ARRIVAL, lambda: waiting.append(spans.link()))

    def write() -> None:
        with spans.linked_span("batch", [*waiting, None], queue="create", size=2):
            spans.store_span("mongodb", "insert", 0.25)

    writer = threading.Thread(target=write)
    writer.start()
    writer.join()
    batch, insert = _named(ended, "batch"), _named(ended, "mongodb insert")
    calls = [span.context for span in ended.get_finished_spans() if span.name == METHOD[1:]]
    assert [link.context for link in batch.links] == calls
    assert batch.parent is None
    assert insert.parent == batch.context
    assert insert.start_time is not None
    assert insert.end_time is not None
    assert (insert.end_time - insert.start_time) == 250_000_000


def test_a_plugin_is_called_within_the_trace(ended: InMemorySpanExporter) -> None:
    client = PluginClient()
    with running_plugin() as plugin:
        (result,) = answered(ARRIVAL, lambda: client.parse(plugin.place, {}, {"a": 1}))
    client.close()
    assert isinstance(result, dict)
    asked = _named(ended, "spaceone.api.monitoring.plugin.Event/parse")
    assert asked.context is not None
    sent = result["additional_info"]["traceparent"]
    assert sent == f"00-{TRACE}-{asked.context.span_id:016x}-01"
    assert (asked.attributes or {})["rpc.method"] == "parse"


def test_without_tracing_there_is_nothing() -> None:
    def work() -> None:
        with spans.span("x"), spans.linked_span("y", [spans.link()]):
            spans.store_span("redis", "decide", 0.1, failed=True)
        assert (spans.trace_ids(), spans.link(), spans.outgoing()) == (None, None, ())

    answered(ARRIVAL, work)
