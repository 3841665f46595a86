"""The command, run within the test, on stores that the environment names."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from event_service.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    from click.testing import Result
    from pymongo.database import Database

    from event_service.stores import Stores


@dataclass
class Command:
    """Runs ``event-service`` and keeps all that it printed."""

    printed: list[str] = field(default_factory=list)

    def __call__(self, *arguments: str) -> Result:
        result = CliRunner().invoke(main, arguments)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.printed.append(result.output)
        return result

    def told(self, *arguments: str) -> str:
        """What a command that succeeds prints."""
        result = self(*arguments)
        assert result.exit_code == 0, result.output
        return result.output

    def told_json(self, *arguments: str) -> Any:
        return json.loads(self.told(*arguments, "--json"))

    def refused(self, *arguments: str) -> str:
        """What a command that fails says."""
        result = self(*arguments)
        assert result.exit_code == 1
        assert "Traceback" not in result.output
        return result.output


@pytest.fixture
def command() -> Command:
    return Command()


@pytest.fixture
def mongodb_uri(stores: Stores, mongo_database: Database[dict[str, Any]]) -> str:
    """The address of the test's own database."""
    return urlsplit(stores.mongodb_uri)._replace(path=f"/{mongo_database.name}").geturl()


@pytest.fixture
def no_stores_given(
    no_event_variables: None,  # noqa: ARG001
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Nothing is set but a data directory, which this is."""
    monkeypatch.setenv("EVENT_DATA_DIR", str(tmp_path / "data"))
    return tmp_path / "data"


@pytest.fixture
def stores_given(
    no_stores_given: Path,
    mongodb_uri: str,
    redis_url: str,
    monkeypatch: pytest.MonkeyPatch,
) -> Path:
    """Both stores are named by variables; the data directory, which this is, is empty."""
    monkeypatch.setenv("EVENT_MONGODB_URI", mongodb_uri)
    monkeypatch.setenv("EVENT_REDIS_URL", redis_url)
    return no_stores_given
