"""Server reflection, v1alpha and v1, as SpaceONE clients need it (CONTRACT 1.2).

The stock Python servicer answers with a file and all of its imports. The SpaceONE console's
backend adds up the files of all answers and dies on the first that comes twice, and it expects a
service in every file it gets. So each answer here carries exactly one file; clients ask for the
imports by filename.
"""

from collections.abc import Iterator, Mapping, Sequence

import grpc
from google.protobuf import descriptor_pool
from google.protobuf.descriptor import FileDescriptor
from google.protobuf.message import DecodeError
from grpc_reflection.v1alpha import reflection_pb2 as v1alpha

from event_service.admission.bounded_pool import BoundedPool
from event_service.servicer.doors import MOST_ASIDE_BYTES, Doors, Handler, in_pool
from event_service.stubs.grpc.reflection.v1 import reflection_pb2 as v1

_V1ALPHA_NAME = v1alpha.DESCRIPTOR.services_by_name["ServerReflection"].full_name
_V1_NAME = v1.DESCRIPTOR.services_by_name["ServerReflection"].full_name


def add_reflection(server: grpc.Server, service_names: Sequence[str], doors: Doors) -> None:
    """Serve reflection, in both versions and without a token, on a server not yet started.

    It has a door of its own.

    ``service_names`` are the full names of the services to list; reflection's own are added.
    Raises KeyError when the descriptor of one of them is not loaded in this process.
    """
    reflection = _Reflection([*service_names, _V1ALPHA_NAME, _V1_NAME])

    def answer_all(
        requests: Iterator[bytes], context: grpc.ServicerContext
    ) -> Iterator[v1.ServerReflectionResponse]:
        while (request := doors.slow_clients_aside.next(requests, context)) is not None:
            with doors.slow_clients_aside.waiting(context):
                yield reflection.answer(_parse(request))

    def handlers(pool: BoundedPool) -> Mapping[str, Handler]:
        # The two versions differ in their package only, which the wire does not carry, so the
        # messages of v1 serve both.
        method: Handler = grpc.stream_stream_rpc_method_handler(
            in_pool(pool, answer_all),
            response_serializer=v1.ServerReflectionResponse.SerializeToString,
        )
        return {f"/{name}/ServerReflectionInfo": method for name in (_V1ALPHA_NAME, _V1_NAME)}

    server.add_generic_rpc_handlers((doors.aside("reflection", handlers),))


def _parse(data: bytes) -> v1.ServerReflectionRequest:
    # An exception here would end the stream with INTERNAL. A request that asks nothing gets the
    # error answer that an unreadable one deserves, and one that is too large to be sent back.
    if len(data) > MOST_ASIDE_BYTES:
        return v1.ServerReflectionRequest()
    try:
        return v1.ServerReflectionRequest.FromString(data)
    except DecodeError:
        return v1.ServerReflectionRequest()


class _Reflection:
    """Answers from the descriptors that this process has loaded."""

    def __init__(self, service_names: Sequence[str]) -> None:
        self._pool = descriptor_pool.Default()
        for name in service_names:
            self._pool.FindServiceByName(name)
        self._service_names = sorted(set(service_names))

    def answer(self, request: v1.ServerReflectionRequest) -> v1.ServerReflectionResponse:
        """What one request asks for, or the fault that answers it."""
        response = v1.ServerReflectionResponse(valid_host=request.host, original_request=request)
        try:
            self._fill(response, request)
        except KeyError:
            _fail(response, grpc.StatusCode.NOT_FOUND, "not known to this server")
        return response

    def _fill(
        self, response: v1.ServerReflectionResponse, request: v1.ServerReflectionRequest
    ) -> None:
        """Raises KeyError when what is asked for is not there."""
        match request.WhichOneof("message_request"):
            case "list_services":
                services = response.list_services_response.service
                services.extend(v1.ServiceResponse(name=name) for name in self._service_names)
            case "file_by_filename":
                _put_file(response, self._pool.FindFileByName(request.file_by_filename))
            case "file_containing_symbol":
                _put_file(response, self._file_containing(request.file_containing_symbol))
            case "file_containing_extension":
                wanted = request.file_containing_extension
                extended = self._pool.FindMessageTypeByName(wanted.containing_type)
                extension = self._pool.FindExtensionByNumber(extended, wanted.extension_number)
                _put_file(response, self._file_containing(extension.full_name))
            case "all_extension_numbers_of_type":
                extended = self._pool.FindMessageTypeByName(request.all_extension_numbers_of_type)
                answer = response.all_extension_numbers_response
                answer.base_type_name = extended.full_name
                extensions = self._pool.FindAllExtensions(extended)
                answer.extension_number.extend(sorted(each.number for each in extensions))
            case _:
                _fail(response, grpc.StatusCode.INVALID_ARGUMENT, "the request asks nothing known")

    def _file_containing(self, symbol: str) -> FileDescriptor:
        try:
            return self._pool.FindFileContainingSymbol(symbol)
        except KeyError:
            # The pool knows every kind of symbol but methods.
            return self._pool.FindMethodByName(symbol).containing_service.file


def _put_file(response: v1.ServerReflectionResponse, file: FileDescriptor) -> None:
    response.file_descriptor_response.file_descriptor_proto.append(file.serialized_pb)


def _fail(response: v1.ServerReflectionResponse, status: grpc.StatusCode, message: str) -> None:
    response.error_response.error_code = status.value[0]
    response.error_response.error_message = message
