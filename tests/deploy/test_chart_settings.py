"""The service understands what the chart tells it, and answers what the chart asks."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any, Final, get_type_hints

import pytest

from event_service.http.probes import Probes
from event_service.servicer import event, webhook
from event_service.servicer.health import HealthMonitor
from event_service.settings import Settings
from tests.deploy.chart import manifests
from tests.deploy.places import CHART, DEPLOYING, VALUES, needs_helm

_NAME: Final = re.compile(r"\bEVENT_[A-Z_]*[A-Z]\b")
_KINDS: Final = {bool: "switch", int: "whole", int | None: "whole", float: "number"}
"""What the schema calls a setting of that type; any other it calls a setting."""
_SETTINGS: Final = {f"EVENT_{name.upper()}" for name in Settings.model_fields}


def _schema() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((CHART / "values.schema.json").read_text(encoding="utf-8"))
    return found["properties"]  # type: ignore[no-any-return]


def test_the_chart_takes_every_setting_and_no_other() -> None:
    assert _schema()["settings"]["properties"].keys() == _SETTINGS


@pytest.mark.parametrize("name", Settings.model_fields)
def test_the_chart_knows_what_is_a_number_or_a_switch(name: str) -> None:
    kind = _KINDS.get(get_type_hints(Settings)[name], "setting")
    declared = _schema()["settings"]["properties"][f"EVENT_{name.upper()}"]
    assert declared == {"$ref": f"#/definitions/{kind}"}


@pytest.mark.parametrize(
    "path",
    [DEPLOYING, *(path for path in CHART.rglob("*") if path.is_file())],
    ids=lambda path: str(path.name),
)
def test_every_variable_that_is_named_is_a_setting(path: Path) -> None:
    assert set(_NAME.findall(path.read_text(encoding="utf-8"))) <= _SETTINGS


def test_readiness_is_asked_of_services_that_health_knows() -> None:
    asked = set(_schema()["probes"]["properties"]["readyService"]["enum"])
    assert asked == {"", event.SERVICE, webhook.SERVICE}


@needs_helm
@pytest.mark.parametrize("values", VALUES, ids=lambda path: str(path.stem))
def test_probes_ask_for_paths_that_are_served(values: Path) -> None:
    health = HealthMonitor(checks={}, needs={}, faults=())
    served = {route.path for route in Probes(health).routes()}
    container = manifests("-f", values).container
    for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
        request = container[probe]["httpGet"]
        assert request["path"].partition("?")[0] in served
        assert request["port"] == "http"
    # A store that is away must not have Kubernetes restart what can't help it.
    assert container["livenessProbe"]["httpGet"]["path"] == "/healthz"


@needs_helm
def test_without_redis_a_pod_stays_in() -> None:
    (values,) = (path for path in VALUES if path.stem == "least")
    container = manifests("-f", values).container
    for probe in ("startupProbe", "readinessProbe"):
        assert container[probe]["httpGet"]["path"] == f"/readyz?service={event.SERVICE}"


@needs_helm
@pytest.mark.usefixtures("no_event_variables")
def test_the_service_reads_what_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    (values,) = (path for path in VALUES if path.stem == "everything")
    environment = manifests("-f", values).environment()
    assert environment.keys() & os.environ.keys() == set()
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert environment["EVENT_PROCESSES"] == "4"
    settings = Settings()
    assert (settings.host, settings.port, settings.http_port) == ("0.0.0.0", 50051, 8080)  # noqa: S104
    assert settings.data_dir == Path("/var/lib/event-service")
    assert settings.max_request_bytes == 16 * 1024**2
    assert settings.max_response_bytes == 64 * 1024**2
    assert settings.plugins == {"plugin-x": "grpc://plugin-x:50051"}
    assert settings.auth_system_domains == {"domain-root", "domain-other"}
    assert (settings.flush_seconds, settings.stop_seconds) == (0.5, 60)
    assert settings.retention_days == 90
    assert (settings.sns_verify, settings.webhook_show_keys) == (True, True)
    assert settings.webhook_url_prefix == ""
    assert settings.mongodb_uri is not None
    assert settings.mongodb_uri.get_secret_value().endswith("cluster.example.com/monitoring")
    assert settings.redis_url is not None
    assert settings.redis_url.get_secret_value().startswith("rediss+sentinel://")
    assert settings.system_token is not None
    assert settings.system_token.get_secret_value() == "swordfish"
    assert settings.secret_key is not None
    assert environment["OTEL_EXPORTER_OTLP_ENDPOINT"] == "http://collector:4317"
