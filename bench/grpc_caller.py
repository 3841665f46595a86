"""Calls one gRPC method with ready bytes over a few channels."""

from __future__ import annotations

import grpc

_CHANNELS = 16
_CALL_SECONDS = 60.0
ANSWERS_OF_ANY_SIZE = (("grpc.max_receive_message_length", 256 * 1024 * 1024),)
"""A page of 20 events of 100 KiB is more than gRPC's clients take unasked."""
_OPTIONS = (
    # Without it all channels share one connection, and so one of the service's processes.
    ("grpc.use_local_subchannel_pool", 1),
    *ANSWERS_OF_ANY_SIZE,
)


class GrpcCaller:
    """At most 16 connections, shared by the clients."""

    def __init__(
        self, address: str, path: str, metadata: tuple[tuple[str, str], ...], clients: int
    ) -> None:
        """Inside a running event loop."""
        self._channels = [
            grpc.aio.insecure_channel(address, options=_OPTIONS)
            for _ in range(min(clients, _CHANNELS))
        ]
        self._methods: list[grpc.aio.UnaryUnaryMultiCallable[bytes, bytes]] = [
            channel.unary_unary(path) for channel in self._channels
        ]
        self._metadata = metadata or None

    async def call(self, client: int, body: bytes) -> str:
        """Make one call; its status."""
        method = self._methods[client % len(self._methods)]
        try:
            await method(body, metadata=self._metadata, timeout=_CALL_SECONDS)
        except grpc.aio.AioRpcError as error:
            return error.code().name
        return "OK"

    async def close(self) -> None:
        """Close the connections."""
        for channel in self._channels:
            await channel.close()
