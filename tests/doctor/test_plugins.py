"""What the doctor says of plugins and of the webhooks that name them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from spaceone.api.plugin.v1 import plugin_pb2

from event_service.doctor.finding import Finding, Mark
from event_service.doctor.plugins import check_endpoints, check_webhooks
from event_service.settings import Settings
from tests.plugins.running import running_plugin
from tests.plugins.test_endpoints import TOKEN, ServerOfPlugins

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pymongo.database import Database

pytestmark = pytest.mark.usefixtures("no_event_variables")

BUILT_IN = frozenset({"auto", "grafana"})
SECONDS = 2.0


@pytest.fixture
def server() -> Iterator[ServerOfPlugins]:
    server = ServerOfPlugins()
    yield server
    server.stop()


def endpoints(**choices: Any) -> Finding:
    (found,) = check_endpoints(Settings.model_validate(choices), SECONDS)
    return found


def webhooks(database: Database[dict[str, Any]], **choices: Any) -> Finding:
    (found,) = check_webhooks(database, Settings.model_validate(choices), BUILT_IN, SECONDS)
    assert TOKEN not in str(found)
    return found


def webhook(database: Database[dict[str, Any]], number: int, plugin_id: str, **more: Any) -> None:
    database["webhook"].insert_one(
        {
            "webhook_id": f"webhook-{number}",
            "domain_id": "domain-1",
            "state": "ENABLED",
            "plugin_info": {"plugin_id": plugin_id},
            **more,
        }
    )


def test_endpoints_that_answer_and_one_that_does_not(server: ServerOfPlugins) -> None:
    assert endpoints().mark is Mark.OK
    with running_plugin() as plugin:
        given = {
            "plugins": {"plugin-x": plugin.endpoint},
            "plugin_service_endpoint": server.endpoint,
            "system_token": TOKEN,
        }
        assert endpoints(**given).found == "2 of 2 endpoints answer"
        plugin.kill()
        down = endpoints(**given)
    assert (down.mark, down.found) == (Mark.FAILURE, "plugin-x: no answer (1 of 2)")
    assert "EVENT_PLUGINS" in down.advice
    assert server.asked == [], "it is connected to and asked nothing"


def test_plugins_of_webhooks(
    mongo_database: Database[dict[str, Any]], server: ServerOfPlugins
) -> None:
    assert webhooks(mongo_database).found == "none is named"
    webhook(mongo_database, 1, "grafana")
    webhook(mongo_database, 2, "plugin-x")
    webhook(mongo_database, 3, "plugin-y", state="DISABLED")
    lost = webhooks(mongo_database)
    assert (lost.mark, lost.found) == (Mark.FAILURE, "plugin-x of webhook-2 is nowhere")
    assert "EVENT_PLUGIN_SERVICE_ENDPOINT" in lost.advice
    assert webhooks(mongo_database, plugins={"plugin-x": "grpc://p:1"}).mark is Mark.OK

    service = {"plugin_service_endpoint": server.endpoint, "system_token": TOKEN}
    assert webhooks(mongo_database, **service).mark is Mark.FAILURE
    server.known["plugin-x"] = plugin_pb2.PluginEndpoint(endpoint="grpc://p:1")
    assert webhooks(mongo_database, **service).found == "all 2 are known"
    assert {asked.domain_id for asked in server.asked} == {"domain-1"}
    webhook(mongo_database, 4, "plugin-z")
    webhook(mongo_database, 5, "plugin-z", domain_id="domain-2")
    assert webhooks(mongo_database, **service).found == (
        "plugin-z of webhook-4 is nowhere; and 1 more"
    )
    assert webhooks(mongo_database, **(service | {"system_token": "x"})).found == (
        "the plugin service can't be asked"
    )


@pytest.mark.parametrize("odd", [5, ["a"], {"a": 1}])
def test_what_another_service_kept_does_not_end_the_examination(
    mongo_database: Database[dict[str, Any]], server: ServerOfPlugins, odd: Any
) -> None:
    plugin = {"plugin_id": "plugin-x", "version": odd, "upgrade_mode": odd}
    webhook(mongo_database, 1, "plugin-x", plugin_info={**plugin, "plugin_id": odd})
    webhook(mongo_database, 2, "plugin-x", plugin_info=plugin, domain_id=odd)
    service = {"plugin_service_endpoint": server.endpoint, "system_token": TOKEN}
    server.known["plugin-x"] = plugin_pb2.PluginEndpoint(endpoint="grpc://p:1")
    assert webhooks(mongo_database, **service).found == "all 1 are known"


def test_none_counts_as_known_that_was_not_looked_for(
    mongo_database: Database[dict[str, Any]], server: ServerOfPlugins
) -> None:
    service = {"plugin_service_endpoint": server.endpoint, "system_token": TOKEN}
    for number in range(101):
        webhook(mongo_database, 1000 + number, f"plugin-{number}")
        server.known[f"plugin-{number}"] = plugin_pb2.PluginEndpoint(endpoint="grpc://p:1")
    times = iter([0.0, 0.0, SECONDS])
    (hurried,) = check_webhooks(
        mongo_database, Settings.model_validate(service), BUILT_IN, SECONDS, times.__next__
    )
    assert (hurried.mark, "100 of 101" in hurried.found) == (Mark.WARNING, True)
    assert "--timeout" in hurried.advice
    del server.known["plugin-100"]
    assert webhooks(mongo_database, **service).found == "plugin-100 of webhook-1100 is nowhere"
