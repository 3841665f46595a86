"""``event-service token``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import jwt
import pytest
from click.testing import CliRunner

from event_service.auth.access import EVENT_READ
from event_service.auth.build import build_authenticator
from event_service.caller import Scope
from event_service.cli.token import token
from event_service.settings import Settings

if TYPE_CHECKING:
    from pathlib import Path


def test_a_token_that_the_service_takes(tmp_path: Path) -> None:
    arguments = ["--role", "WORKSPACE_MEMBER", "--domain", "domain-local"]
    arguments += ["--workspace", "workspace-local", "--project", "project-a"]
    arguments += ["--project", "project-b", "--permission", "monitoring:Event"]
    result = CliRunner().invoke(token, [*arguments, "--data-dir", str(tmp_path)])
    assert result.exit_code == 0, result.output
    authenticator = build_authenticator(Settings(data_dir=tmp_path))
    found = authenticator.caller({"token": result.output.strip()}, EVENT_READ)
    projects = frozenset({"project-a", "project-b"})
    assert found.scope == Scope("domain-local", "workspace-local", projects)


@pytest.mark.parametrize(
    ("ttl", "seconds"), [(None, 3600), ("90s", 90), ("30m", 1800), ("2h", 7200), ("7d", 604800)]
)
def test_how_long_it_lasts(tmp_path: Path, ttl: str | None, seconds: int) -> None:
    arguments = ["--role", "DOMAIN_ADMIN", "--domain", "domain-local"]
    arguments += [] if ttl is None else ["--ttl", ttl]
    environment = {"EVENT_DATA_DIR": str(tmp_path)}
    result = CliRunner().invoke(token, arguments, env=environment)
    assert result.exit_code == 0, result.output
    claims = jwt.decode(result.output.strip(), options={"verify_signature": False})
    assert claims["exp"] - claims["iat"] == seconds


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--role", "USER", "--domain", "d"], "--role"),
        (["--role", "DOMAIN_ADMIN"], "--domain"),
        (["--role", "WORKSPACE_OWNER", "--domain", "d"], "workspace"),
        (["--role", "DOMAIN_ADMIN", "--domain", "d", "--ttl", "1"], "--ttl"),
        (["--role", "DOMAIN_ADMIN", "--domain", "d", "--ttl", "-1h"], "--ttl"),
        (["--role", "DOMAIN_ADMIN", "--domain", "d", "--ttl", "0h"], "--ttl"),
    ],
)
def test_what_is_asked_wrongly(tmp_path: Path, arguments: list[str], reason: str) -> None:
    result = CliRunner().invoke(token, [*arguments, "--data-dir", str(tmp_path)])
    assert result.exit_code == 2
    assert reason in result.output


def test_a_data_directory_that_cannot_be_used(tmp_path: Path) -> None:
    (tmp_path / "auth").write_text("in the way")
    arguments = ["--role", "DOMAIN_ADMIN", "--domain", "d", "--data-dir", str(tmp_path)]
    result = CliRunner().invoke(token, arguments)
    assert result.exit_code == 1
    assert "key pair" in result.output
