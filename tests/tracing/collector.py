"""A small OpenTelemetry collector, over HTTP and over gRPC, that keeps what it is sent."""

from __future__ import annotations

import gzip
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import grpc
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.trace.v1 import trace_service_pb2_grpc
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import (
    ExportTraceServiceRequest,
    ExportTraceServiceResponse,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from opentelemetry.proto.common.v1.common_pb2 import KeyValue
    from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord
    from opentelemetry.proto.trace.v1.trace_pb2 import Span


class Collected:
    """Everything that came, as it came (``raw``) and by what it is."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.raw = b""
        self.spans: list[Span] = []
        self.lines: list[LogRecord] = []
        self.resources: list[Mapping[str, Any]] = []

    def take(
        self, body: bytes, request: ExportTraceServiceRequest | ExportLogsServiceRequest
    ) -> None:
        """One export."""
        with self._lock:
            self.raw += body
            if isinstance(request, ExportTraceServiceRequest):
                for resource in request.resource_spans:
                    self.resources.append(values(resource.resource.attributes))
                    for scope in resource.scope_spans:
                        self.spans.extend(scope.spans)
            else:
                for logs in request.resource_logs:
                    for scope_logs in logs.scope_logs:
                        self.lines.extend(scope_logs.log_records)

    def named(self, name: str) -> list[Span]:
        """The spans of that name, in the order of their beginnings."""
        found = [span for span in self.spans if span.name == name]
        return sorted(found, key=lambda span: span.start_time_unix_nano)

    def children(self, parent: Span) -> dict[str, Span]:
        """The spans under a span, however deep, by name."""
        found: dict[str, Span] = {}
        for span in self.spans:
            if span.parent_span_id == parent.span_id:
                found |= {span.name: span, **self.children(span)}
        return found


def values(attributes: Any) -> dict[str, Any]:
    """Attributes as a dict."""
    pairs: list[KeyValue] = list(attributes)
    return {pair.key: getattr(pair.value, pair.value.WhichOneof("value") or "") for pair in pairs}


@contextmanager
def http_collector() -> Iterator[tuple[str, Collected]]:
    """Its endpoint, and what it collects."""
    collected = Collected()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if self.headers.get("Content-Encoding") == "gzip":
                body = gzip.decompress(body)
            kind = ExportTraceServiceRequest if "traces" in self.path else ExportLogsServiceRequest
            collected.take(body, kind.FromString(body))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Not on the terminal of the tests."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}", collected
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def grpc_collector() -> Iterator[tuple[str, Collected]]:
    """Its endpoint, and the spans that it collects."""
    collected = Collected()

    class Servicer(trace_service_pb2_grpc.TraceServiceServicer):
        def Export(  # noqa: N802  # the API's own name
            self, request: ExportTraceServiceRequest, context: grpc.ServicerContext
        ) -> ExportTraceServiceResponse:
            assert context
            collected.take(request.SerializeToString(), request)
            return ExportTraceServiceResponse()

    server = grpc.server(ThreadPoolExecutor(2))
    trace_service_pb2_grpc.add_TraceServiceServicer_to_server(Servicer(), server)  # type: ignore[no-untyped-call]
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    try:
        yield f"http://127.0.0.1:{port}", collected
    finally:
        server.stop(0).wait()
