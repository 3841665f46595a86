"""HTTP paths from annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.api import annotations_pb2, http_pb2
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from event_service.http.transcoding import bindings_of
from event_service.servicer.method import Method
from event_service.stubs.spaceone.api.monitoring.v1 import alert_pb2, event_pb2, webhook_pb2

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from event_service.servicer.call import Call


def _run(request: Message, _: Call) -> Message:
    return request


def _method(rule: http_pb2.HttpRule) -> Method:
    """A method of a service of its own, annotated with a rule, that takes an EventQuery."""
    pool = descriptor_pool.DescriptorPool()
    asked = event_pb2.EventQuery.DESCRIPTOR

    def add(file: Any) -> None:
        for dependency in file.dependencies:
            add(dependency)
        pool.AddSerializedFile(file.serialized_pb)

    add(asked.file)
    own = FileDescriptorProto(name="own.proto", package="own", dependency=[asked.file.name])
    service = own.service.add(name="Own")
    name = f".{asked.full_name}"
    method = service.method.add(name="ask", input_type=name, output_type=name)
    method.options.Extensions[annotations_pb2.http].CopyFrom(rule)
    pool.Add(own)
    kind = message_factory.GetMessageClass(pool.FindMessageTypeByName(asked.full_name))
    return Method("own.Own", "ask", kind, None, _run)


def test_every_annotated_method_of_our_services() -> None:
    for module in (event_pb2, webhook_pb2, alert_pb2):
        (service,) = module.DESCRIPTOR.services_by_name.values()
        methods = [
            Method(
                service.full_name,
                method.name,
                message_factory.GetMessageClass(method.input_type),
                None,
                _run,
            )
            for method in service.methods
        ]
        bindings = bindings_of(methods)
        hosted = {binding.method.name for binding in bindings}
        assert {method.name for method in service.methods} - hosted <= {"create", "update_state"}
        for binding in bindings:
            resource = service.name.lower()
            called = binding.method.name.replace("_", "-")
            assert binding.path == f"/monitoring/v1/{resource}/{called}"


@pytest.mark.parametrize(
    "rule",
    [
        http_pb2.HttpRule(get="/v1/event"),
        http_pb2.HttpRule(put="/v1/event", body="*"),
        http_pb2.HttpRule(post="/v1/event"),
        http_pb2.HttpRule(post="/v1/event", body="query"),
        http_pb2.HttpRule(
            post="/a", body="*", additional_bindings=[http_pb2.HttpRule(post="/b", body="*")]
        ),
        http_pb2.HttpRule(post="/v1/{event_id}", body="*"),
        http_pb2.HttpRule(post="/v1/**", body="*"),
        http_pb2.HttpRule(post="/v1/event:search", body="*"),
        http_pb2.HttpRule(post="v1", body="*"),
        http_pb2.HttpRule(post="", body="*"),
        http_pb2.HttpRule(custom=http_pb2.CustomHttpPattern(kind="HEAD", path="/a")),
        http_pb2.HttpRule(),
    ],
    ids=str,
)
def test_what_cannot_be_served_is_said_at_the_start(rule: http_pb2.HttpRule) -> None:
    with pytest.raises(ValueError, match=r"own\.Own/ask"):
        bindings_of([_method(rule)])
