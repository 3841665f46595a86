"""A webhook plugin of SpaceONE's kind, in a process of its own, written with the published stubs.

``python -m tests.plugins.plugin_process [PORT]`` prints the port and serves until its standard
input ends. What it does is said by the option ``do`` of a call: told to ``hold``, it prints
``held`` and waits for a line before it parses, and before it gives its metadata when told to
``hold init``.
"""

from __future__ import annotations

import os
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct, Value
from spaceone.api.monitoring.plugin import event_pb2, webhook_pb2

_never = threading.Event()
_go = threading.Event()
_calls = 0


def _asked(request: Any) -> object:
    return dict(request.options.items()).get("do", "answer")


def _behave(request: Any, context: grpc.ServicerContext) -> bytes | None:
    """Misbehave as the options say; bytes are the whole answer."""
    global _calls  # noqa: PLW0603 - a process has one
    _calls += 1
    match _asked(request):
        case "hang":
            _never.wait(60)
        case "die":
            os._exit(3)
        case "garbage":
            return b"\xff\xff\xff\xff no message"
        case "refuse":
            context.abort(
                grpc.StatusCode.INVALID_ARGUMENT,
                f"ERROR_INVALID_PARAMETER: {request.options['secret']} is wrong",
            )
        case "crash":
            raise RuntimeError("a fault of the plugin's own")
        case "unavailable late" if _calls == 1:
            _never.wait(0.5)
            context.abort(grpc.StatusCode.UNAVAILABLE, "not yet")
        case "unavailable once" if _calls == 1:
            context.abort(grpc.StatusCode.UNAVAILABLE, "not yet")
        case "unavailable":
            context.abort(grpc.StatusCode.UNAVAILABLE, "not now")
    return None


def _hold() -> None:
    sys.stdout.write("held\n")
    sys.stdout.flush()
    _go.wait(60)


def _event(**fields: Any) -> event_pb2.EventInfo:
    resource = Struct()
    resource.update({"resource_id": "i-1", "resource_type": "server", "name": "web-1"})
    usual = {"event_key": "key-1", "event_type": "ALERT", "title": "High CPU", "severity": 1}
    return event_pb2.EventInfo(resource=resource, **(usual | fields))


def _crowded() -> Struct:
    """More members than an object may have, in 400 KB."""
    crowded = Struct()
    crowded.get_or_create_list("members").values.extend([Value()] * 200_001)
    return crowded


def _parse(request: event_pb2.ParseRequest, context: grpc.ServicerContext) -> Any:
    behaved = _behave(request, context)
    if behaved is not None:
        return behaved
    match _asked(request):
        case "hold":
            _hold()
        case "many":
            return event_pb2.EventsInfo(results=[_event(event_key=str(n)) for n in range(10_000)])
        case "large":
            return event_pb2.EventsInfo(results=[_event(description="x" * 20 * 1024 * 1024)])
        case "small enough":
            return event_pb2.EventsInfo(results=[_event(description="x" * 3_250)] * 5_000)
        case "odd":
            infinite = Struct()
            infinite["load"] = float("inf")
            return event_pb2.EventsInfo(
                results=[
                    _event(event_key="good"),
                    _event(event_type="LUNCH"),
                    _event(severity=77),
                    _event(additional_info=infinite),
                    _event(additional_info=_crowded()),
                ]
            )
    told = Struct()
    metadata = dict(context.invocation_metadata() or ())
    trace = str(metadata.get("traceparent", ""))
    told.update({"sent": request.data, "calls": _calls, "traceparent": trace})
    return event_pb2.EventsInfo(
        results=[
            _event(
                occurred_at="2024-03-01T10:00:00+09:00",
                description="over 90 %",
                rule="cpu",
                image_url="https://example.com/graph.png",
                provider="aws",
                account="1234",
                resources=["web-2"],
                additional_info=told,
            )
        ]
    )


def _init(request: webhook_pb2.WebhookInitRequest, context: grpc.ServicerContext) -> Any:
    behaved = _behave(request, context)
    if behaved is not None:
        return behaved
    if _asked(request) == "hold init":
        _hold()
    metadata = Struct()
    metadata.update({"duplicate_event_time": 120, "calls": _calls})
    if _asked(request) == "unavailable late":
        metadata["seconds_left"] = context.time_remaining()
    if _asked(request) == "large":
        metadata["text"] = "x" * 2 * 1024 * 1024
    if _asked(request) == "small enough":
        metadata["text"] = "x" * (1024 * 1024 - 100)
    if _asked(request) == "infinite":
        metadata["load"] = float("inf")
    if _asked(request) == "crowded":
        metadata = _crowded()
    return webhook_pb2.WebhookPluginInfo(metadata=metadata)


def _verify(request: webhook_pb2.WebhookPluginVerifyRequest, context: grpc.ServicerContext) -> Any:
    behaved = _behave(request, context)
    return Empty() if behaved is None else behaved


def _method(run: Any, request: Any) -> grpc.RpcMethodHandler[Any, Any]:
    return grpc.unary_unary_rpc_method_handler(
        run,
        request_deserializer=request.FromString,
        response_serializer=lambda it: it if isinstance(it, bytes) else it.SerializeToString(),
    )


def main() -> None:
    """Serve."""
    server = grpc.server(ThreadPoolExecutor(16))
    package = event_pb2.DESCRIPTOR.package
    event = {"parse": _method(_parse, event_pb2.ParseRequest)}
    webhook = {
        "init": _method(_init, webhook_pb2.WebhookInitRequest),
        "verify": _method(_verify, webhook_pb2.WebhookPluginVerifyRequest),
    }
    server.add_generic_rpc_handlers(
        (
            grpc.method_handlers_generic_handler(f"{package}.Event", event),
            grpc.method_handlers_generic_handler(f"{package}.Webhook", webhook),
        )
    )
    wanted = sys.argv[1] if len(sys.argv) > 1 else "0"
    port = server.add_insecure_port(f"127.0.0.1:{wanted}")
    server.start()
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()
    while sys.stdin.readline():
        _go.set()
    os._exit(0)


if __name__ == "__main__":
    main()
