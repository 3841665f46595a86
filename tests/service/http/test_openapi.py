"""The description of what is hosted, held against what is hosted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from event_service.http.comments import read_comments
from event_service.stubs.spaceone.api.monitoring.plugin import event_pb2 as plugin_event_pb2
from event_service.stubs.spaceone.api.monitoring.v1 import alert_pb2, event_pb2, webhook_pb2

if TYPE_CHECKING:
    from tests.service.http.asking import Asking

PACKAGE = "spaceone.api.monitoring.v1"


@pytest.fixture(scope="module")
def document(http: Asking) -> Any:
    answer = http.send("GET", "/openapi.json")
    assert answer.status == 200
    return answer.body


def test_is_valid(document: Any) -> None:
    assert document["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_path_is_there(document: Any, http: Asking) -> None:
    for path, operations in document["paths"].items():
        for verb in operations:
            asked = path.replace("{", "").replace("}", "")
            assert http.send(verb.upper(), asked, b"").status not in (404, 405) or "{" in path


def test_says_what_the_proto_files_say(document: Any) -> None:
    operation = document["paths"]["/monitoring/v1/event/get"]["post"]
    assert operation["operationId"] == "Event.get"
    assert operation["summary"] == "One event by its id"
    assert "NOT_FOUND" in operation["description"]
    assert operation["security"] == [{"token": []}]
    schemas = document["components"]["schemas"]
    info = schemas[f"{PACKAGE}.EventInfo"]
    assert list(info["properties"]) == [
        field.name for field in event_pb2.EventInfo.DESCRIPTOR.fields
    ]
    assert info["properties"]["occurred_at"]["description"].startswith("When it happened")
    assert info["properties"]["raw_data"]["type"] == "object"
    assert info["properties"]["resources"]["items"] == {"type": "string"}
    assert schemas[f"{PACKAGE}.EventRequest"]["required"] == ["event_id"]
    assert "required" not in schemas[f"{PACKAGE}.EventQuery"]


def test_an_event_of_a_delivery_has_every_field_that_is_read(document: Any) -> None:
    described = document["components"]["schemas"]["Delivery"]["properties"]
    read = {field.name for field in plugin_event_pb2.EventInfo.DESCRIPTOR.fields}
    assert read | {"results"} == set(described)


def test_examples_can_be_sent_as_they_are(document: Any, http: Asking) -> None:
    for path in ("/monitoring/v1/event/list", "/monitoring/v1/event/stat"):
        content = document["paths"][path]["post"]["requestBody"]["content"]["application/json"]
        assert content["example"]
        assert http.send("POST", path, content["example"], http.token).status == 200


def test_the_build_keeps_the_comments() -> None:
    comments = read_comments()
    for module in (event_pb2, webhook_pb2, alert_pb2):
        for service in module.DESCRIPTOR.services_by_name.values():
            assert comments[service.full_name]
    assert comments[f"{PACKAGE}.Event.create"].startswith("Takes a webhook's delivery.")
    assert comments[f"{PACKAGE}.AlertState"].startswith("The zero value")
    assert "\n" not in "".join(comments.values())
