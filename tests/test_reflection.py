"""Reflection as SpaceONE clients use it (CONTRACT 1.2), through a real channel."""

from collections.abc import Callable, Iterator

import grpc
import pytest
from google.protobuf import text_format
from google.protobuf.descriptor_pb2 import FileDescriptorProto
from google.protobuf.descriptor_pool import DescriptorPool
from grpc_reflection.v1alpha import reflection_pb2 as v1alpha
from grpc_reflection.v1alpha.proto_reflection_descriptor_database import (
    ProtoReflectionDescriptorDatabase,
)

from event_service.admission.places import Places
from event_service.servicer.doors import MOST_ASIDE_BYTES, Doors
from event_service.servicer.reflection import add_reflection
from event_service.stubs.grpc.reflection.v1 import reflection_pb2 as v1
from event_service.stubs.grpc.reflection.v1.reflection_pb2 import (
    ExtensionRequest,
    ServerReflectionRequest,
    ServerReflectionResponse,
)
from event_service.stubs.spaceone.api.monitoring.v1 import event_pb2

Ask = Callable[..., list[ServerReflectionResponse]]

EVENT = "spaceone.api.monitoring.v1.Event"
VERSIONS = ["grpc.reflection.v1.ServerReflection", "grpc.reflection.v1alpha.ServerReflection"]
EVENT_IMPORTS = {
    "google/protobuf/empty.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/descriptor.proto",
    "google/api/annotations.proto",
    "google/api/http.proto",
    "spaceone/api/core/v2/query.proto",
}
HTTP_EXTENSION = 72295728
INVALID_ARGUMENT, NOT_FOUND = 3, 5


@pytest.fixture(scope="module")
def channel() -> Iterator[grpc.Channel]:
    doors = Doors(Places(threads=1, waiting_per_thread=1), read_seconds=30, most_slow=8)
    server = grpc.server(doors.deliveries)
    add_reflection(server, [EVENT], doors)
    port = server.add_insecure_port("127.0.0.1:0")
    doors.start()
    server.start()
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    server.stop(None).wait()
    doors.close()


@pytest.fixture(params=VERSIONS)
def ask(request: pytest.FixtureRequest, channel: grpc.Channel) -> Ask:
    """Sends requests (bytes as they are) in one stream and gives the answers."""
    method = channel.stream_stream(
        f"/{request.param}/ServerReflectionInfo",
        request_serializer=to_bytes,
        response_deserializer=ServerReflectionResponse.FromString,
    )

    def send(*requests: ServerReflectionRequest | bytes) -> list[ServerReflectionResponse]:
        return list(method(iter(requests), timeout=30))

    return send


def to_bytes(request: ServerReflectionRequest | bytes) -> bytes:
    return request if isinstance(request, bytes) else request.SerializeToString()


def file_in(response: ServerReflectionResponse) -> FileDescriptorProto:
    assert response.WhichOneof("message_response") == "file_descriptor_response", response
    (data,) = response.file_descriptor_response.file_descriptor_proto
    return FileDescriptorProto.FromString(data)


def test_lists_the_named_services_and_its_own(ask: Ask) -> None:
    (response,) = ask(ServerReflectionRequest(host="here", list_services="*"))
    assert [s.name for s in response.list_services_response.service] == [*VERSIONS, EVENT]
    assert response.valid_host == "here"
    assert response.original_request.list_services == "*"


@pytest.mark.parametrize(
    ("symbol", "file"),
    [
        (EVENT, "spaceone/api/monitoring/v1/event.proto"),
        (f"{EVENT}.create", "spaceone/api/monitoring/v1/event.proto"),
        ("spaceone.api.monitoring.v1.EventInfo", "spaceone/api/monitoring/v1/event.proto"),
        ("spaceone.api.monitoring.v1.EventInfo.title", "spaceone/api/monitoring/v1/event.proto"),
        ("spaceone.api.core.v2.ExportOption.QueryType", "spaceone/api/core/v2/query.proto"),
        ("spaceone.api.core.v2.ExportOption.ANALYZE", "spaceone/api/core/v2/query.proto"),
        ("google.protobuf.Struct.FieldsEntry", "google/protobuf/struct.proto"),
        ("google.protobuf.NullValue", "google/protobuf/struct.proto"),
        ("google.api.http", "google/api/annotations.proto"),
        (VERSIONS[0], "grpc/reflection/v1/reflection.proto"),
        (VERSIONS[1], v1alpha.DESCRIPTOR.name),
    ],
)
def test_a_symbol_gives_its_file_alone(ask: Ask, symbol: str, file: str) -> None:
    (response,) = ask(ServerReflectionRequest(file_containing_symbol=symbol))
    assert file_in(response).name == file


@pytest.mark.parametrize("name", sorted(EVENT_IMPORTS))
def test_an_import_is_answered_by_filename(ask: Ask, name: str) -> None:
    (response,) = ask(ServerReflectionRequest(file_by_filename=name))
    assert file_in(response).name == name


def test_extensions(ask: Ask) -> None:
    options = "google.protobuf.MethodOptions"
    wanted = ExtensionRequest(containing_type=options, extension_number=HTTP_EXTENSION)
    file, numbers = ask(
        ServerReflectionRequest(file_containing_extension=wanted),
        ServerReflectionRequest(all_extension_numbers_of_type=options),
    )
    assert file_in(file).name == "google/api/annotations.proto"
    assert numbers.all_extension_numbers_response.base_type_name == options
    assert HTTP_EXTENSION in numbers.all_extension_numbers_response.extension_number


@pytest.mark.parametrize(
    "request_",
    [
        ServerReflectionRequest(file_by_filename="no/such.proto"),
        ServerReflectionRequest(file_by_filename=""),
        ServerReflectionRequest(file_containing_symbol="spaceone.api.monitoring.v1.Nothing"),
        ServerReflectionRequest(file_containing_symbol=f"{EVENT}.nothing"),
        ServerReflectionRequest(file_containing_symbol="\0.é" * 1000),
        ServerReflectionRequest(all_extension_numbers_of_type="no.such.Type"),
        ServerReflectionRequest(all_extension_numbers_of_type=EVENT),
        ServerReflectionRequest(
            file_containing_extension=ExtensionRequest(containing_type="no.such.Type")
        ),
        ServerReflectionRequest(
            file_containing_extension=ExtensionRequest(
                containing_type="google.protobuf.MethodOptions", extension_number=-1
            )
        ),
    ],
    ids=str,
)
def test_the_unknown_is_not_found(ask: Ask, request_: ServerReflectionRequest) -> None:
    (response,) = ask(request_)
    assert response.error_response.error_code == NOT_FOUND
    assert response.original_request == request_


def test_garbage_is_answered_and_the_stream_goes_on(ask: Ask) -> None:
    not_utf8 = b"\x22\x02\xff\xfe"
    *bad, good = ask(
        b"",
        b"\xff\xff\xff",
        not_utf8,
        ServerReflectionRequest(host="nothing asked"),
        ServerReflectionRequest(file_containing_symbol=EVENT),
    )
    assert [r.error_response.error_code for r in bad] == [INVALID_ARGUMENT] * 4
    assert file_in(good).package == "spaceone.api.monitoring.v1"


def test_what_is_longer_than_a_name_is_not_sent_back(ask: Ask) -> None:
    long = ServerReflectionRequest(file_containing_symbol="x" * MOST_ASIDE_BYTES)
    refused, good = ask(long, ServerReflectionRequest(file_containing_symbol=EVENT))
    assert refused.error_response.error_code == INVALID_ARGUMENT
    assert refused.ByteSize() < MOST_ASIDE_BYTES
    assert file_in(good).name.endswith("event.proto")


def test_a_client_rebuilds_the_service_from_the_answers(ask: Ask) -> None:
    pool = DescriptorPool()
    seen: set[str] = set()

    def add(request: ServerReflectionRequest) -> None:
        (response,) = ask(request)
        file = file_in(response)
        assert file.name not in seen
        seen.add(file.name)
        for name in file.dependency:
            if name not in seen:
                add(ServerReflectionRequest(file_by_filename=name))
        pool.AddSerializedFile(file.SerializeToString())

    first, second = (ask(ServerReflectionRequest(list_services="")) for _ in range(2))
    assert first == second
    add(ServerReflectionRequest(file_containing_symbol=EVENT))
    assert seen == {"spaceone/api/monitoring/v1/event.proto"} | EVENT_IMPORTS
    assert_is_event_service(pool)


def test_the_stock_client_rebuilds_every_listed_service(channel: grpc.Channel) -> None:
    database = ProtoReflectionDescriptorDatabase(channel)
    pool = DescriptorPool(database)
    for name in database.get_services():
        assert pool.FindServiceByName(name).full_name == name
    assert_is_event_service(pool)


def assert_is_event_service(pool: DescriptorPool) -> None:
    rebuilt = pool.FindServiceByName(EVENT)
    assert rebuilt.file.serialized_pb == event_pb2.DESCRIPTOR.serialized_pb
    assert [m.name for m in rebuilt.methods] == ["create", "get", "list", "stat"]
    query = rebuilt.methods_by_name["list"].input_type.fields_by_name["query"].message_type
    assert query is not None
    assert query.full_name == "spaceone.api.core.v2.Query"


def test_v1_is_v1alpha_on_the_wire() -> None:
    ours = FileDescriptorProto.FromString(v1.DESCRIPTOR.serialized_pb)
    # The package's name is part of every type reference, so it is replaced in the text form.
    theirs = str(FileDescriptorProto.FromString(v1alpha.DESCRIPTOR.serialized_pb))
    renamed = text_format.Parse(
        theirs.replace("grpc.reflection.v1alpha", "grpc.reflection.v1"), FileDescriptorProto()
    )
    assert list(ours.message_type) == list(renamed.message_type)
    assert list(ours.service) == list(renamed.service)


def test_a_service_that_is_not_loaded_is_refused() -> None:
    doors = Doors(Places(threads=1, waiting_per_thread=1), read_seconds=30, most_slow=8)
    with pytest.raises(KeyError, match=r"no\.such\.Service"):
        add_reflection(grpc.server(doors.deliveries), ["no.such.Service"], doors)
    doors.close()
