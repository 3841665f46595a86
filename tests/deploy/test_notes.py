"""What helm says after an install."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.deploy.chart import manifests
from tests.deploy.places import CHART, VALUES, needs_helm

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = needs_helm

_LEAST = next(path for path in VALUES if path.stem == "least")


@pytest.fixture
def noting(tmp_path: Path) -> Path:
    """The chart with its notes in a manifest: helm shows notes only to a cluster."""
    chart = tmp_path / "event-service"
    shutil.copytree(CHART, chart)
    (chart / "templates" / "NOTES.txt").rename(chart / "notes.txt")
    manifest = 'kind: Notes\nsaid: {{ tpl (.Files.Get "notes.txt") . | quote }}\n'
    (chart / "templates" / "notes.yaml").write_text(manifest)
    return chart


def _said(chart: Path, *arguments: str) -> str:
    said: str = manifests("-f", _LEAST, *arguments, chart=chart).one("Notes")["said"]
    return said


def test_notes_say_where_the_service_is_and_whose_image_it_runs(noting: Path) -> None:
    said = _said(noting, "--set", "service.grpcPort=443", "--namespace", "alarms")
    assert "night-event-service.alarms:443" in said
    assert "http://night-event-service.alarms:8080/metrics" in said
    assert "from the image spaceone-event-service:0.1.0" in said
    assert "Dockerfile" in said
    assert "hunter2" not in said


def test_notes_warn_of_keys_that_end_with_their_pod(noting: Path) -> None:
    assert "WARNING: Each pod trusts a key pair of its own" in _said(noting)
    assert "WARNING" not in _said(noting, "--set", "settings.EVENT_AUTH_JWKS=https://keys.example")


def test_notes_warn_of_open_doors(noting: Path) -> None:
    opened = "settings.EVENT_NO_AUTH=true,settings.EVENT_NO_AUTH_ON_ANY_ADDRESS=true"
    assert "WARNING: EVENT_NO_AUTH is on" in _said(noting, "--set", opened)


def test_notes_tell_how_grpc_clients_spread(noting: Path) -> None:
    assert "service.headless" in _said(noting)
    assert "service.headless" not in _said(noting, "--set", "service.headless=true")
