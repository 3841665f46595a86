"""The edge of the service: bytes in, bytes out, and every fault an answer (CONTRACT 1.5).

This is the one place that decodes requests, makes the caller, and maps faults. It is a generic
handler and no interceptor, because grpcio decodes before interceptors see a call and answers an
undecodable request with INTERNAL, which what the caller got wrong must never be.
"""

from __future__ import annotations

import secrets
import time
from typing import TYPE_CHECKING

import grpc
import structlog
from google.protobuf.message import DecodeError
from pymongo.errors import (
    ConnectionFailure,
    DocumentTooLarge,
    ExecutionTimeout,
    PyMongoError,
    WaitQueueTimeoutError,
    WTimeoutError,
)

from event_service.errors import (
    DeadlineExceeded,
    InvalidArgument,
    QuotaExceeded,
    ServiceError,
    Unavailable,
    Unforeseen,
)
from event_service.servicer.call import Call

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from event_service.auth.authenticator import Authenticator
    from event_service.servicer.method import Method

_log = structlog.get_logger(__name__)

_DOCUMENT_BYTES = 16 * 1024 * 1024


class Edge(grpc.GenericRpcHandler):
    """Serves the given methods, and no others."""

    def __init__(
        self,
        methods: Iterable[Method],
        authenticator: Authenticator,
        max_request_bytes: int,
        max_response_bytes: int,
    ) -> None:
        self._authenticator = authenticator
        self._max_request_bytes = max_request_bytes
        self._max_response_bytes = max_response_bytes
        self._handlers = {method.path: self._handler(method) for method in methods}

    def service(
        self, handler_call_details: grpc.HandlerCallDetails
    ) -> grpc.RpcMethodHandler[bytes, bytes] | None:
        """The handler of a method (grpcio asks)."""
        return self._handlers.get(handler_call_details.method)

    def _handler(self, method: Method) -> grpc.RpcMethodHandler[bytes, bytes]:
        def serve(body: bytes, context: grpc.ServicerContext) -> bytes:
            began = time.perf_counter()
            try:
                answer = self._answer(method, body, context)
            except Exception as error:  # noqa: BLE001  # the edge: whatever it is, it gets an id
                fault = _service_error(error)
                _log_call(method, began, fault, error)
                context.abort(fault.status, fault.details)
            _log_call(method, began, None)
            return answer

        return grpc.unary_unary_rpc_method_handler(serve)

    def _answer(self, method: Method, body: bytes, context: grpc.ServicerContext) -> bytes:
        if len(body) > self._max_request_bytes:
            raise QuotaExceeded("bytes of one request", self._max_request_bytes)
        metadata = _text_metadata(context)
        caller = None
        if method.access is not None:
            caller = self._authenticator.caller(metadata, method.access)
        try:
            request = method.request.FromString(body)
        except DecodeError:
            raise InvalidArgument(
                f"The request is no valid {method.request.DESCRIPTOR.name}: its bytes are damaged,"
                " a string is not UTF-8, or it is nested too deep."
            ) from None
        call = Call(caller, metadata, context.time_remaining)
        answer = method.run(request, call).SerializeToString()
        if len(answer) > self._max_response_bytes:
            raise QuotaExceeded("bytes of one answer", self._max_response_bytes)
        return answer


def _service_error(error: Exception) -> ServiceError:
    if isinstance(error, ServiceError):
        return error
    if isinstance(error, ExecutionTimeout):
        return DeadlineExceeded("The query took longer in the database than it may.")
    if isinstance(error, DocumentTooLarge):
        return QuotaExceeded("bytes of one document", _DOCUMENT_BYTES)
    if isinstance(error, ConnectionFailure | WTimeoutError | WaitQueueTimeoutError) or (
        isinstance(error, PyMongoError) and error.timeout
    ):
        return Unavailable("The database does not answer. Nothing was changed; try again.")
    return Unforeseen(secrets.token_hex(8))


def _log_call(
    method: Method, began: float, fault: ServiceError | None, error: Exception | None = None
) -> None:
    seconds = round(time.perf_counter() - began, 6)
    if fault is None:
        _log.debug("call", method=method.path, seconds=seconds, code="OK")
    elif isinstance(fault, Unforeseen):
        _log.error(
            "call", method=method.path, seconds=seconds, code=fault.code, fault_id=fault.fault_id,
            exc_info=error,
        )  # fmt: skip
    else:
        cause = type(error).__name__
        _log.info("call", method=method.path, seconds=seconds, code=fault.code, cause=cause)


def _text_metadata(context: grpc.ServicerContext) -> Mapping[str, str]:
    return {
        key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)
    }
