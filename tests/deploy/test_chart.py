"""What helm makes of the chart: valid, and fitting together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import kubernetes_validate
import pytest
import yaml

from tests.deploy.chart import Manifests, helm, manifests
from tests.deploy.places import CHART, RULES, VALUES, needs_helm

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_helm

_OLDEST = "1.27"
_OF_THE_OPERATOR = {"ServiceMonitor", "PrometheusRule"}
_ALWAYS = {"ConfigMap", "Deployment", "Service"}


@pytest.fixture(params=VALUES, ids=lambda path: str(path.stem))
def made(request: pytest.FixtureRequest) -> Manifests:
    """The manifests of each file of values."""
    return manifests("-f", request.param)


def _values(name: str) -> Path:
    (found,) = (path for path in VALUES if path.stem == name)
    return found


def _has(labels: dict[str, str], selector: dict[str, str]) -> bool:
    return selector.items() <= labels.items()


@pytest.mark.parametrize("values", VALUES, ids=lambda path: str(path.stem))
def test_helm_finds_no_fault(values: Path) -> None:
    linted = helm("lint", "--strict", CHART, "-f", values)
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize("version", [_OLDEST, kubernetes_validate.latest_version()])
def test_kubernetes_knows_every_field(made: Manifests, version: str) -> None:
    for manifest in made.all:
        if manifest["kind"] not in _OF_THE_OPERATOR:
            kubernetes_validate.validate(manifest, version, strict=True)


def test_each_thing_has_a_name_of_its_own(made: Manifests) -> None:
    names = [(manifest["kind"], manifest["metadata"]["name"]) for manifest in made.all]
    assert len(set(names)) == len(names)
    assert made.kinds() >= _ALWAYS


def test_all_select_the_pods_and_go_on_doing_so_after_an_upgrade(made: Manifests) -> None:
    deployment = made.one("Deployment")
    selector = deployment["spec"]["selector"]["matchLabels"]
    assert selector.keys() == {"app.kubernetes.io/name", "app.kubernetes.io/instance"}
    assert _has(made.pod["metadata"]["labels"], selector)
    assert made.one("Service")["spec"]["selector"] == selector
    for constraint in made.pod["spec"].get("topologySpreadConstraints", []):
        assert constraint["labelSelector"]["matchLabels"] == selector
    for manifest in made.all:
        spec = manifest.get("spec", {})
        if manifest["kind"] == "PodDisruptionBudget":
            assert spec["selector"]["matchLabels"] == selector
        if manifest["kind"] == "NetworkPolicy":
            assert spec["podSelector"]["matchLabels"] == selector
        if manifest["kind"] == "HorizontalPodAutoscaler":
            assert spec["scaleTargetRef"]["name"] == deployment["metadata"]["name"]


def test_the_service_leads_to_the_ports_that_are_listened_on(made: Manifests) -> None:
    environment = made.one("ConfigMap")["data"]
    listened = {port["name"]: port["containerPort"] for port in made.container["ports"]}
    assert listened == {
        "grpc": int(environment["EVENT_PORT"]),
        "http": int(environment["EVENT_HTTP_PORT"]),
    }
    ports = {port["name"]: port for port in made.one("Service")["spec"]["ports"]}
    assert ports["grpc"]["appProtocol"] == "grpc"
    assert {port["targetPort"] for port in ports.values()} == listened.keys()


def test_the_container_may_do_no_more_than_it_must(made: Manifests) -> None:
    spec = made.pod["spec"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["securityContext"]["runAsUser"] == 10001
    assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert made.container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert spec["automountServiceAccountToken"] is False
    assert spec["enableServiceLinks"] is False


def test_it_can_write_where_it_has_to(made: Manifests) -> None:
    mounts = {mount["mountPath"]: mount["name"] for mount in made.container["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in made.pod["spec"]["volumes"]}
    for path in (made.one("ConfigMap")["data"]["EVENT_DATA_DIR"], "/tmp"):  # noqa: S108
        assert "emptyDir" in volumes[mounts[path]]


def test_a_pod_has_time_to_end(made: Manifests) -> None:
    settings = made.one("ConfigMap")["data"]
    stop = float(settings.get("EVENT_STOP_SECONDS", 30))
    stop += float(settings.get("EVENT_DRAIN_SECONDS", 0))
    hook = made.container.get("lifecycle", {}).get("preStop", {}).get("exec", {}).get("command")
    before = int(hook[1]) if hook else 0
    assert made.pod["spec"]["terminationGracePeriodSeconds"] > stop + before


def test_least() -> None:
    made = manifests("-f", _values("least"))
    optional = {"Secret", "ServiceAccount", "PodDisruptionBudget"}
    assert made.kinds() == _ALWAYS | optional
    assert made.one("Deployment")["spec"]["replicas"] == 2
    assert made.container["image"] == "spaceone-event-service:0.1.0"
    assert made.pod["spec"]["terminationGracePeriodSeconds"] == 45
    assert made.one("ServiceAccount")["automountServiceAccountToken"] is False
    account = made.one("ServiceAccount")["metadata"]["name"]
    assert made.pod["spec"]["serviceAccountName"] == account == "night-event-service"


def test_an_existing_secret_is_used_and_none_is_made() -> None:
    made = manifests("-f", _values("existing_secret"))
    assert made.kinds() == _ALWAYS
    references = [variable["valueFrom"]["secretKeyRef"] for variable in made.container["env"]]
    assert {reference["name"] for reference in references} == {"of-the-vault"}
    needed = {reference["key"] for reference in references if not reference.get("optional")}
    assert needed == {"EVENT_MONGODB_URI", "EVENT_REDIS_URL"}
    assert made.pod["spec"]["terminationGracePeriodSeconds"] == 10
    assert "lifecycle" not in made.container


def test_everything() -> None:
    made = manifests("-f", _values("everything"))
    optional = {"HorizontalPodAutoscaler", "NetworkPolicy", *_OF_THE_OPERATOR}
    assert made.kinds() == _ALWAYS | {"Secret", "ServiceAccount", "PodDisruptionBudget"} | optional
    assert "replicas" not in made.one("Deployment")["spec"]
    assert made.container["image"].endswith(
        "/spaceone-event-service@sha256:" + "0123456789abcdef" * 4
    )
    assert made.one("Service")["spec"]["clusterIP"] == "None"
    assert made.one("PodDisruptionBudget")["spec"]["minAvailable"] == "50%"
    assert "maxUnavailable" not in made.one("PodDisruptionBudget")["spec"]
    assert made.one("NetworkPolicy")["spec"]["policyTypes"] == ["Ingress", "Egress"]


def test_prometheus_finds_the_metrics_under_the_job_of_the_rules() -> None:
    made = manifests("-f", _values("everything"))
    monitor = made.one("ServiceMonitor")["spec"]
    service = made.one("Service")
    assert _has(service["metadata"]["labels"], monitor["selector"]["matchLabels"])
    (endpoint,) = monitor["endpoints"]
    assert endpoint["path"] == "/metrics"
    assert endpoint["port"] in {port["name"] for port in service["spec"]["ports"]}
    assert service["metadata"]["labels"][monitor["jobLabel"]] == "event-service"
    assert made.one("ServiceMonitor")["metadata"]["labels"]["release"] == "prometheus"


def test_the_rules_are_those_of_the_file() -> None:
    made = manifests("-f", _values("everything"))
    rules: dict[str, Any] = yaml.safe_load(RULES.read_text(encoding="utf-8"))
    assert made.one("PrometheusRule")["spec"] == rules


@pytest.mark.parametrize("change", ["settings.EVENT_PAGE_LIMIT=5", "redis.url=redis://other"])
def test_a_change_starts_new_pods(change: str) -> None:
    before = manifests("-f", _values("least")).pod["metadata"]["annotations"]
    after = manifests("-f", _values("least"), "--set", change).pod["metadata"]["annotations"]
    assert before != after
