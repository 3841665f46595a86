"""Has helm make manifests of the chart, or say why it won't."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import yaml

from tests.deploy.places import CHART

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

KUBERNETES = "1.31.0"
"""The version that helm makes manifests for: one that go has built assumes a very old one."""


@dataclass(frozen=True)
class Manifests:
    """What Kubernetes is given."""

    all: Sequence[dict[str, Any]]

    def kinds(self) -> set[str]:
        """What there is."""
        return {manifest["kind"] for manifest in self.all}

    def one(self, kind: str) -> dict[str, Any]:
        """The only one of its kind."""
        (found,) = (manifest for manifest in self.all if manifest["kind"] == kind)
        return found

    @property
    def pod(self) -> dict[str, Any]:
        """The pods' metadata and spec."""
        template: dict[str, Any] = self.one("Deployment")["spec"]["template"]
        return template

    @property
    def container(self) -> dict[str, Any]:
        """The only container."""
        (container,) = self.pod["spec"]["containers"]
        found: dict[str, Any] = container
        return found

    def environment(self) -> Mapping[str, str]:
        """The variables that the container sees, as far as these manifests say them."""
        maps = {manifest["metadata"]["name"]: manifest for manifest in self.all
                if manifest["kind"] == "ConfigMap"}  # fmt: skip
        seen: dict[str, str] = {}
        for source in self.container["envFrom"]:
            seen |= maps[source["configMapRef"]["name"]]["data"]
        for variable in self.container["env"]:
            if "value" in variable:
                seen[variable["name"]] = variable["value"]
                continue
            reference = variable["valueFrom"]["secretKeyRef"]
            secret = self.one("Secret")
            assert reference["name"] == secret["metadata"]["name"]
            if reference["key"] in secret["stringData"] or not reference.get("optional"):
                seen[variable["name"]] = secret["stringData"][reference["key"]]
        return seen


def helm(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """What helm answers."""
    return subprocess.run(["helm", *arguments], capture_output=True, text=True, check=False)


def manifests(*arguments: str | Path, chart: Path = CHART) -> Manifests:
    """The manifests of a release called ``night``."""
    made = helm("template", "night", chart, "--kube-version", KUBERNETES, *arguments)
    assert made.returncode == 0, made.stderr
    assert "coalesce" not in made.stderr
    return Manifests([found for found in yaml.safe_load_all(made.stdout) if found])


def refusal(*arguments: str | Path) -> str:
    """Why there are no manifests."""
    made = helm("template", "night", CHART, "--kube-version", KUBERNETES, *arguments)
    assert made.returncode != 0, made.stdout
    return made.stderr
