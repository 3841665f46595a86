"""HTTP calls from annotations, also those that our own files do not use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from google.api import annotations_pb2, http_pb2
from google.protobuf import descriptor_pool, message_factory
from google.protobuf.descriptor_pb2 import FileDescriptorProto

from event_service.http.transcoding import Binding, bindings_of
from event_service.servicer.method import Method
from event_service.stubs.spaceone.api.monitoring.v1 import alert_pb2, event_pb2, webhook_pb2
from event_service.wire.json_message import message_of

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


def _binding(**rule: Any) -> Binding:
    (binding,) = bindings_of([_method(http_pb2.HttpRule(**rule))])
    return binding


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
            assert (binding.verb, binding.body, binding.variables) == ("POST", "*", ())
            resource = service.name.lower()
            called = binding.method.name.replace("_", "-")
            assert binding.path == f"/monitoring/v1/{resource}/{called}"


def test_variables_and_the_query() -> None:
    binding = _binding(get="/v1/events/{event_id}/of/{query.keyword=*}")
    assert (binding.verb, binding.path) == ("GET", "/v1/events/{event_id}/of/{query.keyword}")
    query = [
        ("query.only", "title"), ("query.only", "severity"), ("query.page.limit", "5"),
        ("query.countOnly", "true"), ("eventKey", "k"), ("unknown", "x"), ("event_id", "mine"),
    ]  # fmt: skip
    fields = binding.request({"event_id": "event-1", "query.keyword": "word"}, query, None)
    request = message_of(fields, event_pb2.EventQuery)
    assert request == event_pb2.EventQuery(
        event_id="event-1",
        event_key="k",
        query={
            "keyword": "word", "only": ["title", "severity"], "page": {"limit": 5},
            "count_only": True,
        },
    )  # fmt: skip


def test_a_variable_wins_over_the_body() -> None:
    binding = _binding(post="/v1/{event_id}", body="*")
    fields = binding.request({"event_id": "path"}, [("event_key", "no")], {"event_id": "body"})
    assert fields == {"event_id": "path"}


def test_a_field_as_the_body() -> None:
    binding = _binding(put="/v1/{event_id}", body="query")
    fields = binding.request({"event_id": "e"}, [("severity", "INFO")], {"keyword": "x"})
    assert fields == {"event_id": "e", "severity": "INFO", "query": {"keyword": "x"}}


def test_additional_bindings() -> None:
    rule = http_pb2.HttpRule(get="/a", additional_bindings=[http_pb2.HttpRule(delete="/b")])
    bindings = bindings_of([_method(rule)])
    assert [(one.verb, one.path) for one in bindings] == [("GET", "/a"), ("DELETE", "/b")]


@pytest.mark.parametrize(
    "rule",
    [
        http_pb2.HttpRule(get="/v1/{name=events/*}"),
        http_pb2.HttpRule(get="/v1/{name=**}"),
        http_pb2.HttpRule(get="/v1/**"),
        http_pb2.HttpRule(get="/v1/event:search"),
        http_pb2.HttpRule(get="v1"),
        http_pb2.HttpRule(get=""),
        http_pb2.HttpRule(custom=http_pb2.CustomHttpPattern(kind="HEAD", path="/a")),
        http_pb2.HttpRule(),
    ],
    ids=str,
)
def test_what_cannot_be_served_is_said_at_the_start(rule: http_pb2.HttpRule) -> None:
    with pytest.raises(ValueError, match=r"own\.Own/ask"):
        bindings_of([_method(rule)])
