"""Where what is deployed lies, and the programs that check it."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

import pytest

DEPLOY: Final = Path(__file__).parents[2] / "deploy"
CHART: Final = DEPLOY / "helm" / "event-service"
DEPLOYING: Final = DEPLOY.parent / "docs" / "deploying.md"
DASHBOARD: Final = DEPLOY / "grafana" / "event-service.json"
RULES: Final = DEPLOY / "prometheus" / "rules.yaml"
RULES_TEST: Final = DEPLOY / "prometheus" / "rules_test.yaml"
VALUES: Final = sorted((Path(__file__).parent / "values").glob("*.yaml"))

needs_helm: Final = pytest.mark.skipif(
    shutil.which("helm") is None, reason="helm is not on the PATH: .ci/run installs it"
)
needs_promtool: Final = pytest.mark.skipif(
    shutil.which("promtool") is None, reason="promtool is not installed: apt install prometheus"
)
