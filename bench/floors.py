"""The floors: servers that decode a request, answer what they were told to, and do nothing else."""

from __future__ import annotations

import asyncio
import json
import socket
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

import grpc
import uvicorn
from google.protobuf.empty_pb2 import Empty
from google.protobuf.struct_pb2 import Struct

from event_service.settings import Settings
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, MutableMapping
    from multiprocessing.connection import Connection

    from google.protobuf.message import Message

_MESSAGES: dict[str, tuple[type[Message], type[Message]]] = {
    "create": (event_pb2.CreateEventRequest, Empty),
    "get": (event_pb2.EventRequest, event_pb2.EventInfo),
    "list": (event_pb2.EventQuery, event_pb2.EventsInfo),
    "stat": (event_pb2.EventStatQuery, Struct),
}
_MOST_BYTES = 256 * 1024 * 1024
_OPTIONS = (
    ("grpc.max_receive_message_length", _MOST_BYTES),
    ("grpc.max_send_message_length", _MOST_BYTES),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a method of the floor is to answer from now on, serialised anew for each call."""

    method: str
    body: bytes


class _Floor(grpc.GenericRpcHandler):
    def __init__(self, *, aio: bool) -> None:
        self._answers: dict[str, Message] = {"create": Empty()}
        self._handlers = {name: self._handler(name, aio=aio) for name in _MESSAGES}

    def learn(self, answer: Answer) -> None:
        self._answers[answer.method] = _MESSAGES[answer.method][1].FromString(answer.body)

    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        return self._handlers.get(handler_call_details.method.rpartition("/")[2])

    def _handler(self, method: str, *, aio: bool) -> grpc.RpcMethodHandler[Any, Any]:
        answers = self._answers

        def serve(_request: Message, _context: object) -> Message:
            return answers[method]

        async def serve_aio(_request: Message, _context: object) -> Message:
            return answers[method]

        request, answer = _MESSAGES[method]
        return grpc.unary_unary_rpc_method_handler(
            cast("Any", serve_aio if aio else serve),
            request_deserializer=request.FromString,
            response_serializer=answer.SerializeToString,
        )


def serve_threads(pipe: Connection[Any, Any]) -> None:
    """A bare servicer with as many threads as the service has by default; tells its address."""
    floor = _Floor(aio=False)
    server = grpc.server(ThreadPoolExecutor(_threads()), options=_OPTIONS)
    server.add_generic_rpc_handlers((floor,))
    pipe.send(f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
    server.start()
    try:
        while True:
            floor.learn(pipe.recv())
            pipe.send("learnt")
    finally:
        server.stop(0).wait()


def serve_aio(pipe: Connection[Any, Any]) -> None:
    """A bare servicer on an event loop; tells its address."""
    asyncio.run(_serve_aio(pipe))


async def _serve_aio(pipe: Connection[Any, Any]) -> None:
    floor = _Floor(aio=True)
    server = grpc.aio.server(options=_OPTIONS)
    server.add_generic_rpc_handlers((floor,))
    pipe.send(f"127.0.0.1:{server.add_insecure_port('127.0.0.1:0')}")
    await server.start()
    try:
        while True:
            floor.learn(await asyncio.to_thread(pipe.recv))
            pipe.send("learnt")
    finally:
        await server.stop(0)


def serve_http(pipe: Connection[Any, Any]) -> None:
    """A bare ASGI application that parses the JSON it gets; tells its address."""
    config = uvicorn.Config(
        cast("Any", _take_json),
        host="127.0.0.1",
        port=0,
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
    )
    listening = config.bind_socket()
    # Inherited by connections. asyncio does it only for sockets that name their protocol.
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    pipe.send(f"127.0.0.1:{listening.getsockname()[1]}")
    server = uvicorn.Server(config)

    async def serve() -> None:
        serving = asyncio.create_task(server.serve([listening]))
        try:
            await asyncio.to_thread(pipe.recv)
        finally:
            server.should_exit = True
            await serving

    asyncio.run(serve())


async def _take_json(
    _scope: MutableMapping[str, Any],
    receive: Callable[[], Awaitable[dict[str, Any]]],
    send: Callable[[dict[str, Any]], Awaitable[None]],
) -> None:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    json.loads(body)
    headers = [(b"content-type", b"application/json"), (b"content-length", b"2")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"{}"})


def _threads() -> int:
    threads: int = Settings.model_fields["grpc_threads"].default
    return threads
