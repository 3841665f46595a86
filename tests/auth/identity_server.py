"""A SpaceONE identity service of two calls, made with the published messages."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TYPE_CHECKING, Any, NoReturn

import grpc
from spaceone.api.core.v2.handler_pb2 import AuthenticationRequest, AuthenticationResponse
from spaceone.api.identity.v2.app_pb2 import AppCheckRequest, CheckAppInfo

if TYPE_CHECKING:
    from types import TracebackType

    from tests.auth.issuer import Issuer

Context = grpc.ServicerContext


class IdentityServer:
    """Knows the keys of ``issuers`` by domain, and ``apps`` by (domain, client id).

    ``refusal`` makes it answer with that status, ``garbage`` with those bytes, ``hangs`` not at
    all.
    """

    def __init__(self, system_token: str, issuers: dict[str, Issuer]) -> None:
        self.issuers = issuers
        self.apps: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
        self.refusal: grpc.StatusCode | None = None
        self.public_key: str | None = None
        self.garbage: bytes | None = None
        self.hangs = False
        self.asked: list[str] = []
        self._system_token = system_token
        self._released = Event()
        self._server = grpc.server(ThreadPoolExecutor(4))
        self._server.add_generic_rpc_handlers(
            (
                _service("Domain", "get_public_key", self._key, AuthenticationRequest),
                _service("App", "check", self._check, AppCheckRequest),
            )
        )
        self.endpoint = f"grpc://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"

    def __enter__(self) -> IdentityServer:
        self._server.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop at once; nobody listens on the port from then on."""
        self._released.set()
        self._server.stop(None).wait()

    def _key(self, request: Any, context: Context) -> Any:
        self._admit(request.domain_id, context)
        if self.garbage is not None:
            return self.garbage
        if request.domain_id not in self.issuers:
            _refuse(context, grpc.StatusCode.NOT_FOUND)
        jwk = json.dumps(self.issuers[request.domain_id].jwk())
        return AuthenticationResponse(
            domain_id=request.domain_id,
            public_key=jwk if self.public_key is None else self.public_key,
        )

    def _check(self, request: Any, context: Context) -> Any:
        self._admit(request.client_id, context)
        if (request.domain_id, request.client_id) not in self.apps:
            _refuse(context, grpc.StatusCode.PERMISSION_DENIED)
        permissions, projects = self.apps[request.domain_id, request.client_id]
        return CheckAppInfo(permissions=permissions, projects=projects)

    def _admit(self, asked: str, context: Context) -> None:
        self.asked.append(asked)
        if self.hangs:
            self._released.wait(60)
        if dict(context.invocation_metadata()).get("token") != self._system_token:
            _refuse(context, grpc.StatusCode.UNAUTHENTICATED)
        if self.refusal is not None:
            _refuse(context, self.refusal)


def _refuse(context: Context, status: grpc.StatusCode) -> NoReturn:
    context.abort(status, "ERROR_OF_A_KIND: with the caller's words in it")
    raise AssertionError


def _service(name: str, verb: str, answer: Any, request: Any) -> grpc.GenericRpcHandler:
    handler: grpc.RpcMethodHandler[Any, Any] = grpc.unary_unary_rpc_method_handler(
        answer,
        request_deserializer=request.FromString,
        response_serializer=lambda it: it if isinstance(it, bytes) else it.SerializeToString(),
    )
    return grpc.method_handlers_generic_handler(f"spaceone.api.identity.v2.{name}", {verb: handler})
