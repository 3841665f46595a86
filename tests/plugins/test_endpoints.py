"""Where plugins are found, with a plugin service made with the published messages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from spaceone.api.plugin.v1 import plugin_pb2

from event_service.errors import InvalidParameter, Unavailable
from event_service.loading_cache import Lifetimes
from event_service.parsers.registry import ParserRegistry, installed_sources
from event_service.parsers.seam import ParseFailure, Source
from event_service.plugins.build import build_plugins
from event_service.plugins.endpoint import Endpoint, EndpointKey, PluginEndpoints
from event_service.plugins.plugin import NO_PLUGIN, PluginInfo, UpgradeMode
from event_service.plugins.plugin_service import PluginService
from event_service.plugins.plugins import Plugins
from tests.plugins.running import running_plugin

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from structlog.typing import EventDict

    from event_service.parsers.seam import Body, Options
    from event_service.plugins.client import PluginClient
    from tests.plugins.running import RunningPlugin

TOKEN = "the-system-token"  # noqa: S105
SERVICE = plugin_pb2.DESCRIPTOR.services_by_name["Plugin"].full_name


class ServerOfPlugins:
    """Knows endpoints by plugin_id."""

    def __init__(self) -> None:
        self.known: dict[str, plugin_pb2.PluginEndpoint] = {}
        self.refusal: grpc.StatusCode | None = None
        self.asked: list[plugin_pb2.PluginEndpointRequest] = []
        self._server = grpc.server(ThreadPoolExecutor(4))
        method: grpc.RpcMethodHandler[Any, Any] = grpc.unary_unary_rpc_method_handler(
            self._endpoint,
            request_deserializer=plugin_pb2.PluginEndpointRequest.FromString,
            response_serializer=plugin_pb2.PluginEndpoint.SerializeToString,
        )
        handler = grpc.method_handlers_generic_handler(SERVICE, {"get_plugin_endpoint": method})
        self._server.add_generic_rpc_handlers((handler,))
        self.endpoint = f"grpc://127.0.0.1:{self._server.add_insecure_port('127.0.0.1:0')}"
        self._server.start()

    def stop(self) -> None:
        self._server.stop(None).wait()

    def _endpoint(self, request: Any, context: grpc.ServicerContext) -> Any:
        self.asked.append(request)
        metadata = dict(context.invocation_metadata())
        if metadata.get("token") != TOKEN or metadata.get("x_domain_id") != request.domain_id:
            context.abort(grpc.StatusCode.UNAUTHENTICATED, "ERROR_AUTHENTICATE_FAILURE: no")
        if self.refusal is not None:
            context.abort(self.refusal, f"ERROR: {TOKEN}")
        if request.plugin_id not in self.known:
            context.abort(grpc.StatusCode.NOT_FOUND, "ERROR_NOT_FOUND: no")
        return self.known[request.plugin_id]


@pytest.fixture
def server() -> Iterator[ServerOfPlugins]:
    made = ServerOfPlugins()
    yield made
    made.stop()


@pytest.fixture
def built_in() -> ParserRegistry:
    return ParserRegistry(installed_sources())


def key(plugin_id: str = "plugin-x", **fields: Any) -> EndpointKey:
    usual = {"domain_id": "domain-1", "version": "1.0", "upgrade_mode": UpgradeMode.AUTO}
    return EndpointKey(plugin_id=plugin_id, **(usual | fields))


def test_the_plugin_service_is_asked_as_published(server: ServerOfPlugins) -> None:
    server.known["plugin-x"] = plugin_pb2.PluginEndpoint(
        endpoint="grpc://somewhere:50051", updated_version="1.1"
    )
    service = PluginService(server.endpoint, TOKEN)
    assert service.endpoint(key()) == Endpoint("grpc://somewhere:50051", "1.1")
    service.endpoint(key(upgrade_mode=UpgradeMode.MANUAL))
    assert [(asked.version, asked.upgrade_mode, asked.domain_id) for asked in server.asked] == [
        ("1.0", plugin_pb2.PluginEndpointRequest.AUTO, "domain-1"),
        ("1.0", plugin_pb2.PluginEndpointRequest.MANUAL, "domain-1"),
    ]
    assert service.endpoint(key("plugin-unknown")) is None
    server.known["plugin-y"] = plugin_pb2.PluginEndpoint(endpoint="http://somewhere/")
    assert service.endpoint(key("plugin-y")) is None
    service.close()


def test_a_plugin_service_that_fails(server: ServerOfPlugins, log: list[EventDict]) -> None:
    server.refusal = grpc.StatusCode.INTERNAL
    service = PluginService(server.endpoint, TOKEN)
    with pytest.raises(Unavailable) as fault:
        service.endpoint(key())
    assert [line["status"] for line in log] == ["INTERNAL"]
    assert TOKEN not in f"{fault.value.details}{log}"
    service.close()


def test_answers_are_kept_by_domain_and_version(server: ServerOfPlugins) -> None:
    server.known["plugin-x"] = plugin_pb2.PluginEndpoint(endpoint="grpc://somewhere:50051")
    service = PluginService(server.endpoint, TOKEN)
    endpoints = PluginEndpoints({}, service.endpoint)
    plugin = PluginInfo("plugin-x", "1.0")
    for domain in ("domain-1", "domain-2", "domain-1"):
        assert endpoints.asked(plugin, domain) == Endpoint("grpc://somewhere:50051")
    endpoints.asked(PluginInfo("plugin-x", "2.0"), "domain-1")
    assert [(asked.domain_id, asked.version) for asked in server.asked] == [
        ("domain-1", "1.0"),
        ("domain-2", "1.0"),
        ("domain-1", "2.0"),
    ]
    service.close()


def test_the_settings_win_over_what_is_built_in_and_that_over_the_plugin_service(
    server: ServerOfPlugins, plugin: RunningPlugin, built_in: ParserRegistry
) -> None:
    for plugin_id in ("direct", "plugin-served", "plugin-configured"):
        server.known[plugin_id] = plugin_pb2.PluginEndpoint(
            endpoint=plugin.endpoint, updated_version="9"
        )
    body = {"title": "by the built-in parser"}

    def title(configured: dict[str, str], plugin_id: str) -> object:
        plugins = build_plugins(built_in, configured, server.endpoint, TOKEN)
        (result,) = plugins.read(PluginInfo(plugin_id), "domain-1", body).results
        plugins.close()
        assert isinstance(result, dict)
        return result["title"]

    assert title({}, "") == "by the built-in parser"
    assert title({}, "direct") == "by the built-in parser"
    assert title({"direct": plugin.endpoint}, "direct") == "High CPU"
    assert title({"plugin-configured": plugin.endpoint}, "plugin-configured") == "High CPU"
    assert server.asked == []
    assert title({}, "plugin-served") == "High CPU"

    plugins = build_plugins(built_in, {}, server.endpoint, TOKEN)
    introduced = plugins.init(PluginInfo("plugin-served", "1"), "domain-1")
    assert (introduced.version, introduced.metadata["duplicate_event_time"]) == ("9", 120)
    kept = PluginInfo("direct", metadata={"duplicate_event_time": 5})
    assert plugins.init(kept, "domain-1") == kept
    plugins.verify(kept, "domain-1")
    plugins.close()


def test_a_plugin_that_is_nowhere(server: ServerOfPlugins, built_in: ParserRegistry) -> None:
    for service, token in ((None, None), (server.endpoint, TOKEN)):
        plugins = build_plugins(built_in, {}, service, token)
        nowhere = PluginInfo("plugin-nowhere")
        with pytest.raises(ParseFailure, match="plugin-nowhere"):
            plugins.read(nowhere, "domain-1", {"title": "x"})
        for ask in (plugins.init, plugins.verify):
            with pytest.raises(InvalidParameter, match=r"plugin_info\.plugin_id"):
                ask(nowhere, "domain-1")
        plugins.close()


def test_a_plugin_service_that_is_down(built_in: ParserRegistry) -> None:
    plugins = build_plugins(built_in, {}, "grpc://127.0.0.1:1", TOKEN)
    with pytest.raises(ParseFailure, match="can't be found now"):
        plugins.read(PluginInfo("plugin-x"), "domain-1", {})
    with pytest.raises(Unavailable):
        plugins.init(PluginInfo("plugin-x"), "domain-1")
    assert plugins.read(NO_PLUGIN, "domain-1", {"title": "x"}).results
    plugins.close()


def test_a_plugin_that_is_down_is_unavailable_to_who_sets_it_up(
    plugin: RunningPlugin, built_in: ParserRegistry
) -> None:
    plugin.kill()
    plugins = build_plugins(built_in, {"plugin-x": plugin.endpoint}, None, None)
    for ask in (plugins.init, plugins.verify):
        with pytest.raises(Unavailable, match="plugin-x does not answer"):
            ask(PluginInfo("plugin-x"), "domain-1")
    plugins.close()


@pytest.mark.parametrize(("behaviour", "field"), [("refuse", "options"), ("garbage", "plugin_id")])
def test_who_sets_a_plugin_up_is_told_which_field_is_wrong(
    plugin: RunningPlugin, built_in: ParserRegistry, behaviour: str, field: str
) -> None:
    plugins = build_plugins(built_in, {"plugin-x": plugin.endpoint}, None, None)
    with pytest.raises(InvalidParameter, match=rf"plugin_info\.{field}\b"):
        plugins.init(PluginInfo("plugin-x", options={"do": behaviour, "secret": "s"}), "domain-1")
    kept = plugins.init(PluginInfo("plugin-x", "1.0"), "domain-1")
    assert kept.version == "1.0"
    plugins.close()


def test_a_plugin_service_needs_a_token(built_in: ParserRegistry) -> None:
    with pytest.raises(ValueError, match="system token"):
        build_plugins(built_in, {}, "grpc://127.0.0.1:1", None)
    with pytest.raises(ValueError, match="grpc://host:port"):
        build_plugins(built_in, {}, "127.0.0.1:1", TOKEN)


def test_a_parser_that_fails_loses_no_body(client: PluginClient, log: list[EventDict]) -> None:
    def parse(body: Body, options: Options) -> Sequence[object]:  # noqa: ARG001
        raise KeyError(body["title"])

    odd = Source("odd", parse, recognises=lambda _: True, looks_like="anything")
    plugins = Plugins(ParserRegistry([odd]), PluginEndpoints({}), client)
    for plugin, name in ((PluginInfo("odd"), "odd"), (NO_PLUGIN, "auto")):
        with pytest.raises(ParseFailure, match=f"The parser {name} failed") as failed:
            plugins.read(plugin, "domain-1", {"title": "hunter2"})
        assert "hunter2" not in failed.value.reason
    told = [(line["log_level"], line["event"], line["cause"]) for line in log]
    assert told == [("error", "parser failed", "KeyError")] * 2
    assert "hunter2" not in "".join(line["where"] for line in log)


def test_only_another_place_is_one_that_a_plugin_has_moved_to() -> None:
    here, there = Endpoint("grpc://here:50051"), Endpoint("grpc://there:50051")
    told = iter([here, None, there])
    endpoints = PluginEndpoints({}, lambda _: next(told), Lifetimes(absent=0.0, retry=0.0))
    plugin = PluginInfo("plugin-x", "1")
    assert [endpoints.moved(plugin, "domain-1", here) for _ in range(3)] == [None, None, there]


def test_a_plugin_that_has_moved_is_followed(
    server: ServerOfPlugins,
    plugin: RunningPlugin,
    client: PluginClient,
    built_in: ParserRegistry,
) -> None:
    service = PluginService(server.endpoint, TOKEN)
    kept_for_ever = Lifetimes(found=1e9, retry=0.0)
    wanted = PluginInfo("plugin-x", "1")

    def plugins(configured: dict[str, str]) -> Plugins:
        return Plugins(
            built_in, PluginEndpoints(configured, service.endpoint, kept_for_ever), client
        )

    with running_plugin() as gone:
        server.known["plugin-x"] = plugin_pb2.PluginEndpoint(endpoint=gone.endpoint)
        asking = [plugins({}) for _ in range(4)]
        for one in asking:
            one.verify(wanted, "domain-1")
    for one in asking:
        with pytest.raises(ParseFailure, match="does not answer"):
            one.read(wanted, "domain-1", {})
    server.known["plugin-x"] = plugin_pb2.PluginEndpoint(
        endpoint=plugin.endpoint, updated_version="2"
    )
    reading, initialising, verifying, unlucky = asking
    assert len(reading.read(wanted, "domain-1", {}).results) == 1
    assert initialising.init(wanted, "domain-1").version == "2"
    verifying.verify(wanted, "domain-1")
    asked = len(server.asked)
    with pytest.raises(Unavailable):
        plugins({"plugin-x": gone.endpoint}).verify(wanted, "domain-1")
    assert len(server.asked) == asked
    server.refusal = grpc.StatusCode.INTERNAL
    with pytest.raises(Unavailable, match="does not answer"):
        unlucky.verify(wanted, "domain-1")
    service.close()
