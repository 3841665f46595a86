"""No query of the Event or Webhook service reaches what isn't the caller's (CONTRACT 2).

Over a real channel, a service with everybody's data has to answer as if there were nothing but
what the caller may see, errors included. What the caller may see is listed in ``tenants``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from google.protobuf.json_format import MessageToDict, ParseDict
from hypothesis import given, settings
from hypothesis import strategies as st

from event_service.caller import Caller, Scope
from event_service.document_decoding import decoded
from event_service.errors import ServiceError
from event_service.instants import utc_now
from event_service.manager.reads import Reader
from event_service.query.event_fields import EVENT_FIELDS
from event_service.query.limits import QueryLimits
from event_service.query.webhook_fields import WEBHOOK_FIELDS
from event_service.stubs.spaceone.api.core.v2.query_pb2 import Query, StatisticsQuery
from event_service.stubs.spaceone.api.monitoring.v1.webhook_pb2 import WebhooksInfo
from event_service.wire.event_messages import EventMessages
from event_service.wire.statistic_message import statistic_struct
from event_service.wire.webhook_message import webhook_info
from tests.service import reaching
from tests.service.crowd import crowded
from tests.service.running import Answer, call_event
from tests.service.tenants import EVERYBODY, TENANTS, Who
from tests.service.webhook_calls import call_webhook

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.message import Message

    from event_service.settings import Settings
    from event_service.stores import Stores
    from tests.service.crowd import Crowd


@pytest.fixture(scope="module")
def crowd(
    stores: Stores,
    redis_url: str,
    store_settings: Settings,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Crowd]:
    directory = tmp_path_factory.mktemp("reach")
    with crowded(stores, redis_url, store_settings, directory) as crowd:
        yield crowd
        logs = crowd.process.log()
        assert "/spaceone.api.monitoring.v1.Webhook/stat" in logs
        for secret in crowd.secrets():
            assert secret not in logs


def _ask(crowd: Crowd, who: Who, service: str, method: str, params: dict[str, Any]) -> Answer:
    call = call_event if service == "event" else call_webhook
    return call(crowd.process.channel, method, crowd.metadata[who], **params)


def _reader(crowd: Crowd, who: Who, service: str) -> Reader:
    fields = EVENT_FIELDS if service == "event" else WEBHOOK_FIELDS
    return Reader(crowd.alone[who][service], fields, QueryLimits(), 30, 1 << 28, utc_now)


# The whole domain: what isn't the caller's is not there, so nothing has to be kept from it.
_ANYBODY = Caller("ANY", Scope("domain-1"))


def _expected_list(crowd: Crowd, who: Who, service: str, params: dict[str, Any]) -> Answer:
    query = ParseDict(params.get("query", {}), Query())
    direct = {name: value for name, value in params.items() if name != "query"}
    if who.projects is not None and direct.get("project_id", who.projects) not in (
        who.projects,
        *who.projects,
    ):
        return Answer("PERMISSION_DENIED", "ERROR_PERMISSION_DENIED", {})
    if who.workspace_id is not None:
        direct.pop("workspace_id", None)
    try:
        page = _reader(crowd, who, service).list(_ANYBODY, query, direct)
    except ServiceError as error:
        return Answer(error.status.name, error.details, {})
    message: Message
    if service == "event":
        message = EventMessages().page(page.documents, page.total_count).message()
    else:
        message = WebhooksInfo(
            results=[webhook_info(decoded(found)) for found in page.documents],
            total_count=page.total_count,
        )
    return Answer("OK", "", MessageToDict(message, preserving_proto_field_name=True))


def _expected_stat(crowd: Crowd, who: Who, service: str, params: dict[str, Any]) -> Answer:
    query = ParseDict(params["query"], StatisticsQuery())
    try:
        found = _reader(crowd, who, service).stat(_ANYBODY, query)
    except ServiceError as error:
        return Answer(error.status.name, error.details, {})
    return Answer(
        "OK", "", MessageToDict(statistic_struct(found.results, found.total_count).message())
    )


def _unordered(value: Any) -> Any:
    """Rows of a group come in any order, and so do the members of a set."""
    if isinstance(value, dict):
        return {name: _unordered(member) for name, member in value.items()}
    if isinstance(value, list):
        return sorted((_unordered(member) for member in value), key=json.dumps)
    return value


def _check(who: Who, answer: Answer, expected: Answer) -> None:
    assert answer.status == expected.status
    if answer.code == "ERROR_PERMISSION_DENIED":
        return
    assert answer.details == expected.details
    assert answer.body == expected.body or _unordered(answer.body) == _unordered(expected.body)
    said = json.dumps(answer.body)
    for tenant in TENANTS:
        assert who.sees(tenant.fields) or tenant.mark not in said


@settings(max_examples=150)
@given(data=st.data(), who=st.sampled_from(EVERYBODY))
@pytest.mark.parametrize("service", ["event", "webhook"])
def test_lists_stay_within_what_the_caller_may_see(
    crowd: Crowd, service: str, data: st.DataObject, who: Who
) -> None:
    names = reaching.EVENTS if service == "event" else reaching.WEBHOOKS
    params = data.draw(reaching.parameters(names)) | {"query": data.draw(reaching.lists(names))}
    answer = _ask(crowd, who, service, "list", params)
    _check(who, answer, _expected_list(crowd, who, service, params))
    ids = [found.get(f"{service}_id", "") for found in answer.body.get("results", ())]
    assert not set(ids) & set(crowd.of(service, who, seen=False))


@settings(max_examples=150)
@given(data=st.data(), who=st.sampled_from(EVERYBODY))
@pytest.mark.parametrize("service", ["event", "webhook"])
def test_statistics_stay_within_what_the_caller_may_see(
    crowd: Crowd, service: str, data: st.DataObject, who: Who
) -> None:
    names = reaching.EVENTS if service == "event" else reaching.WEBHOOKS
    params = {"query": data.draw(reaching.stats(names))}
    answer = _ask(crowd, who, service, "stat", params)
    _check(who, answer, _expected_stat(crowd, who, service, params))


@pytest.mark.parametrize("service", ["event", "webhook"])
@pytest.mark.parametrize("who", EVERYBODY)
def test_no_operator_on_a_tenant_reaches_out(crowd: Crowd, service: str, who: Who) -> None:
    for part in reaching.reaching_filters():
        for place in ("filter", "filter_or"):
            params = {"query": {place: [part], "only": [f"{service}_id"]}}
            answer = _ask(crowd, who, service, "list", params)
            _check(who, answer, _expected_list(crowd, who, service, params))
            ids = {found[f"{service}_id"] for found in answer.body.get("results", ())}
            assert ids <= set(crowd.of(service, who))


@pytest.mark.parametrize("service", ["event", "webhook"])
@pytest.mark.parametrize("who", EVERYBODY)
def test_everything_within_is_there(crowd: Crowd, service: str, who: Who) -> None:
    answer = _ask(crowd, who, service, "list", {})
    ids = {found[f"{service}_id"] for found in answer.body.get("results", ())}
    assert ids == set(crowd.of(service, who))
    assert answer.body.get("total_count", 0) == len(ids)
    distinct = _ask(crowd, who, service, "stat", {"query": {"distinct": f"{service}_id"}})
    assert set(distinct.body["results"]) == ids


@pytest.mark.parametrize("service", ["event", "webhook"])
@pytest.mark.parametrize("who", EVERYBODY)
def test_get_finds_what_the_caller_may_see_alone(crowd: Crowd, service: str, who: Who) -> None:
    for seen in (True, False):
        for each in crowd.of(service, who, seen=seen):
            answer = _ask(crowd, who, service, "get", {f"{service}_id": each})
            assert answer.status == ("OK" if seen else "NOT_FOUND")
