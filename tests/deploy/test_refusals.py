"""The chart refuses what can't be meant, and says why, without a secret."""

from __future__ import annotations

import pytest

from tests.deploy.chart import refusal
from tests.deploy.places import VALUES, needs_helm

pytestmark = needs_helm

_LEAST = next(path for path in VALUES if path.stem == "least")
_PASSWORD = "hunter2"  # noqa: S105

# What is set on top of the least values, and what is said of it.
_REFUSED = {
    "no MongoDB": ("mongodb.uri=", "mongodb.uri is missing: this chart brings no MongoDB"),
    "no Redis": ("redis.url=", "redis.url is missing: this chart brings no Redis"),
    "another database": ("mongodb.uri=mysql://u:hunter2@db", "must begin with mongodb://"),
    "another cache": ("redis.url=http://u:hunter2@db", "redis.url must begin with redis://"),
    "a socket of the host": ("redis.url=unix:///redis", "redis.url must begin with redis://"),
    "a secret twice": ("existingSecret=vault", "and existingSecret are both set"),
    "a short key": ("secretKey=hunter2", "secretKey must have at least 32 characters"),
    "keys shown without one": (
        "settings.EVENT_WEBHOOK_SHOW_KEYS=true",
        "EVENT_WEBHOOK_SHOW_KEYS needs secretKey",
    ),
    "identity without a token": (
        "settings.EVENT_IDENTITY_ENDPOINT=grpc://identity:50051",
        "EVENT_IDENTITY_ENDPOINT needs systemToken",
    ),
    "plugins without a token": (
        "settings.EVENT_PLUGIN_SERVICE_ENDPOINT=grpc://plugin:50051",
        "EVENT_PLUGIN_SERVICE_ENDPOINT needs systemToken",
    ),
    "a secret in a ConfigMap": (
        "settings.EVENT_MONGODB_URI=mongodb://u:hunter2@db",
        "is a secret and would stand in a ConfigMap: set mongodb.uri",
    ),
    "a port of the chart's": ("settings.EVENT_HTTP_PORT=-1", "is this chart's own"),
    "two ways": ("settings.EVENT_PROCESSES=2", "is set by processes"),
    "a slip of the pen": ("settings.EVENT_RETENTION_DAY=1", "'EVENT_RETENTION_DAY' not allowed"),
    "no number": ("settings.EVENT_STOP_SECONDS=soon", "'/settings/EVENT_STOP_SECONDS'"),
    "half a page": ("settings.EVENT_PAGE_LIMIT=1.5", "'/settings/EVENT_PAGE_LIMIT'"),
    "no switch": ("settings.EVENT_SNS_VERIFY=perhaps", "'/settings/EVENT_SNS_VERIFY'"),
    "a way round": ("extraEnv[0].name=EVENT_PORT", "own variables belong to settings"),
    "no tokens": ("settings.EVENT_NO_AUTH=true", "EVENT_NO_AUTH is for loopback addresses"),
    "no time to end": (
        "terminationGracePeriodSeconds=30",
        "preStopSeconds, EVENT_DRAIN_SECONDS and EVENT_STOP_SECONDS, which are 35 s",
    ),
    "no time to drain": (
        "settings.EVENT_DRAIN_SECONDS=9.5,terminationGracePeriodSeconds=45",
        "which are 45 s",
    ),
    "no process": ("processes=0", "'/processes': minimum: got 0, want 1"),
    "half a process": ("processes=1.5", "'/processes'"),
    "no such value": ("replicas=3", "'replicas' not allowed"),
    "no such policy": ("image.pullPolicy=Sometimes", "'Always', 'IfNotPresent', 'Never'"),
    "a tag in the name": ("image.repository=Event Service", "'/image/repository'"),
    "a port twice": ("service.httpPort=50051", "grpcPort and service.httpPort are the same"),
    "a headless node port": ("service.headless=true,service.type=NodePort", "service.headless"),
    "fewer than least": (
        "autoscaling.enabled=true,autoscaling.minReplicas=11",
        "autoscaling.minReplicas is more than autoscaling.maxReplicas",
    ),
    "nothing to scale by": (
        "autoscaling.enabled=true,autoscaling.targetCPUUtilizationPercentage=null",
        "autoscaling has nothing to go by",
    ),
    "a part of nothing": (
        "autoscaling.enabled=true,resources.requests.cpu=null",
        "is a part of resources.requests.cpu, which is not set",
    ),
    "two budgets": ("podDisruptionBudget.minAvailable=1", "takes one of maxUnavailable"),
    "no budget": ("podDisruptionBudget.maxUnavailable=null", "takes one of maxUnavailable"),
    "no such service": ("probes.readyService=Event", "'/probes/readyService'"),
    "a size without a unit": ("dataSizeLimit=much", "'/dataSizeLimit'"),
}  # fmt: skip


@pytest.mark.parametrize("case", _REFUSED)
def test_refused(case: str) -> None:
    given, reason = _REFUSED[case]
    said = refusal("-f", _LEAST, "--set", given)
    assert reason in said
    assert _PASSWORD not in said


def test_refused_by_an_old_kubernetes() -> None:
    said = refusal("-f", _LEAST, "--kube-version", "1.26.0")
    assert "requires kubeVersion" in said
